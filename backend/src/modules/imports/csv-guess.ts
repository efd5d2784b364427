/**
 * The layout of a CSV statement guessed from its headings and from all of its rows. What cannot be told safely is a
 * problem, and with a problem the person is asked: a wrong sign or a wrong month would be worse than a question.
 */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { followBalance, verdict } from './csv-balance.ts'
import { chooseAmount } from './csv-guess-amount.ts'
import type { AmountGuess } from './csv-guess-amount.ts'
import { chooseAccountColumn, chooseCurrencyColumn, chooseTexts, find, has } from './csv-guess-columns.ts'
import { chooseDateColumn, chooseDateOrder } from './csv-guess-date.ts'
import { chooseDecimalMark } from './csv-guess-decimal.ts'
import { chooseSign } from './csv-guess-sign.ts'
import { CsvRowReader } from './csv-rows.ts'
import type { CsvRow } from './csv-rows.ts'
import { isDateColumn, isNumeric, sampleCells } from './csv-survey.ts'
import type { ColumnFacts, CsvSurvey } from './csv-survey.ts'

export type GuessProblemCode =
  | 'no_date_column'
  | 'no_amount_column'
  | 'date_order_unclear'
  | 'decimal_mark_unclear'
  | 'amount_column_unclear'
  | 'sign_unclear'
  | 'many_rows_unreadable'

export interface GuessProblem {
  code: GuessProblemCode
  message: string
}

export interface CsvGuess {
  /** The best guess, to begin from; null where not even date and amount were found. */
  mapping: CsvMapping | null
  problems: GuessProblem[]
  columns: { index: number; name: string; samples: string[] }[]
  /** The first rows as they stand in the file. */
  sampleRows: { line: number; cells: string[] }[]
}

export interface GuessHints {
  defaultCurrency: string
  locale: string | null
}

const MESSAGES: Readonly<Record<GuessProblemCode, string>> = {
  no_date_column: 'No column of dates was found.',
  no_amount_column: 'No column of amounts was found.',
  date_order_unclear: 'The dates can be read as day/month or as month/day.',
  decimal_mark_unclear: 'It is unclear which mark stands before the decimals of the amounts.',
  amount_column_unclear: 'Several columns could be the amount.',
  sign_unclear: 'It is unclear which amounts are money in and which are money out.',
  many_rows_unreadable: 'Most rows cannot be read this way.',
}

export function guessMapping(survey: CsvSurvey, hints: GuessHints): CsvGuess {
  const found: GuessProblemCode[] = []
  const mapping = build(survey, hints, found)
  return {
    mapping,
    problems: [...new Set(found)].map((code) => ({ code, message: MESSAGES[code] })),
    columns: survey.columns.map((column) => ({
      index: column.index,
      name: column.name,
      samples: sampleCells(survey, column.index, 5).map((text) => text.slice(0, 100)),
    })),
    sampleRows: survey.sample.slice(0, 10).map((record) => ({
      line: record.line,
      cells: record.cells.map((cell) => cell.slice(0, 200)),
    })),
  }
}

function build(survey: CsvSurvey, hints: GuessHints, problems: GuessProblemCode[]): CsvMapping | null {
  const dateColumn = chooseDateColumn(survey.columns) ?? (survey.rows === 0 ? find(survey, 'date') : null)
  const money = chooseAmount(survey) ?? (survey.rows === 0 ? amountOfHeadings(survey) : null)
  if (dateColumn === null) problems.push('no_date_column')
  if (money === null) problems.push('no_amount_column')
  if (dateColumn === null || money === null) return null
  const currency = currencyFacts(survey, money)
  const order = chooseDateOrder(survey, dateColumn, { ...hints, fileCurrency: currency.known })
  if (order === null) problems.push('date_order_unclear')
  const mapping = assemble(survey, dateColumn, order ?? 'DMY', money, currency, hints)
  return settle(survey, mapping, money, hints, problems)
}

/** A table without rows: only its headings speak, and nothing will be read with them. */
function amountOfHeadings(survey: CsvSurvey): AmountGuess | null {
  const column = find(survey, 'amount') ?? find(survey, 'out') ?? find(survey, 'in')
  if (column === null) return null
  const amount = { style: 'signed' as const, column: column.index, positive: 'in' as const }
  return { amount, columns: [column], certain: true, alternatives: [], directed: true }
}

interface CurrencyFacts {
  column: number | null
  fixed: string | null
  known: string | null
}

function currencyFacts(survey: CsvSurvey, money: AmountGuess): CurrencyFacts {
  const headed =
    money.columns.find((column) => (column.heading?.currency ?? null) !== null)?.heading?.currency ?? null
  if (headed !== null) return { column: null, fixed: headed, known: headed }
  const column = chooseCurrencyColumn(survey, money.columns[0]?.index ?? 0)
  if (column) return { column: column.index, fixed: null, known: [...column.texts.values.keys()][0] ?? null }
  const printed = new Set(money.columns.flatMap((other) => [...other.amounts.currencies]))
  const fixed = printed.size === 1 ? ([...printed][0] ?? null) : null
  return { column: null, fixed, known: fixed }
}

function assemble(
  survey: CsvSurvey,
  dateColumn: ColumnFacts,
  order: CsvMapping['date']['order'],
  money: AmountGuess,
  currency: CurrencyFacts,
  hints: GuessHints,
): CsvMapping {
  const { layout } = survey
  const balance = survey.columns.find((column) => has(column, 'balance') && isNumeric(column)) ?? null
  const account = chooseAccountColumn(survey)
  const id = find(survey, 'id')
  const amount = money.amount
  const others = survey.columns.filter((column) => isNumeric(column) && !isDateColumn(column))
  const witnesses = others.filter((column) => !money.columns.includes(column))
  const exponentOf = currency.known ?? hints.defaultCurrency
  const taken = new Set([
    dateColumn.index,
    ...money.columns.map((column) => column.index),
    ...(amount.style === 'flag' ? [amount.flagColumn] : []),
    ...[currency.column, account?.index, balance?.index].filter(
      (index) => index !== undefined && index !== null,
    ),
  ])
  const texts = chooseTexts(survey, taken)
  return {
    delimiter: layout.delimiter,
    quote: layout.quote,
    headerLine: layout.headerLine,
    firstDataLine: layout.firstDataLine,
    date: { column: dateColumn.index, order },
    decimalMark: chooseDecimalMark(money.columns, witnesses, exponentOf, layout.delimiter).mark,
    amount,
    feeColumn: null,
    descriptionColumns: texts.descriptions.map((column) => column.index),
    payeeColumn: texts.payee?.index ?? null,
    externalIdColumn: id !== null && !taken.has(id.index) ? id.index : null,
    accountColumn: account?.index ?? null,
    currencyColumn: currency.column,
    currency: currency.fixed,
    statusColumn: find(survey, 'status')?.index ?? null,
    balanceColumn: balance?.index ?? null,
  }
}

/** Decimal mark, amount column, fee and sign, with the running balance as witness where there is one. */
function settle(
  survey: CsvSurvey,
  start: CsvMapping,
  money: AmountGuess,
  hints: GuessHints,
  problems: GuessProblemCode[],
): CsvMapping {
  const { sample } = survey
  const check = (candidate: CsvMapping) => followBalance(sample, candidate, hints.defaultCurrency)
  let mapping = start
  if (!money.certain) {
    const told = byBalance(survey, money, mapping, check)
    if (told) mapping = told
    else {
      problems.push('amount_column_unclear')
      mapping = exclusivePair(survey, money, mapping) ?? mapping
    }
  }
  mapping = settleDecimal(survey, mapping, money, hints, check, problems)
  const fee = survey.columns.find((column) => has(column, 'fee') && isNumeric(column))
  if (fee && mapping.balanceColumn !== null) {
    const withFee = { ...mapping, feeColumn: fee.index }
    if (check(withFee).hits > check(mapping).hits) mapping = withFee
  }
  const witness = check(mapping)
  const { rows, failed } = readSample(survey, mapping, hints.defaultCurrency)
  // Where no row at all can be read, the reading itself says why, line by line.
  if (rows.length > 0 && failed >= 10 && failed > rows.length * 3) problems.push('many_rows_unreadable')
  if (mapping.amount.style === 'pair')
    return turnedPair(mapping, witness.steps >= 5 ? verdict(witness) : 'silent')
  if (mapping.amount.style === 'flag' || (money.directed && money.certain)) return mapping
  const sign = chooseSign(survey, rows, verdict(witness))
  if (!sign.certain) problems.push('sign_unclear')
  return { ...mapping, amount: { ...mapping.amount, positive: sign.positive } }
}

type Check = (candidate: CsvMapping) => { steps: number; hits: number; turned: number }

function settleDecimal(
  survey: CsvSurvey,
  mapping: CsvMapping,
  money: AmountGuess,
  hints: GuessHints,
  check: Check,
  problems: GuessProblemCode[],
): CsvMapping {
  const witnesses = survey.columns.filter(
    (column) => isNumeric(column) && !isDateColumn(column) && !money.columns.includes(column),
  )
  const currency = mapping.currency ?? hints.defaultCurrency
  const guess = chooseDecimalMark(money.columns, witnesses, currency, mapping.delimiter)
  if (guess.certain) return mapping
  const marks = (['.', ','] as const).map((decimalMark) => ({ ...mapping, decimalMark }))
  const scored = marks.map((candidate) => ({ candidate, witness: check(candidate) }))
  const told = scored.filter(({ witness }) => witness.hits + witness.turned > 0)
  const only = told.length === 1 ? told[0] : undefined
  if (only) return only.candidate
  problems.push('decimal_mark_unclear')
  return mapping
}

/** Which of several number columns is the amount and which the balance: the pair that adds up. */
function byBalance(
  survey: CsvSurvey,
  money: AmountGuess,
  mapping: CsvMapping,
  check: Check,
): CsvMapping | null {
  let best: { mapping: CsvMapping; hits: number } | null = null
  for (const column of money.alternatives) {
    for (const balance of money.alternatives) {
      if (column === balance) continue
      const candidate: CsvMapping = {
        ...mapping,
        amount: { style: 'signed', column: column.index, positive: 'in' },
        balanceColumn: balance.index,
      }
      const witness = check(candidate)
      const hits = Math.max(witness.hits, witness.turned)
      if (hits > 0 && verdict(witness) !== 'silent' && (best === null || hits > best.hits)) {
        best = { mapping: candidate, hits }
      }
    }
  }
  return best?.mapping ?? null
}

/** Two columns of which each row fills one are money out and money in; which is which stays the person's to say. */
function exclusivePair(survey: CsvSurvey, money: AmountGuess, mapping: CsvMapping): CsvMapping | null {
  const [first, second, third] = money.alternatives
  if (!first || !second || third) return null
  const both = survey.sample.some(
    ({ cells }) => (cells[first.index]?.trim() && cells[second.index]?.trim()) !== '',
  )
  const [outColumn, inColumn] = [first.index, second.index]
  if (both) return null
  return { ...mapping, amount: { style: 'pair', outColumn, inColumn, outNegative: false, inNegative: false } }
}

/** Some banks name the two columns from their own side of the counter; the balance shows it. */
function turnedPair(mapping: CsvMapping, witness: 'right' | 'turned' | 'silent'): CsvMapping {
  const { amount } = mapping
  if (amount.style !== 'pair' || witness !== 'turned') return mapping
  const { inColumn, outColumn, inNegative, outNegative } = amount
  return {
    ...mapping,
    amount: {
      style: 'pair',
      outColumn: inColumn,
      inColumn: outColumn,
      outNegative: inNegative,
      inNegative: outNegative,
    },
  }
}

function readSample(survey: CsvSurvey, mapping: CsvMapping, currency: string) {
  const reader = new CsvRowReader(mapping, currency)
  const rows: { row: CsvRow; text: string }[] = []
  let failed = 0
  for (const record of survey.sample) {
    const line = reader.read(record)
    if (line.kind === 'row') {
      const text = record.cells.filter((cell) => /\p{L}{2}/u.test(cell)).join(' ')
      rows.push({ row: line.row, text })
    } else if (line.kind === 'error' && line.error.code !== 'pending' && line.error.code !== 'not_booked')
      failed += 1
  }
  return { rows, failed }
}
