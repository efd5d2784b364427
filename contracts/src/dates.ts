/** Calendar dates are `YYYY-MM-DD` texts, never Date objects: a statement's date has no time zone. */
import { z } from 'zod'

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True for a date that exists (`2024-02-29`, not `2023-02-29`), years 1900 to 2199. */
export function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return false
  const leap = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0)
  return day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
}

export const CalendarDate = z
  .string()
  .refine(isCalendarDate, { error: 'Not a date that exists, as YYYY-MM-DD' })
  .meta({ id: 'CalendarDate', format: 'date', examples: ['2026-11-23'] })
export type CalendarDate = z.infer<typeof CalendarDate>

/** A month as `YYYY-MM`. */
export const CalendarMonth = z
  .string()
  .regex(/^(19|2[01])\d\d-(0[1-9]|1[0-2])$/, { error: 'Not a month, as YYYY-MM' })
  .meta({ id: 'CalendarMonth', examples: ['2026-11'] })
export type CalendarMonth = z.infer<typeof CalendarMonth>

/** An instant as an ISO 8601 text in UTC. */
export const Instant = z
  .string()
  .meta({ id: 'Instant', format: 'date-time', examples: ['2026-11-23T12:00:00.000Z'] })
export type Instant = z.infer<typeof Instant>

/** The date a wall clock shows in an IANA time zone at an instant. */
export function dateInZone(instant: Date, timeZone: string): CalendarDate {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(instant)
}

/** The date `days` after (negative: before) another. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}
