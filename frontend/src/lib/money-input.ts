/**
 * What people type for an amount, to minor units, digit by digit. Accepts both decimal marks wherever one can tell them
 * apart ("1.234,56", "1,234.56", "52,9", "R$ 1 234"); refuses what would lose or invent a cent.
 */
import { currencyExponent, minorFromDecimal } from '@chronos/contracts/money'

export type AmountParse =
  | { ok: true; minor: number }
  /** `empty`: nothing typed. `invalid`: no amount. `precise`: more decimals than the currency has. `large`: past the limit. */
  | { ok: false; reason: 'empty' | 'invalid' | 'precise' | 'large' }

/**
 * @param text as typed, in any of the three languages
 * @param currency decides how many decimals there are
 * @param decimalMark of the reader's language; only asked where the text can be read both ways ("1.234" of a
 *   currency with three decimals)
 */
export function parseAmount(text: string, currency: string, decimalMark: '.' | ','): AmountParse {
  const exponent = currencyExponent(currency)
  const bare = text
    .normalize('NFKC')
    .replaceAll(/[\u2212\u2012-\u2015]/g, '-')
    .replaceAll(/[\s'\u2019]/g, '')
  if (bare === '') return { ok: false, reason: 'empty' }
  const signed = /^([+-]?)(?:[A-Z]{0,3}\$|[A-Z]{3}|[€£¥₲₡])?([+-]?)([\d.,]*\d[\d.,]*)(-?)$/i.exec(bare)
  if (!signed) return { ok: false, reason: 'invalid' }
  const [, before = '', between = '', digits = '', after = ''] = signed
  if ([before, between, after].filter((sign) => sign !== '').length > 1)
    return { ok: false, reason: 'invalid' }
  const negative = `${before}${between}${after}`.includes('-')
  const mark = decimalMarkOf(digits, exponent, decimalMark)
  const plain = mark === undefined ? null : toPlainDecimal(digits, mark)
  if (plain === null) return { ok: false, reason: 'invalid' }
  const minor = minorFromDecimal(plain, exponent)
  if (minor !== null) return { ok: true, minor: negative && minor !== 0 ? -minor : minor }
  const tooPrecise = /[1-9]/.test((plain.split('.')[1] ?? '').slice(exponent))
  return { ok: false, reason: tooPrecise ? 'precise' : 'large' }
}

/** Which mark separates decimals: '' for none, undefined where the text is no number in any reading. */
function decimalMarkOf(digits: string, exponent: number, preferred: '.' | ','): '.' | ',' | '' | undefined {
  const dots = digits.split('.').length - 1
  const commas = digits.split(',').length - 1
  if (dots > 0 && commas > 0) {
    const last = digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ','
    return (last === '.' ? dots : commas) === 1 ? last : undefined
  }
  const mark = dots > 0 ? '.' : ','
  const count = dots + commas
  if (count === 0) return ''
  if (count > 1) return ''
  const looksGrouped = /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits)
  if (!looksGrouped) return mark
  // "1.234": thousands, unless the currency itself has three decimals and the reader writes them with this mark.
  return exponent >= 3 && mark === preferred ? mark : ''
}

/** @returns `digits.digits`, or null where the groups are not of three. */
function toPlainDecimal(digits: string, mark: '.' | ',' | ''): string | null {
  const [whole = '', fraction] = mark === '' ? [digits] : digits.split(mark)
  const grouped = /[.,]/.test(whole)
  if (grouped && !/^\d{1,3}(?:\.\d{3})+$/.test(whole) && !/^\d{1,3}(?:,\d{3})+$/.test(whole)) return null
  const integer = whole.replaceAll(/[.,]/g, '')
  return fraction === undefined ? integer : `${integer === '' ? '0' : integer}.${fraction}`
}
