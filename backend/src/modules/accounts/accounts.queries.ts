import type { Account, AccountType } from '@chronos/contracts/accounts'
import { decodeCursor } from '../../platform/cursor.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface AccountRow {
  id: string
  name: string
  type: AccountType
  currency: string
  number: string | null
  opening_balance_minor: number
  balance_minor: number
  created_at: string
  updated_at: string
  version: number
  /** What lists are sorted by. */
  sort_name: string
}

/** The beginning of a name, in the order of code points: the web sorts as its language does. Short, since cursors hold it. */
const SORT_NAME = 'left(a.name, 60) collate "C"'

/** An account with its balance, which is never stored apart from what it is derived from. */
const ACCOUNTS = `select a.id::text as id, a.name, a.type, a.currency, a.number, a.opening_balance_minor,
    a.opening_balance_minor + coalesce(t.net_minor, 0) as balance_minor,
    a.created_at, a.updated_at, a.version, ${SORT_NAME} as sort_name
  from app.accounts a
  left join app.account_totals t on t.tenant_id = $1::uuid and t.account_id = a.id
  where a.tenant_id = $1::uuid`

export function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    currency: row.currency,
    number: row.number,
    openingBalanceMinor: row.opening_balance_minor,
    balanceMinor: row.balance_minor,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}

/** By name; one more than the limit. */
export function listAccounts(
  tenant: Tenant,
  limit: number,
  cursor: string | undefined,
): Promise<AccountRow[]> {
  const [name, id] = decodeCursor(cursor, ['text', 'uuid'])
  return tenant.readLagging<AccountRow>({
    name: 'accounts.list',
    text: `${ACCOUNTS} and ($2::text is null or (${SORT_NAME}, a.id) > ($2::text collate "C", $3::uuid))
      order by sort_name, a.id limit $4`,
    values: [tenant.id, name, id, limit + 1],
  })
}

export async function findAccount(tenant: Tenant, id: string): Promise<AccountRow | null> {
  const [row] = await tenant.read<AccountRow>({
    name: 'accounts.get',
    text: `${ACCOUNTS} and a.id = $2::uuid`,
    values: [tenant.id, id],
  })
  return row ?? null
}

export async function findAccountWithin(tx: TenantQueries, id: string): Promise<AccountRow | null> {
  const [row] = await tx.query<AccountRow>(`${ACCOUNTS} and a.id = $2::uuid`, tx.tenantId, id)
  return row ?? null
}

export async function findAccountByNumber(
  tx: TenantQueries,
  numberKey: string,
  currency: string,
): Promise<AccountRow | null> {
  const [row] = await tx.query<AccountRow>(
    `${ACCOUNTS} and a.number_key = $2 and a.currency = $3`,
    tx.tenantId,
    numberKey,
    currency,
  )
  return row ?? null
}

/**
 * Holds an account until the transaction ends.
 * @param strength `update` also keeps new transactions from referring to it
 * @returns its version; null where there is none
 */
export async function lockAccount(
  tx: TenantQueries,
  id: string,
  strength: 'update' | 'no key update',
): Promise<number | null> {
  const [row] = await tx.query<{ version: number }>(
    `select version from app.accounts where tenant_id = $1::uuid and id = $2::uuid for ${strength}`,
    tx.tenantId,
    id,
  )
  return row?.version ?? null
}

export interface AccountValues {
  name: string
  type: AccountType
  openingBalanceMinor: number
  number: string | null
  numberKey: string | null
}

export async function insertAccount(
  tx: TenantQueries,
  id: string,
  currency: string,
  account: AccountValues,
  at: string,
): Promise<void> {
  await tx.query(
    `insert into app.accounts
       (tenant_id, id, name, type, currency, number, number_key, opening_balance_minor, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::bigint, $9::timestamptz, $9::timestamptz) returning id`,
    tx.tenantId,
    id,
    account.name,
    account.type,
    currency,
    account.number,
    account.numberKey,
    account.openingBalanceMinor,
    at,
  )
}

export async function updateAccount(
  tx: TenantQueries,
  id: string,
  account: AccountValues,
  at: string,
): Promise<void> {
  await tx.query(
    `update app.accounts set name = $3, type = $4, number = $5, number_key = $6, opening_balance_minor = $7::bigint,
       updated_at = $8::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    account.name,
    account.type,
    account.number,
    account.numberKey,
    account.openingBalanceMinor,
    at,
  )
}

/** Whether transactions that are not deleted, or an import under way, use the account. */
export async function isUsed(tx: TenantQueries, id: string): Promise<boolean> {
  const [row] = await tx.query<{ used: boolean }>(
    `select exists (select from app.transactions t
         where t.tenant_id = $1::uuid and t.account_id = $2::uuid and t.deleted_at is null)
       or exists (select from app.imports i
         where i.tenant_id = $1::uuid and i.fallback_account_id = $2::uuid and i.status in ('applying', 'undoing')) as used`,
    tx.tenantId,
    id,
  )
  return row?.used ?? false
}

/**
 * Deletes an account for good, with its deleted transactions (a transfer's with its other leg: one leg alone could
 * not be restored), and makes finished imports forget it.
 */
export async function deleteAccount(tx: TenantQueries, id: string): Promise<void> {
  await tx.query(
    `delete from app.transactions where tenant_id = $1::uuid and deleted_at is not null and (account_id = $2::uuid
       or transfer_id in (select t.transfer_id from app.transactions t
         where t.tenant_id = $1::uuid and t.account_id = $2::uuid and t.transfer_id is not null))`,
    tx.tenantId,
    id,
  )
  await tx.query(
    'update app.imports set fallback_account_id = null where tenant_id = $1::uuid and fallback_account_id = $2::uuid',
    tx.tenantId,
    id,
  )
  await tx.query('delete from app.accounts where tenant_id = $1::uuid and id = $2::uuid', tx.tenantId, id)
}
