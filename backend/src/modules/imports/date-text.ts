/**
 * Dates as banks print them. The order of day and month is decided over a whole column and then given to
 * {@link readDate}; a date that does not exist is null, never moved to the next one that does.
 */
import { isCalendarDate } from '@chronos/contracts/dates'

export type DateOrder = 'YMD' | 'DMY' | 'MDY'

const NUMERIC = /^(\d{1,4})([-./ ])(\d{1,2})\2(\d{1,4})\.?(.*)$/
const COMPACT = /^(\d{8})(.*)$/
const DAY_NAME_YEAR =
  /^(\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?[\s\-./,]*(?:de |of )?(\p{L}{3,})\.?[\s\-./,]*(?:de |del )?'?(\d{4}|\d{2})(?!\d)(.*)$/iu
const NAME_DAY_YEAR = /^(\p{L}{3,})\.?[\s\-./]*(\d{1,2})(?:st|nd|rd|th)?[\s,\-./]+(\d{4}|\d{2})(?!\d)(.*)$/iu
const YEAR_NAME_DAY = /^(\d{4})[\s\-./]*(\p{L}{3,})\.?[\s\-./]*(\d{1,2})(?!\d)(.*)$/iu
const WEEKDAY = /^\p{L}{2,10}\.?,\s*/u
/** What may follow a date in its cell: a time, a zone, or the time zone in brackets. */
const TIME =
  /^(?:[T\s,/-]+\d{1,2}[:.h]\d{2}.{0,40}|T?\d{4,6}(?:\.\d+)?(?:\[.*\]|Z)?|\s*(?:\[.*\]|Z|UTC|GMT))?$/i

const MONTHS: Readonly<Record<string, number>> = {
  jan: 1, ene: 1, gen: 1, janv: 1, feb: 2, fev: 2, fevr: 2, mar: 3, marz: 3, mrz: 3, maart: 3, mrt: 3, apr: 4, abr: 4,
  avr: 4, avri: 4, may: 5, mai: 5, maj: 5, mei: 5, mag: 5, jun: 6, juin: 6, giu: 6, jul: 7, juil: 7, lug: 7, aug: 8,
  ago: 8, aou: 8, aout: 8, sep: 9, set: 9, sept: 9, oct: 10, out: 10, okt: 10, ott: 10, nov: 11, dec: 12, dez: 12,
  dic: 12, des: 12,
} // prettier-ignore

/** The month of a name in English, Portuguese, Spanish, French, German, Italian, Dutch or Scandinavian; null else. */
export function monthOfName(name: string): number | null {
  const bare = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return MONTHS[bare.slice(0, 4)] ?? MONTHS[bare.slice(0, 3)] ?? null
}

/** The three numbers of a printed date: year, month and day where that is certain, or two whose order is open. */
export type DateParts =
  | { kind: 'certain'; year: number; month: number; day: number }
  | { kind: 'open'; first: number; second: number; year: number; dotted: boolean }
  /** Eight digits: `20240131` or `31012024`. */
  | { kind: 'compact'; digits: string }

/** Takes a cell apart; null where it is no date with a year. Whether the date exists is not looked at. */
export function splitDate(text: string): DateParts | null {
  if (text.length > 60) return null
  const cell = text.trim().replace(/^'/, '')
  const numeric = NUMERIC.exec(cell)
  if (numeric) {
    const [, a = '', separator = '', b = '', c = '', rest = ''] = numeric
    if (!TIME.test(rest)) return null
    if (a.length === 4) {
      return c.length > 2 ? null : { kind: 'certain', year: Number(a), month: Number(b), day: Number(c) }
    }
    if (a.length > 2 || c.length === 1 || c.length === 3) return null
    const year = c.length === 2 ? century(Number(c)) : Number(c)
    return { kind: 'open', first: Number(a), second: Number(b), year, dotted: separator === '.' }
  }
  const compact = COMPACT.exec(cell)
  if (compact) {
    const rest = compact[2] ?? ''
    return TIME.test(rest) ? { kind: 'compact', digits: compact[1] ?? '' } : null
  }
  return /\p{L}{3}/u.test(cell) ? named(cell) : null
}

function named(text: string): DateParts | null {
  const cell = monthOfName(text.slice(0, 4)) === null ? text.replace(WEEKDAY, '') : text
  const dayFirst = DAY_NAME_YEAR.exec(cell)
  if (dayFirst) return certain(dayFirst[3], dayFirst[2], dayFirst[1], dayFirst[4])
  const nameFirst = NAME_DAY_YEAR.exec(cell)
  if (nameFirst) return certain(nameFirst[3], nameFirst[1], nameFirst[2], nameFirst[4])
  const yearFirst = YEAR_NAME_DAY.exec(cell)
  return yearFirst ? certain(yearFirst[1], yearFirst[2], yearFirst[3], yearFirst[4]) : null
}

function certain(year = '', name = '', day = '', rest = ''): DateParts | null {
  const month = monthOfName(name)
  if (month === null || !TIME.test(rest)) return null
  return {
    kind: 'certain',
    year: year.length === 2 ? century(Number(year)) : Number(year),
    month,
    day: Number(day),
  }
}

function century(year: number): number {
  return year >= 70 ? 1900 + year : 2000 + year
}

function dateText(year: number, month: number, day: number): string | null {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isCalendarDate(text) ? text : null
}

/** The date under an order, as `YYYY-MM-DD`; null where it does not exist. */
export function dateFromParts(parts: DateParts, order: DateOrder): string | null {
  if (parts.kind === 'certain') return dateText(parts.year, parts.month, parts.day)
  if (parts.kind === 'compact') {
    const { digits } = parts
    if (order === 'YMD') {
      return dateText(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6)))
    }
    const [a, b, year] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4))]
    return order === 'DMY' ? dateText(year, b, a) : dateText(year, a, b)
  }
  if (order === 'MDY') return dateText(parts.year, parts.first, parts.second)
  return dateText(parts.year, parts.second, parts.first)
}

/** Reads a cell as a date in a known order; null where it is none or does not exist. */
export function readDate(text: string, order: DateOrder): string | null {
  const parts = splitDate(text)
  return parts === null ? null : dateFromParts(parts, order)
}
