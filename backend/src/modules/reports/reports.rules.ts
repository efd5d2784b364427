/** Which parts of a range of dates are whole months, answered from the monthly totals, and which are odd days. */
import { addDays, type CalendarDate } from '@chronos/contracts/dates'
import { AppError } from '../../platform/errors.ts'

/** Both ends included. */
export interface DayRange {
  from: CalendarDate
  to: CalendarDate
}

/** Days whose transactions are added to the whole months, or taken off them. */
export interface OddDays extends DayRange {
  sign: 1 | -1
}

export interface SummaryRange extends DayRange {
  /** First and last month that is taken whole, as the first day of each; null where there is none. */
  wholeMonths: DayRange | null
  /** At most two ranges. */
  oddDays: OddDays[]
  /** Every month that the range touches, ascending, as YYYY-MM. */
  months: string[]
}

export const MAX_MONTHS = 600

const dayOf = (date: CalendarDate): number => Number(date.slice(8))

const firstOf = (date: CalendarDate): CalendarDate => `${date.slice(0, 7)}-01`

/** The first day of the month so many months later. */
function addMonths(date: CalendarDate, months: number): CalendarDate {
  const count = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}-01`
}

const lastOf = (date: CalendarDate): CalendarDate => addDays(addMonths(date, 1), -1)

/**
 * @param from first day, or a month for its first day
 * @param to last day, or a month for its last day
 * @throws AppError invalid_request where the range ends before it starts, or is longer than {@link MAX_MONTHS} months
 */
export function summaryRange(from: string, to: string): SummaryRange {
  const range: DayRange = {
    from: from.length === 7 ? `${from}-01` : from,
    to: to.length === 7 ? lastOf(`${to}-01`) : to,
  }
  if (range.from > range.to) throw refused('to', 'Before from')
  const months: string[] = []
  for (let month = firstOf(range.from); month <= range.to; month = addMonths(month, 1)) {
    months.push(month.slice(0, 7))
    if (months.length > MAX_MONTHS) throw refused('to', `More than ${MAX_MONTHS} months after from`)
  }
  const oddDays: OddDays[] = []
  const edges = new Set([firstOf(range.from), firstOf(range.to)])
  const partial = [...edges].filter((month) => !takenWhole(range, month, oddDays))
  const first = partial.includes(firstOf(range.from)) ? addMonths(range.from, 1) : firstOf(range.from)
  const last = partial.includes(firstOf(range.to)) ? addMonths(range.to, -1) : firstOf(range.to)
  return { ...range, wholeMonths: first > last ? null : { from: first, to: last }, oddDays, months }
}

/**
 * Whether a month at the edge of the range is taken whole, as it is where most of it lies inside: then the days
 * outside are taken off, so that a month until today costs next to nothing. Adds the odd days to the list.
 */
function takenWhole({ from, to }: DayRange, month: CalendarDate, oddDays: OddDays[]): boolean {
  const last = lastOf(month)
  const inside = { from: from > month ? from : month, to: to < last ? to : last }
  if ((dayOf(inside.to) - dayOf(inside.from) + 1) * 2 <= dayOf(last)) {
    oddDays.push({ ...inside, sign: 1 })
    return false
  }
  if (inside.from > month) oddDays.push({ from: month, to: addDays(inside.from, -1), sign: -1 })
  if (inside.to < last) oddDays.push({ from: addDays(inside.to, 1), to: last, sign: -1 })
  return true
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid_request', {
    detail: 'The range of dates is not usable',
    fields: [{ path, message }],
  })
}
