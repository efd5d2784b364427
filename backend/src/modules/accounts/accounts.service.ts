/**
 * Accounts. A balance is the opening balance and the total that triggers keep of the account's lines; the database
 * refuses whatever would take it past what JSON tells exactly.
 */
import type { Account, AccountCreate, AccountUpdate } from '@chronos/contracts/accounts'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import * as queries from './accounts.queries.ts'
import { numberKey } from './accounts.rules.ts'

export { numberKey } from './accounts.rules.ts'

/** @throws AppError name_taken when another account of the currency has the number */
export async function createAccount(tx: TenantQueries, input: AccountCreate, now: Date): Promise<Account> {
  const id = newId()
  const values = {
    name: input.name,
    type: input.type,
    openingBalanceMinor: input.openingBalanceMinor,
    number: input.number ?? null,
    numberKey: numberKey(input.number),
  }
  await queries.insertAccount(tx, id, input.currency, values, now.toISOString())
  tx.changed('accounts', 'audit')
  return getWithin(tx, id)
}

/** The account that a statement means by a number, in whatever way its bank prints it. */
export async function findAccountByNumber(
  tx: TenantQueries,
  number: string,
  currency: string,
): Promise<Account | null> {
  const key = numberKey(number)
  const row = key === null ? null : await queries.findAccountByNumber(tx, key, currency)
  return row && queries.accountOf(row)
}

/**
 * @param expectedVersion the version that the caller saw; null where any will do
 * @throws AppError not_found, precondition_failed, name_taken, amount_overflow
 */
export async function updateAccount(
  tx: TenantQueries,
  id: string,
  patch: AccountUpdate,
  expectedVersion: number | null,
  now: Date,
): Promise<Account> {
  assertVersion(await queries.lockAccount(tx, id, 'no key update'), expectedVersion)
  const before = await getWithin(tx, id)
  const number = patch.number === undefined ? before.number : patch.number
  const values = {
    name: patch.name ?? before.name,
    type: patch.type ?? before.type,
    openingBalanceMinor: patch.openingBalanceMinor ?? before.openingBalanceMinor,
    number,
    numberKey: numberKey(number),
  }
  await queries.updateAccount(tx, id, values, now.toISOString())
  tx.changed('accounts', 'audit')
  return getWithin(tx, id)
}

/** @throws AppError not_found, precondition_failed, in_use */
export async function deleteAccount(
  tx: TenantQueries,
  id: string,
  expectedVersion: number | null,
): Promise<void> {
  assertVersion(await queries.lockAccount(tx, id, 'update'), expectedVersion)
  if (await queries.isUsed(tx, id)) throw new AppError('in_use', { detail: 'The account has transactions' })
  await queries.deleteAccount(tx, id)
  tx.changed('accounts', 'audit')
}

async function getWithin(tx: TenantQueries, id: string): Promise<Account> {
  const row = await queries.findAccountWithin(tx, id)
  invariant(row, 'an account that was just written is there')
  return queries.accountOf(row)
}

function assertVersion(version: number | null, expected: number | null): void {
  if (version === null) throw notFound('Account')
  if (expected !== null && version !== expected) {
    throw new AppError('precondition_failed', { detail: 'The account has changed since you saw it' })
  }
}
