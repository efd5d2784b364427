/** What one OFX statement's amounts say together: how its lone marks are meant, and whether its signs are missing. */
import { currencyExponent } from '@chronos/contracts/money'
import { shapeOf, splitAmount } from './amount-text.ts'

const OUT_TYPES = new Set([
  'DEBIT',
  'OUT',
  'POS',
  'FEE',
  'SRVCHG',
  'CHECK',
  'PAYMENT',
  'DIRECTDEBIT',
  'REPEATPMT',
  'CASH',
])
const IN_TYPES = new Set(['CREDIT', 'IN', 'DEP', 'DIRECTDEP', 'DIV'])

/** Currencies whose banks write whole units, often in groups of three: a lone `150.000` there is not 150. */
const WHOLE_UNITS = new Set(['COP', 'IDR', 'HUF', 'ARS', 'CRC', 'RSD', 'NGN'])

/** Keep as printed, take the direction from TRNTYPE, or turn every sign (a card that prints charges as positive). */
export type SignRule = 'as-printed' | 'by-type' | 'inverted'

export class OfxAmountStats {
  private dot = 0
  private comma = 0
  private negative = 0
  private outPositive = 0
  private outNegative = 0
  private inPositive = 0
  private inNegative = 0

  add(text: string, type: string): void {
    const parts = splitAmount(text.trim())
    if (!parts) return
    const shape = shapeOf(parts.body)
    if (shape === 'dot') this.dot += 1
    if (shape === 'comma') this.comma += 1
    const minus = parts.sign === 'minus' || parts.sign === 'debit'
    const zero = !/[1-9]/.test(parts.body)
    if (minus) this.negative += 1
    if (zero) return
    if (OUT_TYPES.has(type)) {
      if (minus) this.outNegative += 1
      else if (type === 'DEBIT' || type === 'OUT') this.outPositive += 1
    } else if (IN_TYPES.has(type)) {
      if (minus) this.inNegative += 1
      else this.inPositive += 1
    }
  }

  /**
   * Whether a lone mark before three digits (`1.500`) is the decimal mark. OFX knows no grouping, so it is, unless
   * the statement's other amounts or the currency's habits speak against it; null: nobody can tell.
   */
  loneMark(text: string, currency: string): 'decimal' | 'group' | null {
    const parts = splitAmount(text.trim())
    const shape = parts === null ? 'garbled' : shapeOf(parts.body)
    const [same, other] = shape === 'maybe-dot' ? [this.dot, this.comma] : [this.comma, this.dot]
    if (same > 0) return other > 0 ? null : 'decimal'
    if (other > 0) return 'group'
    return currencyExponent(currency) === 0 || WHOLE_UNITS.has(currency) ? null : 'decimal'
  }

  signRule(): SignRule {
    if (this.outNegative > 0 || this.outPositive === 0) return 'as-printed'
    if (this.inPositive > 0 && this.negative === 0) return 'by-type'
    return this.inNegative > 0 && this.inPositive === 0 ? 'inverted' : 'as-printed'
  }
}

export function isOutType(type: string): boolean {
  return OUT_TYPES.has(type)
}
