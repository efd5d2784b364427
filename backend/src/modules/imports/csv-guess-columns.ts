/** The columns beside date and amount: currency, account, texts, id, status. */
import type { ColumnFacts, CsvSurvey } from './csv-survey.ts'
import { isDateColumn, isNumeric } from './csv-survey.ts'
import { directionOfMark } from './csv-words.ts'
import type { HeadingRole } from './csv-headings.ts'
import { currencyOf } from './currency-text.ts'
import { foldText } from './text-clean.ts'

export function has(column: ColumnFacts, role: HeadingRole): boolean {
  return column.heading?.roles.has(role) === true
}

export function find(survey: CsvSurvey, role: HeadingRole): ColumnFacts | null {
  return survey.columns.find((column) => has(column, role)) ?? null
}

/** A column of currency codes; the account's own before that of a foreign price, the nearest to the amount first. */
export function chooseCurrencyColumn(survey: CsvSurvey, amountColumn: number): ColumnFacts | null {
  const coded = survey.columns.filter((column) => {
    const values = [...column.texts.values.keys()]
    if (values.length === 0 || column.texts.overflow || isDateColumn(column) || isNumeric(column))
      return false
    const named = has(column, 'currency')
    // Codes that are no longer in use count too: their rows must be refused, not read as another currency.
    const isCode = (value: string): boolean =>
      currencyOf(value) !== null || (named && /^[A-Z]{3}$/.test(value))
    const codes = values.filter(isCode).length
    return codes / values.length >= (named ? 0.5 : 1) && (named || column.texts.filled >= survey.rows * 0.95)
  })
  const own = coded.filter((column) => !has(column, 'foreign'))
  const named = own.filter((column) => has(column, 'currency'))
  // Before the amount counts as a little farther than behind it.
  const distance = (column: ColumnFacts): number =>
    column.index > amountColumn ? column.index - amountColumn : amountColumn - column.index + 0.5
  const sorted = (named.length > 0 ? named : own).toSorted((a, b) => distance(a) - distance(b))
  return sorted[0] ?? null
}

/** The own account of each row. A column that leaves rows open, or has a new value in every row, is none. */
export function chooseAccountColumn(survey: CsvSurvey): ColumnFacts | null {
  const named = survey.columns.filter((column) => {
    if (!has(column, 'account') || isDateColumn(column) || survey.rows === 0) return false
    if (column.texts.overflow || column.texts.filled < survey.rows) return false
    const constant = column.texts.values.size === 1
    // A bare "IBAN" is the other party's as often as one's own.
    const weak = /^iban$/i.test(column.name.trim()) && survey.columns.some((other) => has(other, 'payee'))
    if (has(column, 'card')) return constant
    return (
      !weak && (constant || (column.texts.values.size <= 20 && column.texts.values.size < survey.rows / 2))
    )
  })
  return (
    named.find((column) => [...column.texts.values.keys()].some((value) => /\d/.test(value))) ??
    named[0] ??
    null
  )
}

/** Texts are chosen by heading alone where there is one, so that every export of a bank gives the same texts. */
export function chooseTexts(survey: CsvSurvey, taken: ReadonlySet<number>) {
  const free = survey.columns.filter((column) => !taken.has(column.index) && !isDateColumn(column))
  const payee = choosePayee(free, survey)
  const others = free.filter(
    (column) => column !== payee && !has(column, 'counterparty') && !has(column, 'status'),
  )
  const named = others.filter((column) => has(column, 'description') && !isNumeric(column))
  if (named.length > 0 || payee !== null) return { payee, descriptions: named.slice(0, 4) }
  const wordy = others.filter((column) => column.letters > 0 && !isFixed(column, survey))
  const most = Math.max(0, ...wordy.map((column) => column.letters))
  return { payee: null, descriptions: wordy.filter((column) => column.letters >= most * 0.2).slice(0, 3) }
}

/** A heading that names the other party before a bare "name", and either only where it is not always the same. */
function choosePayee(free: readonly ColumnFacts[], survey: CsvSurvey): ColumnFacts | null {
  let best: { column: ColumnFacts; rank: number } | null = null
  for (const column of free) {
    if (!has(column, 'payee')) continue
    const own =
      survey.rows >= 3 && !column.texts.overflow && column.texts.values.size === 1 && isBareName(column)
    const rank = (isBareName(column) ? (column.letters > 0 ? 2 : 0) : 4) - (own ? 3 : 0)
    if (rank >= 0 && (best === null || rank > best.rank)) best = { column, rank }
  }
  return best?.column ?? null
}

function isBareName(column: ColumnFacts): boolean {
  return /^(?:name|naam|nome|nombre|nom|namn|navn|counterparty|tegenpartij|partner)$/.test(
    foldText(column.name),
  )
}

function isFixed(column: ColumnFacts, survey: CsvSurvey): boolean {
  if (column.texts.overflow || survey.rows < 3) return false
  const values = [...column.texts.values.keys()]
  return values.length === 1 || values.every((value) => directionOfMark(value) !== null)
}

export interface FlagGuess {
  column: number
  inMarks: string[]
  outMarks: string[]
  blank: 'in' | 'out' | 'refuse'
}

/** A column of marks that tells in from out beside unsigned amounts; null where there is none. */
export function chooseFlagColumn(
  survey: CsvSurvey,
  amountColumn: number,
  taken: ReadonlySet<number>,
): FlagGuess | null {
  let best: { guess: FlagGuess; score: number } | null = null
  for (const column of survey.columns) {
    if (taken.has(column.index) || column.texts.overflow || column.texts.filled === 0) continue
    const guess = flagOf(column, survey)
    if (!guess) continue
    const score = (has(column, 'flag') ? 100 : 0) - Math.abs(column.index - amountColumn)
    if (best === null || score > best.score) best = { guess, score }
  }
  return best?.guess ?? null
}

function flagOf(column: ColumnFacts, survey: CsvSurvey): FlagGuess | null {
  const inMarks: string[] = []
  const outMarks: string[] = []
  let known = 0
  for (const [value, count] of column.texts.values) {
    const direction = directionOfMark(value)
    if (direction === null) continue
    known += count
    if (direction === 'in') inMarks.push(value)
    else outMarks.push(value)
  }
  const { filled } = column.texts
  if (known < filled * 0.85) return null
  const base = { column: column.index, inMarks, outMarks }
  if (filled >= survey.rows * 0.85) return { ...base, blank: 'refuse' }
  // Only the exceptions are marked: a card statement writes CR beside payments and nothing beside charges.
  if (known < filled || (inMarks.length > 0 && outMarks.length > 0)) return null
  return { ...base, blank: inMarks.length > 0 ? 'out' : 'in' }
}
