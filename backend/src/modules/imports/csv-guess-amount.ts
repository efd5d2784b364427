/** Which columns hold the money, and in which style: one signed column, one with marks beside it, or two columns. */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { chooseFlagColumn, has } from './csv-guess-columns.ts'
import type { ColumnFacts, CsvSurvey } from './csv-survey.ts'
import { isDateColumn, isNumeric } from './csv-survey.ts'

type Amount = CsvMapping['amount']

export interface AmountGuess {
  amount: Amount
  /** The columns it reads. */
  columns: ColumnFacts[]
  /** False where several columns could be meant and nothing told them apart. */
  certain: boolean
  /** Candidates where there is no heading to go by; the running balance may tell them apart. */
  alternatives: ColumnFacts[]
  /** True where the direction is settled by marks or by two columns, and no sign has to be guessed. */
  directed: boolean
}

/** Null where no column holds amounts. */
export function chooseAmount(survey: CsvSurvey): AmountGuess | null {
  const numeric = survey.columns.filter((column) => isNumeric(column) && !isDateColumn(column))
  const out = moneyColumn(survey, numeric, 'out')
  const into = moneyColumn(survey, numeric, 'in')
  const named = namedAmount(numeric)
  const pair = out !== null && into !== null && out !== into && (isFilled(out) || isFilled(into))
  if (named && (!pair || named.amounts.negative > 0)) return single(survey, named, true, [])
  if (pair) return pairOf(out, into)
  if (out && isFilled(out)) return single(survey, out, true, [])
  if (into && isFilled(into)) return single(survey, into, true, [])
  return byContent(survey, numeric)
}

function isFilled(column: ColumnFacts): boolean {
  return column.amounts.amounts > 0
}

/** A column named for one direction; it may be empty in this file, but not full of words. */
function moneyColumn(
  survey: CsvSurvey,
  numeric: readonly ColumnFacts[],
  role: 'in' | 'out',
): ColumnFacts | null {
  const named = survey.columns.filter((column) => has(column, role) && !has(column, 'balance'))
  return (
    named.find((column) => numeric.includes(column)) ??
    named.find((column) => column.texts.filled === 0) ??
    null
  )
}

function namedAmount(numeric: readonly ColumnFacts[]): ColumnFacts | null {
  let best: ColumnFacts | null = null
  for (const column of numeric) {
    if (!has(column, 'amount') || has(column, 'in') || has(column, 'out') || has(column, 'fee')) continue
    const rank = column.heading?.amountRank ?? 0
    if (rank > 0 && (best === null || rank > (best.heading?.amountRank ?? 0))) best = column
  }
  return best
}

function pairOf(out: ColumnFacts, into: ColumnFacts): AmountGuess {
  const amount: Amount = {
    style: 'pair',
    outColumn: out.index,
    inColumn: into.index,
    outNegative: out.amounts.negative > out.amounts.positive,
    inNegative: into.amounts.negative > into.amounts.positive,
  }
  return { amount, columns: [out, into], certain: true, alternatives: [], directed: true }
}

function single(
  survey: CsvSurvey,
  column: ColumnFacts,
  certain: boolean,
  alternatives: ColumnFacts[],
): AmountGuess {
  const { signs, negative, positive } = column.amounts
  const rest = { columns: [column], certain, alternatives }
  if (negative * 20 <= positive) {
    const taken = new Set([column.index, ...survey.columns.filter(isDateColumn).map((other) => other.index)])
    const flag = chooseFlagColumn(survey, column.index, taken)
    if (flag) {
      const { column: flagColumn, ...marks } = flag
      return {
        ...rest,
        amount: { style: 'flag', column: column.index, flagColumn, ...marks },
        directed: true,
      }
    }
  }
  // Letters in the cells themselves: where only credits are marked, the unmarked ones are charges.
  const lettered = signs.credit + signs.debit > 0
  const unmarkedOut = lettered && signs.debit === 0 && negative === 0 && positive > 0
  const onlyOut = has(column, 'out') && !has(column, 'amount') && positive >= negative
  const turn = unmarkedOut || onlyOut
  const amount: Amount = { style: 'signed', column: column.index, positive: turn ? 'out' : 'in' }
  return { ...rest, amount, directed: lettered || has(column, 'out') || has(column, 'in') }
}

/** Without headings that help: columns with decimals or signs before bare integers, which are numbers of something. */
function byContent(survey: CsvSurvey, numeric: readonly ColumnFacts[]): AmountGuess | null {
  const plausible = numeric.filter(
    (column) =>
      !['balance', 'fee', 'foreign', 'id', 'account', 'counterparty', 'card'].some((role) =>
        has(column, role as 'fee'),
      ),
  )
  const marked = plausible.filter((column) => {
    const { amounts, integers, signs } = column.amounts
    return integers < amounts || signs.minus + signs.plus + signs.credit + signs.debit > 0
  })
  const candidates = marked.length > 0 ? marked : plausible.filter((column) => !looksLikeNumbering(column))
  const [first, ...others] = candidates
  if (first === undefined) return null
  return single(survey, first, others.length === 0, candidates)
}

function looksLikeNumbering(column: ColumnFacts): boolean {
  return [...column.texts.values.keys()].some((value) => /^0\d/.test(value) || value.length > 11)
}
