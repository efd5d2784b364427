/** Calendar dates are YYYY-MM-DD texts; a Date object exists only inside these functions, at noon UTC of that day. */
import { addDays, dateInZone } from '@chronos/contracts/dates'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${JSON.stringify(options)}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, options)
  formatters.set(key, made)
  return made
}

function noonUtc(date: string): Date {
  return new Date(`${date}T12:00:00Z`)
}

export type DateStyle = 'short' | 'medium' | 'day' | 'weekday'

const STYLES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  short: { day: '2-digit', month: 'short' },
  medium: { day: 'numeric', month: 'short', year: 'numeric' },
  day: { day: '2-digit', month: '2-digit', year: 'numeric' },
  weekday: { weekday: 'long', day: 'numeric', month: 'long' },
}

/** `2026-11-23` as the language writes it. */
export function formatDate(date: string, locale: string, style: DateStyle = 'medium'): string {
  return formatter(locale, { ...STYLES[style], timeZone: 'UTC' }).format(noonUtc(date))
}

/** `2026-11` as `novembro de 2026`, or short as `nov.`. */
export function formatMonth(month: string, locale: string, style: 'long' | 'short' = 'long'): string {
  const options: Intl.DateTimeFormatOptions =
    style === 'long' ? { month: 'long', year: 'numeric' } : { month: 'short' }
  return formatter(locale, { ...options, timeZone: 'UTC' }).format(noonUtc(`${month}-15`))
}

/** An instant on the wall clock of a time zone. */
export function formatInstant(
  instant: string,
  locale: string,
  timeZone: string,
  style: 'full' | 'time' = 'full',
): string {
  const options: Intl.DateTimeFormatOptions =
    style === 'time' ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }
  return formatter(locale, { ...options, timeZone }).format(new Date(instant))
}

/** Today in a time zone. */
export function todayIn(timeZone: string): string {
  return dateInZone(new Date(), timeZone)
}

export function monthOf(date: string): string {
  return date.slice(0, 7)
}

/** The month `count` after (negative: before) another. */
export function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const index = year * 12 + (number - 1) + count
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}

export function firstDayOf(month: string): string {
  return `${month}-01`
}

export function lastDayOf(month: string): string {
  return addDays(firstDayOf(addMonths(month, 1)), -1)
}

/** The months from one to another, both included. */
export function monthsBetween(from: string, to: string): string[] {
  const months: string[] = []
  for (let month = from; month <= to; month = addMonths(month, 1)) months.push(month)
  return months
}
