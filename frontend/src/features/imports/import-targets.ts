import type { Account } from '@chronos/contracts/accounts'
import type { ImportAccount } from '@chronos/contracts/imports'

/** Asks the server to make the account; one of that number and currency is used again. */
export const CREATE = 'create'

/**
 * Where rows of a file's account go unless the person says otherwise: where they went last time; the account of that
 * number; a new one where the file names it; the only account there is. Null where it must be asked.
 */
export function defaultTarget(
  from: ImportAccount,
  accounts: readonly Account[],
  homeCurrency: string,
): string | null {
  if (from.accountId !== null) return from.accountId
  const currency = from.currency ?? homeCurrency
  const same = accounts.filter((account) => account.currency === currency)
  const numbered = from.number === null ? undefined : same.find(({ number }) => number === from.number)
  if (numbered) return numbered.id
  if (from.number !== null || same.length === 0) return CREATE
  return same.length === 1 ? (same[0]?.id ?? null) : null
}
