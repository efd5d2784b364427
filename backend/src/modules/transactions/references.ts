/** Resolves what a caller refers to. Another tenant's id is unknown here like one that nobody has. */
import type { FieldError } from '@chronos/contracts/errors'
import { AppError, invariant } from '../../platform/errors.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import { findReferences, upsertNames, type References } from './references.queries.ts'
import { distinctTags, payeeKey } from './transactions.rules.ts'

export interface Referred {
  /** Ids with the field that each stands in. */
  accounts: readonly { path: string; id: string }[]
  categories: readonly { path: string; id: string | null }[]
  payee: string | null
  tags: readonly string[]
}

export interface Resolved {
  /** The currency of an account that was referred to, by its id in lower case. */
  currencyOf(accountId: string): string
  payeeId: string | null
  /** In the order of the names, each once. */
  tagIds: string[]
}

/** @throws AppError unknown_reference that names every field in question */
export async function resolve(tx: TenantQueries, referred: Referred, at: string): Promise<Resolved> {
  const categories = referred.categories.flatMap(({ path, id }) => (id === null ? [] : [{ path, id }]))
  const payee = referred.payee === null ? null : { name: referred.payee, key: payeeKey(referred.payee) }
  const tags = distinctTags(referred.tags)
  const found = await findReferences(tx, {
    accountIds: referred.accounts.map(({ id }) => id),
    categoryIds: [...new Set(categories.map(({ id }) => id))],
    payeeKey: payee?.key ?? null,
    tagKeys: tags.map(({ key }) => key),
  })
  assertKnown(found, referred.accounts, categories)
  const payeeIds = await completed(tx, 'payees', payee === null ? [] : [payee], found.payees, at)
  const tagIds = await completed(tx, 'tags', tags, found.tags, at)
  return {
    currencyOf(accountId) {
      const currency = found.accounts.get(accountId)
      invariant(currency, 'the currency of an account that was not looked up')
      return currency
    },
    payeeId: payeeIds[0] ?? null,
    tagIds,
  }
}

function assertKnown(
  found: References,
  accounts: readonly { path: string; id: string }[],
  categories: readonly { path: string; id: string }[],
): void {
  const fields: FieldError[] = [
    ...accounts
      .filter(({ id }) => !found.accounts.has(id))
      .map(({ path }) => ({ path, message: 'No such account' })),
    ...categories
      .filter(({ id }) => !found.categories.has(id))
      .map(({ path }) => ({ path, message: 'No such category' })),
  ]
  if (fields.length === 0) return
  throw new AppError('unknown_reference', { detail: 'Something it refers to does not exist', fields })
}

/** Ids in the order of the names, with those made that were not known. */
async function completed(
  tx: TenantQueries,
  table: 'payees' | 'tags',
  names: readonly { name: string; key: string }[],
  known: ReadonlyMap<string, string>,
  at: string,
): Promise<string[]> {
  const made = await upsertNames(
    tx,
    table,
    names.filter(({ key }) => !known.has(key)),
    at,
  )
  return names.map(({ key }) => {
    const id = known.get(key) ?? made.get(key)
    invariant(id, 'a name that was just made has an id')
    return id
  })
}
