/** One STMTTRN as a row of money: its date, amount, currency and texts, or why it is none. */
import { isCalendarDate } from '@chronos/contracts/dates'
import { currencyExponent } from '@chronos/contracts/money'
import { readAmount, shorten } from './amount-text.ts'
import type { AmountResult } from './amount-text.ts'
import { currencyOf } from './currency-text.ts'
import { isOutType } from './ofx-amounts.ts'
import type { OfxAmountStats, SignRule } from './ofx-amounts.ts'
import type { OfxStatementHead, OfxTransaction } from './ofx-statements.ts'
import type { AccountKind, RowError } from './statement.ts'
import { cleanText } from './text-clean.ts'

/** The row's own currency, else the statement's, else the fallback; null where one is named that does not exist. */
export function ofxCurrency(
  row: OfxTransaction,
  head: OfxStatementHead | undefined,
  fallback: string,
): string | null {
  const printed = currencyOf(row.currency)
  if (printed !== null) return printed
  const stated = head?.currency ?? ''
  return stated === '' ? fallback : currencyOf(stated)
}

/** The first eight digits as printed, whatever time and zone follow: a statement's day is the bank's day. */
export function ofxDate(text: string): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})|^(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)/.exec(text)
  if (!match) return null
  const date = `${match[1] ?? match[4]}-${match[2] ?? match[5]}-${match[3] ?? match[6]}`
  return isCalendarDate(date) ? date : null
}

/** The amount without its sign; a lone mark is judged by the statement's other amounts. */
export function ofxAmount(row: OfxTransaction, currency: string, stats: OfxAmountStats | null): AmountResult {
  const text = row.amount.trim()
  return readAmount(text, null, currencyExponent(currency), stats?.loneMark(text, currency) ?? null)
}

export function amountError(line: number, amount: AmountResult): RowError | null {
  return amount.ok ? null : { line, code: amount.code, message: `The amount ${amount.reason}.` }
}

/** What makes the row unreadable, the amount's notation apart; null for a sound row. */
export function ofxRowError(row: OfxTransaction, currency: string | null): RowError | null {
  const { line } = row
  if (row.date === '')
    return { line, code: 'missing_date', message: 'The transaction has no date (DTPOSTED).' }
  if (ofxDate(row.date) === null) {
    return { line, code: 'bad_date', message: `The date "${shorten(row.date)}" (DTPOSTED) does not exist.` }
  }
  if (row.amount === '')
    return { line, code: 'missing_amount', message: 'The transaction has no amount (TRNAMT).' }
  if (row.correction !== '') {
    const message = `The transaction corrects an earlier one (${shorten(row.correction)}), which is not supported yet.`
    return { line, code: 'correction', message }
  }
  if (currency !== null) return null
  return { line, code: 'unknown_currency', message: 'The currency of the statement is none that is in use.' }
}

export function ofxKind(head: OfxStatementHead): AccountKind {
  if (head.kind === 'card') return 'credit_card'
  if (/SAV|MONEYMRKT|^CD$|POUP/.test(head.accountType)) return 'savings'
  return head.accountType === 'CREDITLINE' ? 'loan' : 'checking'
}

export function ofxSigned(minor: number, sign: string, type: string, rule: SignRule): number {
  const printed = sign === 'minus' || sign === 'debit' ? -minor : minor
  const turned = rule === 'inverted' || (rule === 'by-type' && isOutType(type)) ? -printed : printed
  return turned === 0 ? 0 : turned
}

/** NAME is who, MEMO what for; banks repeat a shortened NAME in MEMO, and then MEMO alone says all. */
export function ofxTexts(raw: OfxTransaction): {
  description: string
  payee: string | null
  externalId: string | null
} {
  const name = cleanText(raw.name)
  const memo = cleanText(raw.memo)
  // An id of zeros is a bank's way of giving none.
  const externalId = /[^0\s]/.test(raw.id) ? cleanText(raw.id, 255) : null
  if (memo === '' || name === '') return { description: memo || name, payee: name || null, externalId }
  const [a, b] = [name.toLowerCase(), memo.toLowerCase()]
  const description = b.includes(a) ? memo : a.includes(b) ? name : cleanText(`${name} - ${memo}`)
  return { description, payee: name, externalId }
}
