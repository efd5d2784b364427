/**
 * An amount as a bank prints it, in any notation, to exact minor units. Only digits are moved: no float ever holds it.
 * What could be read in two ways is refused unless the rest of the file has decided which mark is the decimal one.
 */
import { minorFromDecimal } from '@chronos/contracts/money'
import type { RowErrorCode } from './statement.ts'

export type DecimalMark = '.' | ','

/** How the printed text tells the direction: a sign, a credit or debit letter, or not at all. */
export type PrintedSign = 'none' | 'plus' | 'minus' | 'credit' | 'debit'

export interface AmountParts {
  /** Digits with their marks, `1.234,56`. */
  body: string
  sign: PrintedSign
  /** The ISO code that the text itself names, where a sign or code is unmistakable. */
  currency: string | null
}

/** Currency signs before or behind the number, and the code each stands for where it is unmistakable. */
const SYMBOLS: readonly { start: RegExp; end: RegExp; currency: string | null }[] = (
  [
    ['R\\$', 'BRL'],
    ['US\\$|U\\$S|U\\$D', 'USD'],
    ['MX\\$', 'MXN'],
    ['€', 'EUR'],
    ['£', 'GBP'],
    ['₹', 'INR'],
    ['₲', 'PYG'],
    ['₡', 'CRC'],
    ['zł', 'PLN'],
    ['Kč', 'CZK'],
    ['S/\\.?', 'PEN'],
    ['Bs\\.?|[A-Z]{0,2}\\$|¥|kr\\.?|Ft|Fr\\.|Lei', null],
  ] as const
).map(([sign, currency]) => ({
  start: new RegExp(`^(?:${sign})\\s*`, 'i'),
  end: new RegExp(`\\s*(?:${sign})$`, 'i'),
  currency,
}))
/** A word or no digit at all: no amount, without a closer look. */
const NO_AMOUNT = /\p{L}{5}|^\D*$|[;:@#%_=?!*"]/u
const BLANK = /^(?:[\p{Sc}A-Z]{0,3}\s*)[-–—−]+$|^R?\p{Sc}$|^n\/?a$/iu

/** True where the cell holds no amount: empty, a lone dash, a currency sign before a dash, `n/a`. */
export function isBlankAmount(text: string): boolean {
  return text === '' || (!/\d/.test(text) && BLANK.test(text.trim()))
}

/** Takes sign, credit or debit letters and currency off; null where the rest is not digits and their marks. */
export function splitAmount(text: string): AmountParts | null {
  const first = text.charCodeAt(0)
  const signed = first === 43 || first === 45
  if (isPlain(text, signed ? 1 : 0)) {
    return {
      body: signed ? text.slice(1) : text,
      sign: signed ? signOf(text[0] ?? '') : 'none',
      currency: null,
    }
  }
  if (text.length > 60 || NO_AMOUNT.test(text)) return null
  let rest = text
    .replace(/[\u2010-\u2015\u2212\ufe63\uff0d]/g, '-')
    .replace(/[\s\u00a0\u2007\u2009\u202f]+/g, ' ')
    .replace(/[’‘ʼ`´]/g, "'")
    .trim()
  let sign = 'none' as PrintedSign
  let currency: string | null = null
  const take = (found: PrintedSign): boolean => {
    if (sign !== 'none' && sign !== found) {
      // A plus beside a credit letter says the same twice; anything else contradicts itself.
      if (!(sign === 'plus' && found === 'credit') && !(sign === 'minus' && found === 'debit')) return false
    }
    sign = found
    return true
  }
  for (let round = 0; round < 8; round += 1) {
    const before = rest
    const wrapped = /^\((.*)\)$/.exec(rest)
    if (wrapped) {
      if (!take('minus')) return null
      rest = (wrapped[1] ?? '').trim()
    }
    const letters = /^(?:(.*[\d)])\s*(CR|DR|DB|C|D|H|S)\.?|(CR|DR|DB|C|D)\.?\s+(.*))$/i.exec(rest)
    if (letters) {
      const mark = (letters[2] ?? letters[3] ?? '').toUpperCase()
      if (!take(mark === 'CR' || mark === 'C' || mark === 'H' ? 'credit' : 'debit')) return null
      rest = (letters[1] ?? letters[4] ?? '').trim()
    }
    const signed = /^(?:([+-])\s*(.+)|(.*\d)\s*([+-]))$/.exec(rest)
    if (signed) {
      if (sign === 'plus' || sign === 'minus') return null
      if (!take(signOf(signed[1] ?? signed[4] ?? ''))) return null
      rest = (signed[2] ?? signed[3] ?? '').trim()
    }
    const code = /^(?:([A-Z]{3})(?=[\s\d.,(+-])\s*(.*)|(.*[\s\d).,])\s*([A-Z]{3}))$/.exec(rest)
    if (code) {
      currency ??= code[1] ?? code[4] ?? null
      rest = (code[2] ?? code[3] ?? '').trim()
    }
    if (!/^[\d.,' ]*$/.test(rest)) {
      for (const symbol of SYMBOLS) {
        const start = symbol.start.exec(rest)
        const end = start ? null : symbol.end.exec(rest)
        if (!start && !end) continue
        rest = (start ? rest.slice(start[0].length) : rest.slice(0, end?.index)).trim()
        currency ??= symbol.currency
        break
      }
    }
    if (rest === before) break
  }
  return /^[\d.,' ]*\d[\d.,' ]*$/.test(rest) ? { body: rest, sign, currency } : null
}

/** Digits, dots and commas only, beginning with a digit: what nearly every amount is. */
function isPlain(text: string, start: number): boolean {
  const first = text.charCodeAt(start)
  if (!(first >= 48 && first <= 57)) return false
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (!((code >= 48 && code <= 57) || code === 44 || code === 46)) return false
  }
  return true
}

function signOf(text: string): PrintedSign {
  return text === '-' ? 'minus' : text === '+' ? 'plus' : 'none'
}

/** What one number says about the decimal mark: it is certain, it has none, or three digits follow the only mark. */
export type BodyShape = 'integer' | 'dot' | 'comma' | 'maybe-dot' | 'maybe-comma' | 'garbled'

export function shapeOf(body: string): BodyShape {
  const bare = withoutBlankGroups(body)
  if (bare === null) return 'garbled'
  const dots = count(bare, '.')
  const commas = count(bare, ',')
  if (dots === 0 && commas === 0) return 'integer'
  if (dots > 0 && commas > 0) {
    const dotLast = bare.lastIndexOf('.') > bare.lastIndexOf(',')
    return canonical(bare, dotLast ? '.' : ',') === null ? 'garbled' : dotLast ? 'dot' : 'comma'
  }
  const mark: DecimalMark = dots > 0 ? '.' : ','
  if (dots + commas > 1) {
    const other: DecimalMark = mark === '.' ? ',' : '.'
    if (canonical(bare, other) === null) return 'garbled'
    return other === '.' ? 'dot' : 'comma'
  }
  const at = bare.indexOf(mark)
  const grouped = bare.length - at - 1 === 3 && at >= 1 && at <= 3 && bare[0] !== '0' && bare === body
  if (grouped) return mark === '.' ? 'maybe-dot' : 'maybe-comma'
  return mark === '.' ? 'dot' : 'comma'
}

function count(text: string, mark: string): number {
  let found = 0
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found += 1
  return found
}

/** Groups of three set apart by blanks or apostrophes are joined; null where the groups are not threes. */
function withoutBlankGroups(body: string): string | null {
  if (!body.includes(' ') && !body.includes("'")) return body
  const match = /^(\d{1,3}(?:([ '])\d{3})(?:\2\d{3})*)([.,]\d*)?$/.exec(body)
  return match ? (match[1] ?? '').replace(/[ ']/g, '') + (match[3] ?? '') : null
}

/** `1234.56` of a body whose decimal mark is known; null where its grouping is impossible. */
export function canonical(body: string, mark: DecimalMark): string | null {
  const bare = withoutBlankGroups(body)
  if (bare === null) return null
  const at = bare.indexOf(mark)
  if (at >= 0 && bare.indexOf(mark, at + 1) >= 0) return null
  const whole = at < 0 ? bare : bare.slice(0, at)
  const fraction = at < 0 ? '' : bare.slice(at + 1)
  if (!/^\d*$/.test(fraction)) return null
  if (/^\d*$/.test(whole)) return whole === '' && fraction === '' ? null : `${whole || '0'}.${fraction}`
  if (bare !== body) return null
  // Threes everywhere, or the Indian way: a last three, twos before it.
  const groups = mark === '.' ? /^\d{1,3}(?:,\d{3})+$|^\d{1,2}(?:,\d{2})*,\d{3}$/ : /^\d{1,3}(?:\.\d{3})+$/
  return groups.test(whole) ? `${whole.replace(/[.,]/g, '')}.${fraction}` : null
}

export type AmountResult =
  | { ok: true; minor: number; sign: PrintedSign; currency: string | null }
  | { ok: false; code: RowErrorCode; reason: string }

/**
 * The amount without its sign, in minor units (0 or more), and how the sign was printed.
 * @param mark the decimal mark the file uses; null where each amount has to speak for itself
 * @param ambiguousAs what a lone mark before three digits is when `mark` is null; null refuses it
 * @param exponent digits of the currency's minor unit
 */
export function readAmount(
  text: string,
  mark: DecimalMark | null,
  exponent: number | ((currency: string | null) => number),
  ambiguousAs: 'decimal' | 'group' | null = null,
): AmountResult {
  const parts = splitAmount(text)
  if (!parts) return { ok: false, code: 'bad_amount', reason: `"${shorten(text)}" is not an amount` }
  const known = mark ?? markOf(parts.body, ambiguousAs)
  if (known === null) {
    return {
      ok: false,
      code: 'amount_ambiguous',
      reason: `"${shorten(text)}" can be read in two ways: is the mark the decimal mark or does it group thousands?`,
    }
  }
  const decimal = known === 'garbled' ? null : canonical(parts.body, known)
  if (decimal === null)
    return { ok: false, code: 'bad_amount', reason: `"${shorten(text)}" is not an amount` }
  const digits = typeof exponent === 'number' ? exponent : exponent(parts.currency)
  const minor = minorFromDecimal(decimal, digits)
  if (minor !== null) return { ok: true, minor, sign: parts.sign, currency: parts.currency }
  const fraction = decimal.slice(decimal.indexOf('.') + 1)
  return /[1-9]/.test(fraction.slice(digits))
    ? {
        ok: false,
        code: 'amount_too_precise',
        reason: `"${shorten(text)}" has more decimals than its currency (${digits})`,
      }
    : { ok: false, code: 'amount_too_large', reason: `"${shorten(text)}" is larger than an amount may be` }
}

function markOf(body: string, ambiguousAs: 'decimal' | 'group' | null): DecimalMark | 'garbled' | null {
  const shape = shapeOf(body)
  if (shape === 'garbled') return 'garbled'
  if (shape === 'integer' || shape === 'dot') return '.'
  if (shape === 'comma') return ','
  if (ambiguousAs === null) return null
  const dot = shape === 'maybe-dot'
  return (ambiguousAs === 'decimal') === dot ? '.' : ','
}

/** A printed text short enough for a message. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}
