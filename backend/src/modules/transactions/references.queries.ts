/** What a transaction refers to: looked up in one statement, names made where they are new. */
import { newId } from '../../platform/ids.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'

export interface Wanted {
  accountIds: readonly string[]
  categoryIds: readonly string[]
  payeeKey: string | null
  tagKeys: readonly string[]
}

export interface References {
  /** Currency by account id. */
  accounts: ReadonlyMap<string, string>
  categories: ReadonlySet<string>
  /** Id by key. */
  payees: ReadonlyMap<string, string>
  tags: ReadonlyMap<string, string>
}

interface ReferenceRow {
  kind: 'account' | 'category' | 'payee' | 'tag'
  id: string
  detail: string | null
}

/** Those of the wanted that this tenant has. */
export async function findReferences(tx: TenantQueries, wanted: Wanted): Promise<References> {
  const rows = await tx.query<ReferenceRow>(
    `select 'account' as kind, a.id::text as id, a.currency as detail from app.accounts a
       where a.tenant_id = $1::uuid and a.id = any($2::uuid[])
     union all select 'category', c.id::text, null from app.categories c
       where c.tenant_id = $1::uuid and c.id = any($3::uuid[])
     union all select 'payee', p.id::text, p.name_key from app.payees p
       where p.tenant_id = $1::uuid and p.name_key = $4
     union all select 'tag', g.id::text, g.name_key from app.tags g
       where g.tenant_id = $1::uuid and g.name_key = any($5::text[])`,
    tx.tenantId,
    wanted.accountIds,
    wanted.categoryIds,
    wanted.payeeKey,
    wanted.tagKeys,
  )
  const of = (kind: ReferenceRow['kind']): ReferenceRow[] => rows.filter((row) => row.kind === kind)
  return {
    accounts: new Map(of('account').map((row) => [row.id, row.detail ?? ''])),
    categories: new Set(of('category').map((row) => row.id)),
    payees: new Map(of('payee').map((row) => [row.detail ?? '', row.id])),
    tags: new Map(of('tag').map((row) => [row.detail ?? '', row.id])),
  }
}

/**
 * The ids of names in `payees` or `tags`, made where they are new. Two that make one at the same time get the same.
 * @returns id by key
 */
export async function upsertNames(
  tx: TenantQueries,
  table: 'payees' | 'tags',
  names: readonly { name: string; key: string }[],
  at: string,
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map()
  // In the order of keys: two writers of the same new names would otherwise wait for each other.
  const sorted = names.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const keys = sorted.map(({ key }) => key)
  const made = await tx.query<{ id: string; name_key: string }>(
    `insert into app.${table} (tenant_id, id, name, name_key, created_at)
     select $1::uuid, n.id, n.name, n.name_key, $5::timestamptz
     from unnest($2::uuid[], $3::text[], $4::text[]) as n (id, name, name_key)
     on conflict (tenant_id, name_key) do nothing returning id::text as id, name_key`,
    tx.tenantId,
    sorted.map(() => newId()),
    sorted.map(({ name }) => name),
    keys,
    at,
  )
  const ids = new Map(made.map((row) => [row.name_key, row.id]))
  if (ids.size === keys.length) return ids
  const known = await tx.query<{ id: string; name_key: string }>(
    `select id::text as id, name_key from app.${table} where tenant_id = $1::uuid and name_key = any($2::text[])`,
    tx.tenantId,
    keys,
  )
  return new Map(known.map((row) => [row.name_key, row.id]))
}
