/** People of a workspace, in its own tables. */
import type { Role } from '@chronos/contracts/permissions'
import { decodeCursor } from '../../platform/cursor.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface MemberRow {
  id: string
  identity_id: string
  name: string
  email: string
  role: Role
  created_at: string
  version: number
  hidden_accounts: string[]
  /** What lists are sorted by. */
  sort_name: string
}

const SORT_NAME = 'left(u.name, 60) collate "C"'

const MEMBERS = `select u.id::text as id, u.identity_id::text as identity_id, u.name, u.email, u.role, u.created_at, u.version,
    array(select r.account_id::text from app.account_restrictions r
      where r.tenant_id = $1::uuid and r.user_id = u.id order by 1) as hidden_accounts,
    ${SORT_NAME} as sort_name
  from app.users u where u.tenant_id = $1::uuid and u.status = 'active'`

/** By name; one more than the limit. */
export function listMembers(tenant: Tenant, limit: number, cursor: string | undefined): Promise<MemberRow[]> {
  const [name, id] = decodeCursor(cursor, ['text', 'uuid'])
  return tenant.read<MemberRow>({
    name: 'members.list',
    text: `${MEMBERS} and ($2::text is null or (${SORT_NAME}, u.id) > ($2::text collate "C", $3::uuid))
      order by sort_name, u.id limit $4`,
    values: [tenant.id, name, id, limit + 1],
  })
}

export async function findMember(tx: TenantQueries, id: string): Promise<MemberRow | null> {
  const [row] = await tx.query<MemberRow>(`${MEMBERS} and u.id = $2::uuid`, tx.tenantId, id)
  return row ?? null
}

/**
 * Holds the owners and these members until the end, in the order of their ids: of two who would each leave the other as
 * the last owner, the second sees what the first did.
 * @returns ids of the owners
 */
export async function lockMembers(tx: TenantQueries, ...ids: string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string; role: Role }>(
    `select id::text as id, role from app.users
     where tenant_id = $1::uuid and status = 'active' and (role = 'owner' or id = any($2::uuid[]))
     order by id for update`,
    tx.tenantId,
    ids,
  )
  return rows.filter((row) => row.role === 'owner').map((row) => row.id)
}

export async function setRole(tx: TenantQueries, id: string, role: Role, at: Date): Promise<void> {
  await tx.query(
    `update app.users set role = $3, updated_at = $4::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    role,
    at.toISOString(),
  )
}

export async function setRemoved(tx: TenantQueries, id: string, at: Date): Promise<void> {
  await tx.query(
    `update app.users set status = 'removed', updated_at = $3::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    at.toISOString(),
  )
}

/** Which of these are accounts of the workspace. */
export async function knownAccounts(tx: TenantQueries, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id::text as id from app.accounts where tenant_id = $1::uuid and id = any($2::uuid[])',
    tx.tenantId,
    ids,
  )
  return rows.map((row) => row.id)
}

/** Puts these in place of whatever was kept from a member before, and forgets answers and files from before that. */
export async function setRestrictions(
  tx: TenantQueries,
  userId: string,
  accountIds: readonly string[],
  at: Date,
): Promise<void> {
  await tx.query(
    'delete from app.account_restrictions where tenant_id = $1::uuid and user_id = $2::uuid and account_id <> all ($3::uuid[])',
    tx.tenantId,
    userId,
    accountIds,
  )
  await tx.query(
    `insert into app.account_restrictions (tenant_id, user_id, account_id, created_at)
     select $1::uuid, $2::uuid, a, $4::timestamptz from unnest($3::uuid[]) a
     on conflict (tenant_id, user_id, account_id) do nothing`,
    tx.tenantId,
    userId,
    accountIds,
    at.toISOString(),
  )
  await tx.query(
    'delete from app.idempotency_keys where tenant_id = $1::uuid and user_id = $2::uuid',
    tx.tenantId,
    userId,
  )
  await tx.query(
    'delete from app.exports where tenant_id = $1::uuid and requested_by = $2::uuid',
    tx.tenantId,
    userId,
  )
}
