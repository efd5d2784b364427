/**
 * Transactions: the one way in for the web and for WhatsApp. Money, lines, names, totals and audit are written in one
 * database transaction, the caller's; a throw leaves nothing behind.
 */
import type { Transaction, TransactionCreate, TransactionUpdate } from '@chronos/contracts/transactions'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import { resolve } from './references.ts'
import { findTransactionsWithin } from './transactions.queries.ts'
import { assertLegKeeps, changedLines, linesOf, searchText, type Line } from './transactions.rules.ts'
import * as write from './transactions.write-queries.ts'

export { payeeKey, searchText } from './transactions.rules.ts'

export interface TransactionInput extends TransactionCreate {
  source: Transaction['source']
  importId?: string | null
  whatsappMessageId?: string | null
}

/**
 * Records money in or out of an account, in the name of the transaction's actor.
 * @throws AppError unknown_reference, lines_mismatch, amount_overflow
 */
export async function createTransaction(
  tx: TenantQueries,
  input: TransactionInput,
  now: Date,
): Promise<Transaction> {
  const accountId = input.accountId.toLowerCase()
  const lines = linesOf(input.amountMinor, input.lines, input.categoryId ?? null).map(lowerCased)
  const payee = input.payee ?? null
  const resolved = await resolve(
    tx,
    {
      accounts: [{ path: 'accountId', id: accountId }],
      categories: categoryFields(lines, input.lines !== undefined),
      payee,
      tags: input.tags ?? [],
    },
    now.toISOString(),
  )
  const id = newId()
  const notes = blankAsNull(input.notes)
  const transaction: write.NewTransaction = {
    id,
    accountId,
    currency: resolved.currencyOf(accountId),
    occurredOn: input.occurredOn,
    amountMinor: input.amountMinor,
    description: input.description,
    payeeId: resolved.payeeId,
    notes,
    source: input.source,
    transferId: null,
    importId: input.importId ?? null,
    whatsappMessageId: input.whatsappMessageId ?? null,
    createdBy: tx.actor.userId,
    searchText: searchText(input.description, payee, notes),
    lines,
  }
  await write.insertTransactions(tx, [transaction], now.toISOString())
  await write.insertTags(tx, id, resolved.tagIds)
  moneyChanged(tx)
  return getWithin(tx, id)
}

/**
 * Changes a transaction. What each field does to the lines: {@link changedLines}.
 * @param expectedVersion the version that the caller saw; null where any will do
 * @throws AppError not_found, precondition_failed, unknown_reference, lines_mismatch, currency_mismatch,
 *   transfer_leg, amount_overflow
 */
export async function updateTransaction(
  tx: TenantQueries,
  id: string,
  patch: TransactionUpdate,
  expectedVersion: number | null,
  now: Date,
): Promise<Transaction> {
  const legs = await write.lockLegs(tx, id)
  assertCurrent(legs, id, expectedVersion, false)
  const before = await getWithin(tx, id)
  const accountId = patch.accountId?.toLowerCase() ?? before.accountId
  const normal = { ...patch, ...(patch.accountId === undefined ? {} : { accountId }) }
  if (before.transferId !== null) assertLegKeeps(before, normal)
  const lines = changedLines(before, normal)?.map(lowerCased) ?? null
  const payee = patch.payee === undefined ? before.payee : patch.payee
  const at = now.toISOString()
  const resolved = await resolve(
    tx,
    {
      accounts: [{ path: 'accountId', id: accountId }],
      categories: lines === null ? [] : categoryFields(lines, patch.lines !== undefined),
      payee,
      tags: patch.tags ?? [],
    },
    at,
  )
  const currency = resolved.currencyOf(accountId)
  if (currency !== before.currency) {
    throw new AppError('currency_mismatch', {
      detail: `The amounts are in ${before.currency}, the account is in ${currency}`,
      fields: [{ path: 'accountId', message: `An account in ${before.currency} is needed` }],
    })
  }
  const description = patch.description ?? before.description
  const notes = patch.notes === undefined ? before.notes : blankAsNull(patch.notes)
  const header: write.Header = {
    accountId,
    currency,
    occurredOn: patch.occurredOn ?? before.occurredOn,
    amountMinor: patch.amountMinor ?? before.amountMinor,
    description,
    payeeId: resolved.payeeId,
    notes,
    searchText: searchText(description, payee, notes),
  }
  await write.updateHeader(tx, before.id, header, at)
  const moved = accountId !== before.accountId || header.occurredOn !== before.occurredOn
  if (lines !== null || moved) {
    await write.replaceLines(tx, before.id, header, lines ?? before.lines, before.lines.length)
  }
  if (patch.tags !== undefined) {
    await write.deleteTags(tx, before.id)
    await write.insertTags(tx, before.id, resolved.tagIds)
  }
  moneyChanged(tx)
  return getWithin(tx, before.id)
}

/**
 * Deletes a transaction, or both legs of a transfer; {@link restoreTransaction} brings them back.
 * @throws AppError not_found, precondition_failed
 */
export async function deleteTransaction(
  tx: TenantQueries,
  id: string,
  expectedVersion: number | null,
  now: Date,
): Promise<void> {
  const legs = await write.lockLegs(tx, id)
  assertCurrent(legs, id, expectedVersion, false)
  assertBothLegs(legs)
  const at = now.toISOString()
  const ids = legs.filter((leg) => !leg.deleted).map((leg) => leg.id)
  await write.setDeleted(tx, ids, at, at)
  moneyChanged(tx)
}

/**
 * Undoes the deletion of a transaction, or of both legs of a transfer. One that is not deleted stays as it is.
 * @throws AppError not_found, amount_overflow
 */
export async function restoreTransaction(tx: TenantQueries, id: string, now: Date): Promise<Transaction> {
  const legs = await write.lockLegs(tx, id)
  assertCurrent(legs, id, null, true)
  assertBothLegs(legs)
  const ids = legs.filter((leg) => leg.deleted).map((leg) => leg.id)
  if (ids.length > 0) {
    await write.setDeleted(tx, ids, null, now.toISOString())
    moneyChanged(tx)
  }
  return getWithin(tx, id)
}

/** Tells what a change of money makes stale. */
export function moneyChanged(tx: TenantQueries): void {
  tx.changed('transactions', 'accounts', 'budgets', 'audit')
}

/**
 * Money that goes out arrives somewhere: half of a transfer cannot be taken away by somebody who is kept from the
 * account of the other half.
 * @throws AppError transfer_leg
 */
function assertBothLegs(legs: readonly write.LockedLeg[]): void {
  const [leg, other] = legs
  if (leg && !other && leg.transfer_id !== null) {
    throw new AppError('transfer_leg', {
      detail: 'This is one leg of a transfer, and the other one is in an account that you do not see',
    })
  }
}

/** @throws AppError not_found, precondition_failed */
function assertCurrent(
  legs: readonly write.LockedLeg[],
  id: string,
  expectedVersion: number | null,
  deletedToo: boolean,
): void {
  const leg = legs.find((each) => each.id === id.toLowerCase())
  if (!leg || (leg.deleted && !deletedToo)) throw notFound('Transaction')
  if (expectedVersion !== null && leg.version !== expectedVersion) {
    throw new AppError('precondition_failed', { detail: 'The transaction has changed since you saw it' })
  }
}

async function getWithin(tx: TenantQueries, id: string): Promise<Transaction> {
  const [transaction] = await findTransactionsWithin(tx, [id])
  invariant(transaction, 'a transaction that was just written is there')
  return transaction
}

/** Categories with the field that a caller gave each in. */
function categoryFields(lines: readonly Line[], given: boolean): { path: string; id: string | null }[] {
  return lines.map((line, index) => ({
    path: given ? `lines.${index}.categoryId` : 'categoryId',
    id: line.categoryId,
  }))
}

function lowerCased(line: Line): Line {
  return { ...line, categoryId: line.categoryId?.toLowerCase() ?? null }
}

function blankAsNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text
}
