/** Which parts of a range of dates are whole months, answered from the monthly totals, and which are odd days. */
import { addDays, type CalendarDate } from '@chronos/contracts/dates'
import { AppError } from '../../platform/errors.ts'

/** Both ends included. */
export interface DayRange {
  from: CalendarDate
  to: CalendarDate
}

export interface SummaryRange extends DayRange {
  /** First and last whole month, as the first day of each; null where the range holds none. */
  wholeMonths: DayRange | null
  /** Days before and after the whole months: none, one or two ranges. */
  oddDays: DayRange[]
  /** Every month that the range touches, ascending, as YYYY-MM. */
  months: string[]
}

export const MAX_MONTHS = 600

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
  const firstWhole = range.from === firstOf(range.from) ? range.from : addMonths(range.from, 1)
  const lastWhole = range.to === lastOf(range.to) ? firstOf(range.to) : addMonths(range.to, -1)
  if (firstWhole > lastWhole) return { ...range, wholeMonths: null, oddDays: [{ ...range }], months }
  const oddDays: DayRange[] = []
  if (range.from < firstWhole) oddDays.push({ from: range.from, to: addDays(firstWhole, -1) })
  const afterLast = addMonths(lastWhole, 1)
  if (range.to >= afterLast) oddDays.push({ from: afterLast, to: range.to })
  return { ...range, wholeMonths: { from: firstWhole, to: lastWhole }, oddDays, months }
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid_request', {
    detail: 'The range of dates is not usable',
    fields: [{ path, message }],
  })
}
