/** Days as people name them, resolved to the most recent past: whoever writes about money has spent it already. */
import { addDays, isCalendarDate } from '@chronos/contracts/dates'

export type DatePick =
  | { readonly status: 'ok'; readonly date: string }
  /** Named, but not over yet. */
  | { readonly status: 'future' }

function dateOf(year: number, month: number, day: number): string | null {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isCalendarDate(text) ? text : null
}

/** 0 is Sunday. */
function weekdayOf(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
}

/** The last such weekday before today. */
export function lastWeekday(today: string, weekday: number): string {
  const back = (weekdayOf(today) - weekday + 7) % 7
  return addDays(today, -(back === 0 ? 7 : back))
}

/** The last day with this number that is not in the future; months without it are passed over. */
export function lastDayOfMonth(today: string, day: number): string | null {
  const [year = 0, month = 1] = today.split('-').map(Number)
  for (let back = 0; back < 4; back += 1) {
    const months = year * 12 + month - 1 - back
    const date = dateOf(Math.floor(months / 12), (months % 12) + 1, day)
    if (date !== null && date <= today) return date
  }
  return null
}

/** Within this many days a date to come is taken at its word; beyond, last year's is meant. */
const SOON_DAYS = 45

/** A day and month without year. */
export function lastDayAndMonth(today: string, month: number, day: number): DatePick | null {
  const year = Number(today.slice(0, 4))
  const date = dateOf(year, month, day)
  if (date !== null && date <= today) return { status: 'ok', date }
  if (date !== null && date <= addDays(today, SOON_DAYS)) return { status: 'future' }
  for (let back = 1; back <= 4; back += 1) {
    const earlier = dateOf(year - back, month, day)
    if (earlier !== null) return { status: 'ok', date: earlier }
  }
  return null
}

/** A full date; two-digit years are of this century. */
export function fullDate(today: string, year: number, month: number, day: number): DatePick | null {
  const date = dateOf(year < 100 ? 2000 + year : year, month, day)
  if (date === null) return null
  return date <= today ? { status: 'ok', date } : { status: 'future' }
}

/** The first and last day of the month `back` months before that of a date. */
export function monthSpan(date: string, back: number): { from: string; to: string } {
  const [year = 0, month = 1] = date.split('-').map(Number)
  const months = year * 12 + month - 1 - back
  const from = dateOf(Math.floor(months / 12), (months % 12) + 1, 1) ?? date
  const next = dateOf(Math.floor((months + 1) / 12), ((months + 1) % 12) + 1, 1) ?? date
  return { from, to: addDays(next, -1) }
}

/** The Monday on or before a date. */
export function weekStart(date: string): string {
  return addDays(date, -((weekdayOf(date) + 6) % 7))
}
