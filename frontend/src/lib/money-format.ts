/** Money as text, exact: Intl is given the decimal digits as a string, never a float. */
import { currencyExponent, decimalFromMinor } from '@chronos/contracts/money'

const formatters = new Map<string, Intl.NumberFormat>()

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(locale, options)
  formatters.set(key, made)
  return made
}

/** Intl formats a decimal text digit by digit; its type asks for the literal form of one. */
function decimalText(minor: number, exponent: number): Intl.StringNumericLiteral {
  return decimalFromMinor(minor, exponent) as Intl.StringNumericLiteral
}

export interface MoneyFormatOptions {
  /** `always` puts a plus before money in. */
  sign?: 'auto' | 'always' | 'never'
  /** Where `$` is the currency of the house, it needs no country. */
  home?: boolean
}

function currencyFormatter(currency: string, locale: string, options: MoneyFormatOptions): Intl.NumberFormat {
  const exponent = currencyExponent(currency)
  const sign = options.sign ?? 'auto'
  return formatter(locale, {
    style: 'currency',
    currency,
    currencyDisplay: options.home === true ? 'narrowSymbol' : 'symbol',
    useGrouping: 'always',
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
    signDisplay: sign === 'always' ? 'exceptZero' : sign,
  })
}

/** `formatMoney(-5290, 'BRL', 'pt-BR')` is `-R$ 52,90`. */
export function formatMoney(
  minor: number,
  currency: string,
  locale: string,
  options: MoneyFormatOptions = {},
): string {
  return currencyFormatter(currency, locale, options).format(decimalText(minor, currencyExponent(currency)))
}

/** The digits alone, for an input: `1.234,56`. */
export function formatAmount(minor: number, currency: string, locale: string): string {
  const exponent = currencyExponent(currency)
  return formatter(locale, {
    useGrouping: 'always',
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(decimalText(minor, exponent))
}

/** For chart axes alone, where a rounded figure is meant: `R$ 12 mil`. */
export function formatMoneyCompact(minor: number, currency: string, locale: string): string {
  return formatter(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumFractionDigits: 1,
    minimumFractionDigits: 0,
  }).format(decimalText(minor, currencyExponent(currency)))
}

/** The mark that a language puts before decimals. */
export function decimalMarkOfLocale(locale: string): '.' | ',' {
  return formatter(locale, { minimumFractionDigits: 1 }).format(1.5).includes(',') ? ',' : '.'
}

/** Whole percent of a part in a whole, 0 where there is no whole; exact for any sums. */
export function percentOf(part: number, whole: number): number {
  if (whole === 0) return 0
  return Number((BigInt(part) * 1000n) / BigInt(whole)) / 10
}

export function formatPercent(percent: number, locale: string): string {
  return formatter(locale, { style: 'percent', maximumFractionDigits: 0 }).format(percent / 100)
}

export function formatCount(count: number, locale: string): string {
  return formatter(locale, { useGrouping: 'always' }).format(count)
}
