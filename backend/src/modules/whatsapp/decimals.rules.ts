/**
 * The value of a written number in minor units. Which mark is the decimal one follows from the shape where it can,
 * else from the locale; where both readings are a thousand times apart and neither is certain, nothing is assumed.
 * No float is ever made.
 */
import { MAX_AMOUNT_MINOR, minorFromDecimal } from '@chronos/contracts/money'

export type Reading =
  | { readonly status: 'ok'; readonly minor: number }
  /** `options` are the readings in minor units, the larger first. */
  | { readonly status: 'ambiguous'; readonly options: readonly number[] }
  | { readonly status: 'zero' | 'too_large' | 'too_precise' }

export type DecimalMark = '.' | ','

const marks = new Map<string, DecimalMark>()

/** The decimal mark of a BCP 47 tag; a tag without region takes that of its currency (`es`, MXN: Mexico). */
export function decimalMark(locale: string, currency: string): DecimalMark {
  const tag = locale.includes('-') ? locale : `${locale}-${currency.slice(0, 2)}`
  const known = marks.get(tag)
  if (known) return known
  const parts = new Intl.NumberFormat(tag).formatToParts(1.5)
  const mark = parts.find((part) => part.type === 'decimal')?.value === ',' ? ',' : '.'
  marks.set(tag, mark)
  return mark
}

/** Plain decimal texts (`1234.56`) that a written number can mean; empty when it is no number. */
function plainForms(written: string, mark: DecimalMark, exponent: number): string[] {
  const text = written.replaceAll('’', "'").replace(/^(?=[.,])/, '0')
  if (/^\d+$/.test(text)) return [text]
  const grouped = (whole: string) => /^\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*$/.test(whole)
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  const whole = text.slice(0, last)
  const fraction = text.slice(last + 1)
  if (last < 0) return grouped(text) ? [text.replaceAll("'", '')] : []
  const lastMark = text[last] ?? ''
  const digits = (part: string) => part.replace(/[.,']/g, '')
  if (whole.includes(lastMark)) return grouped(text) ? [digits(text)] : []
  const asDecimal = /^\d+$/.test(whole) || grouped(whole) ? `${digits(whole)}.${fraction}` : null
  if (fraction.length !== 3 || !/^[1-9]\d{0,2}$/.test(whole)) return asDecimal === null ? [] : [asDecimal]
  const asGrouped = digits(text)
  if (exponent === 0 || lastMark !== mark) return [asGrouped]
  return asDecimal !== null && exponent >= 3 ? [asDecimal] : [asGrouped, asDecimal ?? asGrouped]
}

function shift(plain: string, zeros: number): string {
  const [whole = '', fraction = ''] = plain.split('.')
  const padded = fraction.padEnd(zeros, '0')
  return `${whole}${padded.slice(0, zeros)}.${padded.slice(zeros)}`
}

function readingOf(plain: string, exponent: number): Reading {
  const minor = minorFromDecimal(plain, exponent)
  if (minor === 0) return { status: 'zero' }
  if (minor !== null) return { status: 'ok', minor }
  const [whole = '', fraction = ''] = plain.split('.')
  const size = whole.replace(/^0+/, '').length + exponent
  const large =
    size > 14 || (size === 14 && BigInt(whole) * 10n ** BigInt(exponent) > BigInt(MAX_AMOUNT_MINOR))
  return { status: large || !/[1-9]/.test(fraction.slice(exponent)) ? 'too_large' : 'too_precise' }
}

/**
 * @param written digits with marks between them, as `1.234,56`
 * @param zeros 3 where "thousand" follows, 6 for a million
 * @returns null when the marks make no number
 */
export function readNumber(
  written: string,
  format: { readonly mark: DecimalMark; readonly exponent: number },
  zeros = 0,
): Reading | null {
  const forms = plainForms(written, format.mark, format.exponent)
  const readings = forms.map((plain) => readingOf(shift(plain, zeros), format.exponent))
  const [first, second] = readings
  if (!first) return null
  if (!second) return first
  const options = readings.flatMap((reading) => (reading.status === 'ok' ? [reading.minor] : []))
  return { status: 'ambiguous', options: [...new Set(options)] }
}
