/** What people type for a date, to YYYY-MM-DD. */
import { addDays, isCalendarDate } from '@chronos/contracts/dates'
import { searchForm } from '@chronos/contracts/text'

const DAYS_BACK: Record<string, number> = {
  hoje: 0,
  hoy: 0,
  today: 0,
  ontem: -1,
  ayer: -1,
  yesterday: -1,
  anteontem: -2,
  anteayer: -2,
  amanha: 1,
  manana: 1,
  tomorrow: 1,
}

/** English texts are read month first, as the language's dates are printed here; the other two day first. */
export function dateOrderOf(locale: string): 'MDY' | 'DMY' {
  return locale.startsWith('en') ? 'MDY' : 'DMY'
}

/**
 * Reads `2026-11-23`, `23/11`, `23/11/26`, `23.11.2026`, `23` (of this month) and the names of near days.
 * @param today YYYY-MM-DD, fills in what was left out
 * @returns null where the text is no date that exists
 */
export function parseDateText(text: string, locale: string, today: string): string | null {
  const back = DAYS_BACK[searchForm(text)]
  if (back !== undefined) return addDays(today, back)
  const trimmed = text.trim()
  if (isCalendarDate(trimmed)) return trimmed
  const parts = /^(\d{1,2})(?:[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?)?$/.exec(trimmed)
  if (!parts) return null
  const [, first = '', second, year = today.slice(0, 4)] = parts
  const monthFirst = second !== undefined && dateOrderOf(locale) === 'MDY'
  const day = monthFirst ? second : first
  const month = second === undefined ? today.slice(5, 7) : monthFirst ? first : second
  const date = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isCalendarDate(date) ? date : null
}
