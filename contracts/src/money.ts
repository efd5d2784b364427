/**
 * Money is an integer count of a currency's minor units, in JSON a safe integer.
 * Nothing here, or anywhere else, turns an amount into a float: a decimal text goes to minor units digit by digit.
 */
import { z } from 'zod'

/** The largest absolute value of one amount, in minor units. Sums may grow past it, up to 2^53 - 1. */
export const MAX_AMOUNT_MINOR = 10_000_000_000_000

/** ISO 4217 exponents that are not 2. Source: ISO 4217, list one. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}

/** The active ISO 4217 currencies. */
const CODES =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
export const CURRENCIES: readonly string[] = CODES.split(' ')
const KNOWN = new Set(CURRENCIES)

/** An ISO 4217 currency code, upper case. */
export const Currency = z
  .string()
  .refine((code) => KNOWN.has(code), { error: 'Unknown ISO 4217 currency code' })
  .meta({
    id: 'Currency',
    description: 'ISO 4217 code, upper case',
    examples: ['BRL'],
    pattern: '^[A-Z]{3}$',
  })
export type Currency = z.infer<typeof Currency>

/** One amount in minor units: negative is money out. */
export const AmountMinor = z.int().min(-MAX_AMOUNT_MINOR).max(MAX_AMOUNT_MINOR).meta({
  description: 'Minor units of the currency (cents); negative is money out',
})
export type AmountMinor = z.infer<typeof AmountMinor>

/** A total of amounts in minor units: exact up to 2^53 - 1. */
export const TotalMinor = z.int()
export type TotalMinor = z.infer<typeof TotalMinor>

export function isCurrency(code: string): boolean {
  return KNOWN.has(code)
}

/** Digits after the decimal mark of a currency: 2 for BRL, 0 for CLP, 3 for KWD, 4 for CLF. */
export function currencyExponent(currency: string): number {
  return EXPONENTS[currency] ?? 2
}

/**
 * Minor units of a plain decimal text: `-?digits[.digits]`, nothing else (grouping and decimal commas are the
 * caller's to remove). Zeros past the exponent are dropped; any other digit there is refused, since money would be lost.
 * @returns null when the text is no such number, is too precise, or exceeds {@link MAX_AMOUNT_MINOR}.
 */
export function minorFromDecimal(text: string, exponent: number): number | null {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (!match) return null
  const [, sign, whole = '', fraction = ''] = match
  if (whole === '' && fraction === '') return null
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0')
  if (/[1-9]/.test(fraction.slice(exponent))) return null
  const digits = (whole + kept).replace(/^0+(?=\d)/, '') || '0'
  if (digits.length > 14) return null
  const value = Number(digits)
  if (value > MAX_AMOUNT_MINOR) return null
  return sign === '-' && value !== 0 ? -value : value
}

/** The plain decimal text of minor units: `decimalFromMinor(-5290, 2)` is `-52.90`. */
export function decimalFromMinor(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const cut = digits.length - exponent
  const text = exponent === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return minor < 0 ? `-${text}` : text
}

/**
 * Splits an amount by weights so that the parts sum to the whole (largest remainder, ties to the first).
 * @param totalMinor the whole, in minor units, of either sign
 * @param weights one or more non-negative integers, not all 0
 * @throws RangeError when the weights are unusable
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n)
  if (sum <= 0n || weights.some((weight) => weight < 0))
    throw new RangeError('weights must be non-negative, not all 0')
  const sign = totalMinor < 0 ? -1 : 1
  const whole = BigInt(Math.abs(totalMinor))
  const shares = weights.map((weight, index) => {
    const product = whole * BigInt(weight)
    return { index, floor: product / sum, remainder: product % sum }
  })
  let rest = whole - shares.reduce((total, share) => total + share.floor, 0n)
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )
  for (const share of byRemainder) {
    if (rest === 0n) break
    share.floor += 1n
    rest -= 1n
  }
  return shares.map((share) => sign * Number(share.floor) || 0)
}
