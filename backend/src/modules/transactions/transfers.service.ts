/**
 * A transfer is two transactions tied by one id, left out of income and expense: money that leaves one account and
 * arrives in another, in another currency where the accounts differ.
 */
import type { Transaction, TransferCreate } from '@chronos/contracts/transactions'
import { AppError, invariant } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import { resolve } from './references.ts'
import { findTransactionsWithin } from './transactions.queries.ts'
import { receivedOf, searchText } from './transactions.rules.ts'
import { moneyChanged } from './transactions.service.ts'
import { insertTransactions, type NewTransaction } from './transactions.write-queries.ts'

export interface Transfer {
  id: string
  from: Transaction
  to: Transaction
}

/** @throws AppError invalid_request, unknown_reference, currency_mismatch, amount_overflow */
export async function createTransfer(tx: TenantQueries, input: TransferCreate, now: Date): Promise<Transfer> {
  const from = input.fromAccountId.toLowerCase()
  const to = input.toAccountId.toLowerCase()
  if (from === to) {
    const message = 'A transfer goes to another account'
    throw new AppError('invalid_request', { detail: message, fields: [{ path: 'toAccountId', message }] })
  }
  const accounts = [
    { path: 'fromAccountId', id: from },
    { path: 'toAccountId', id: to },
  ]
  const at = now.toISOString()
  const { currencyOf } = await resolve(tx, { accounts, categories: [], payee: null, tags: [] }, at)
  const received = receivedOf(currencyOf(from), currencyOf(to), input.amountMinor, input.receivedMinor)
  const transferId = newId()
  const notes = input.notes === '' ? null : (input.notes ?? null)
  const leg = (accountId: string, amountMinor: number): NewTransaction => ({
    id: newId(),
    accountId,
    currency: currencyOf(accountId),
    occurredOn: input.occurredOn,
    amountMinor,
    description: input.description,
    payeeId: null,
    notes,
    source: 'manual',
    transferId,
    importId: null,
    whatsappMessageId: null,
    createdBy: tx.actor.userId,
    searchText: searchText(input.description, null, notes),
    lines: [{ categoryId: null, amountMinor, memo: null }],
  })
  const legs = [leg(from, -input.amountMinor), leg(to, received)]
  await insertTransactions(tx, legs, at)
  moneyChanged(tx)
  const made = await findTransactionsWithin(
    tx,
    legs.map(({ id }) => id),
  )
  const [out, into] = legs.map(({ id }) => made.find((transaction) => transaction.id === id))
  invariant(out && into, 'both legs of a transfer that was just made are there')
  return { id: transferId, from: out, to: into }
}
