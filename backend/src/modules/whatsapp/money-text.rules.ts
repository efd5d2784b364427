/** Amounts and days as a reply shows them, in the reader's locale. */
import { addDays } from '@chronos/contracts/dates'
import { currencyExponent, decimalFromMinor } from '@chronos/contracts/money'
import { languageOf } from './vocabulary.rules.ts'

const formatters = new Map<string, Intl.NumberFormat>()

function formatterOf(locale: string, currency: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  const known = formatters.get(key)
  if (known) return known
  const options = {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const
  const made = new Intl.NumberFormat(locale, options)
  // Locales come from a closed list times currencies; the cap is against a mistake, not against use.
  if (formatters.size > 500) formatters.clear()
  formatters.set(key, made)
  return made
}

/** An amount with its currency, exact to the last minor unit: `R$ 1.234,56`. */
export function moneyText(amountMinor: number, currency: string, locale: string): string {
  const exponent = currencyExponent(currency)
  const decimal = decimalFromMinor(amountMinor, exponent) as Intl.StringNumericLiteral
  return formatterOf(locale, currency, exponent).format(decimal)
}

const NEAR = { pt: ['hoje', 'ontem'], en: ['today', 'yesterday'], es: ['hoy', 'ayer'] } as const

/** "hoje", "ontem", else day and month, with the year where it is another one. */
export function dayText(date: string, today: string, locale: string): string {
  const [now, before] = NEAR[languageOf(locale)]
  if (date === today) return now
  if (date === addDays(today, -1)) return before
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: 'numeric' } as const)
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC', ...year })
  return format.format(new Date(`${date}T00:00:00Z`))
}

/** The month of a date: "novembro", "outubro de 2025". */
export function monthText(date: string, today: string, locale: string): string {
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: 'numeric' } as const)
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC', ...year })
  return format.format(new Date(`${date}T00:00:00Z`))
}
