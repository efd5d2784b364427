/**
 * What always holds of a transaction: it has one or more lines, they sum to its amount exactly, and each has its
 * sign (lines of zero stand only under an amount of zero). Amounts are minor units of the account's currency.
 */
import type { LineInput, TransactionUpdate } from '@chronos/contracts/transactions'
import { searchForm } from '@chronos/contracts/text'
import { AppError } from '../../platform/errors.ts'

export interface Line {
  categoryId: string | null
  amountMinor: number
  memo: string | null
}

/** The lines of a new transaction: those given, or the one that `categoryId` makes. @throws AppError lines_mismatch */
export function linesOf(
  amountMinor: number,
  lines: readonly LineInput[] | undefined,
  categoryId: string | null,
): Line[] {
  if (lines === undefined) return [{ categoryId, amountMinor, memo: null }]
  assertLines(amountMinor, lines)
  return lines.map((line) => ({
    categoryId: line.categoryId ?? null,
    amountMinor: line.amountMinor,
    memo: line.memo ?? null,
  }))
}

/** @throws AppError lines_mismatch */
export function assertLines(amountMinor: number, lines: readonly { amountMinor: number }[]): void {
  const sign = Math.sign(amountMinor)
  const wrong = lines.findIndex((line) => Math.sign(line.amountMinor) !== sign)
  if (wrong >= 0) {
    throw mismatch('Every line has the sign of its transaction', `lines.${wrong}.amountMinor`)
  }
  // Up to 100 lines of 10^13 are a safe integer.
  const sum = lines.reduce((total, line) => total + line.amountMinor, 0)
  if (sum !== amountMinor) {
    throw mismatch(`The lines sum to ${sum}, the transaction is of ${amountMinor}`, 'lines')
  }
}

/**
 * The lines after a change, or null where they stay as they are.
 * - `lines` replaces them; they have to sum to the amount, the new one or the one that stays.
 * - `categoryId` makes one line of the whole amount. A null says nothing of a split transaction, whose categoryId is
 *   null already: whoever sends back what they read loses no line.
 * - a new amount goes to the only line; a split one asks for its lines.
 * @throws AppError lines_mismatch
 */
export function changedLines(
  current: { amountMinor: number; lines: readonly Line[] },
  patch: Pick<TransactionUpdate, 'amountMinor' | 'categoryId' | 'lines'>,
): Line[] | null {
  const amountMinor = patch.amountMinor ?? current.amountMinor
  const [only] = current.lines
  if (patch.lines !== undefined) return linesOf(amountMinor, patch.lines, null)
  if (current.lines.length === 1 && only) {
    const categoryId = patch.categoryId === undefined ? only.categoryId : patch.categoryId
    if (amountMinor === only.amountMinor && categoryId === only.categoryId) return null
    return [{ categoryId, amountMinor, memo: only.memo }]
  }
  if (patch.categoryId !== undefined && patch.categoryId !== null) {
    return [{ categoryId: patch.categoryId, amountMinor, memo: null }]
  }
  if (amountMinor === current.amountMinor) return null
  throw mismatch('This transaction is split: send its lines with the new amount', 'lines')
}

/**
 * One leg of a transfer keeps what it shares with the other.
 * @throws AppError transfer_leg that names the fields
 */
export function assertLegKeeps(
  current: { accountId: string; occurredOn: string; amountMinor: number },
  patch: TransactionUpdate,
): void {
  const refused: string[] = []
  if (patch.accountId !== undefined && patch.accountId !== current.accountId) refused.push('accountId')
  if (patch.occurredOn !== undefined && patch.occurredOn !== current.occurredOn) refused.push('occurredOn')
  if (patch.amountMinor !== undefined && patch.amountMinor !== current.amountMinor)
    refused.push('amountMinor')
  if (patch.categoryId !== undefined && patch.categoryId !== null) refused.push('categoryId')
  if (patch.lines !== undefined) refused.push('lines')
  if (refused.length === 0) return
  throw new AppError('transfer_leg', {
    detail: 'This is one leg of a transfer: delete the transfer and make it anew to change these',
    fields: refused.map((path) => ({ path, message: 'Shared with the other leg' })),
  })
}

/**
 * What arrives by a transfer, in minor units of the receiving account's currency.
 * @throws AppError currency_mismatch where the amount received is missing between currencies, or given within one
 */
export function receivedOf(
  from: string,
  to: string,
  amountMinor: number,
  receivedMinor: number | undefined,
): number {
  if (from === to && receivedMinor === undefined) return amountMinor
  if (from !== to && receivedMinor !== undefined) return receivedMinor
  const message =
    from === to
      ? `Both accounts are in ${from}: leave it out`
      : `Say what arrives in ${to} for what leaves in ${from}`
  throw new AppError('currency_mismatch', { detail: message, fields: [{ path: 'receivedMinor', message }] })
}

/** By what payees are the same: their words, as statements print them in many ways. */
export function payeeKey(name: string): string {
  return searchForm(name) || tagKey(name)
}

/** By what tags are the same: lower case, without accents, blanks as one. Signs count: `C` and `C++` differ. */
export function tagKey(name: string): string {
  const key = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
  return key === '' ? name : key
}

/** Tags without those that are the same as an earlier one, in the order they came in. */
export function distinctTags(names: readonly string[]): { name: string; key: string }[] {
  const byKey = new Map<string, string>()
  for (const name of names) {
    const key = tagKey(name)
    if (!byKey.has(key)) byKey.set(key, name)
  }
  return [...byKey].map(([key, name]) => ({ name, key }))
}

/** What `q` searches: words parted by one blank, and a blank before the first, so that ` mer%` finds a beginning. */
export function searchText(description: string, payee: string | null, notes: string | null): string {
  return ` ${searchForm(`${description} ${payee ?? ''} ${notes ?? ''}`)}`
}

/** Patterns of which each must match {@link searchText}. What LIKE would read as a sign is gone with the other signs. */
export function searchPatterns(q: string): string[] {
  return [...new Set(searchForm(q).split(' '))].filter((word) => word !== '').map((word) => `% ${word}%`)
}

function mismatch(detail: string, path: string): AppError {
  return new AppError('lines_mismatch', { detail, fields: [{ path, message: detail }] })
}
