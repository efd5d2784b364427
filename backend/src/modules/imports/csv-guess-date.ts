/** Which column is the date of a row, and whether its day or its month comes first. */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import type { ColumnFacts, CsvSurvey } from './csv-survey.ts'
import { isDateColumn } from './csv-survey.ts'
import { foldHeading } from './csv-headings.ts'

type DateOrder = CsvMapping['date']['order']

export interface DateHints {
  /** A currency the file names. */
  fileCurrency: string | null
  defaultCurrency: string
  locale: string | null
}

const ENGLISH =
  /\b(date|amount|description|balance|details|currency|transaction|type|account|name|category|status|reference|payee|memo|withdrawals?|deposits?|paid|money|posted|posting|merchant|value|fee|notes?|state|started|completed|created|time|number|title)\b/

/** The column that dates the rows; the transaction's own date before the booking's, both before the value date. */
export function chooseDateColumn(columns: readonly ColumnFacts[]): ColumnFacts | null {
  const dated = columns.filter(isDateColumn)
  const fullest = Math.max(0, ...dated.map((column) => column.dates.dates))
  const candidates = dated.filter((column) => column.dates.dates >= fullest * 0.9)
  let best: ColumnFacts | null = null
  for (const column of candidates) if (best === null || rankOf(column) > rankOf(best)) best = column
  return best
}

function rankOf(column: ColumnFacts): number {
  return column.heading === null ? 2 : column.heading.roles.has('date') ? column.heading.dateRank : 1
}

/** True where most of the headings with a meaning are in another language than English: nobody there writes m/d/y. */
function isForeignHeading(survey: CsvSurvey): boolean {
  const known = survey.layout.headerCells.filter(
    (_, index) => (survey.layout.headings[index]?.roles.size ?? 0) > 0,
  )
  const english = known.filter((cell) => ENGLISH.test(foldHeading(cell))).length
  return known.length > 0 && english * 2 < known.length
}

/** Null where the dates of the file can be read both ways and nothing decides. */
export function chooseDateOrder(survey: CsvSurvey, column: ColumnFacts, hints: DateHints): DateOrder | null {
  const { dates } = column
  if (dates.compactYear + dates.compactDay > 0) return dates.compactDay > dates.compactYear ? 'DMY' : 'YMD'
  const all = survey.columns.filter(isDateColumn).map((other) => other.dates)
  const open = dates.dayFirstOnly + dates.monthFirstOnly + dates.either
  if (open === 0) return dates.yearFirst > 0 && dates.dotted === 0 ? 'YMD' : 'DMY'
  const dayFirst = all.reduce((sum, other) => sum + other.dayFirstOnly, 0)
  const monthFirst = all.reduce((sum, other) => sum + other.monthFirstOnly, 0)
  if (dayFirst > monthFirst) return 'DMY'
  if (monthFirst > dayFirst) return 'MDY'
  if (dates.dotted > 0 || isForeignHeading(survey)) return 'DMY'
  if (hints.fileCurrency !== null && hints.fileCurrency !== 'USD') return 'DMY'
  const byOrder = orderByDisorder(dates.disorder.DMY, dates.disorder.MDY)
  if (byOrder !== null) return byOrder
  return orderByHints(hints)
}

interface Run {
  jumps: number
  spanDays: number
  distinct: ReadonlySet<string>
}

/** A statement goes through time one way and covers weeks; the wrong reading jumps about and covers a year. */
function orderByDisorder(dayFirst: Run, monthFirst: Run): DateOrder | null {
  if (dayFirst.jumps * 3 < monthFirst.jumps) return 'DMY'
  if (monthFirst.jumps * 3 < dayFirst.jumps) return 'MDY'
  if (dayFirst.distinct.size < 4) return null
  if (dayFirst.spanDays <= 45 && monthFirst.spanDays > 90) return 'DMY'
  return monthFirst.spanDays <= 45 && dayFirst.spanDays > 90 ? 'MDY' : null
}

function orderByHints(hints: DateHints): DateOrder | null {
  const american = hints.locale?.toLowerCase() === 'en-us'
  if ((hints.fileCurrency ?? hints.defaultCurrency) === 'USD') return american ? 'MDY' : null
  return american ? null : 'DMY'
}
