/** Invitations of a workspace, in its own tables. */
import type { Invitation } from '@chronos/contracts/members'
import { decodeCursor } from '../../platform/cursor.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface InvitationRow {
  id: string
  email: string
  role: Invitation['role']
  hidden_accounts: string[]
  status: 'waiting' | 'accepted' | 'revoked'
  inviter: string | null
  accepted_by: string | null
  created_at: string
  expires_at: string
  version: number
  workspace_name: string
  workspace_locale: string
}

const INVITATIONS = `select i.id::text as id, i.email, i.role, i.hidden_accounts, i.status, u.name as inviter,
    i.accepted_by::text as accepted_by, i.created_at, i.expires_at, i.version,
    w.name as workspace_name, w.locale as workspace_locale
  from app.invitations i
  join app.tenants w on w.tenant_id = $1::uuid
  left join app.users u on u.tenant_id = $1::uuid and u.id = i.invited_by
  where i.tenant_id = $1::uuid`

export function invitationOf(row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    hiddenAccountIds: row.hidden_accounts,
    invitedBy: row.inviter,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    version: row.version,
  }
}

/** Those that wait, newest first; one more than the limit. */
export function listInvitations(
  tenant: Tenant,
  limit: number,
  cursor: string | undefined,
  now: Date,
): Promise<InvitationRow[]> {
  const [at, id] = decodeCursor(cursor, ['instant', 'uuid'])
  return tenant.read<InvitationRow>({
    name: 'invitations.list',
    text: `${INVITATIONS} and i.status = 'waiting' and i.expires_at > $5
      and ($2::timestamptz is null or (i.created_at, i.id) < ($2::timestamptz, $3::uuid))
      order by i.created_at desc, i.id desc limit $4`,
    values: [tenant.id, at, id, limit + 1, now],
  })
}

/** One, held until the end: of two that settle it, one goes first. */
export async function lockInvitation(tx: TenantQueries, id: string): Promise<InvitationRow | null> {
  const [row] = await tx.query<InvitationRow>(
    `${INVITATIONS} and i.id = $2::uuid for update of i`,
    tx.tenantId,
    id,
  )
  return row ?? null
}

export async function findInvitation(tenant: Tenant, id: string): Promise<InvitationRow | null> {
  const [row] = await tenant.read<InvitationRow>({
    name: 'invitation',
    text: `${INVITATIONS} and i.id = $2::uuid`,
    values: [tenant.id, id],
  })
  return row ?? null
}

export interface InvitationValues {
  id: string
  email: string
  emailSealed: string
  role: Invitation['role']
  hiddenAccounts: readonly string[]
  invitedBy: string | null
  expiresAt: Date
}

/** A new one, in place of one to the same address that waits. @returns its id */
export async function putInvitation(tx: TenantQueries, values: InvitationValues, at: Date): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `insert into app.invitations as i (tenant_id, id, email, email_sealed, role, hidden_accounts, status, invited_by, created_at,
       expires_at, updated_at)
     values ($1::uuid, $2::uuid, $3, $4, $5, $6::jsonb, 'waiting', $7::uuid, $8::timestamptz, $9::timestamptz, $8::timestamptz)
     on conflict (tenant_id, email) where status = 'waiting' do update set role = excluded.role,
       hidden_accounts = excluded.hidden_accounts, invited_by = excluded.invited_by, expires_at = excluded.expires_at,
       updated_at = excluded.updated_at, version = i.version + 1
     returning i.id::text as id`,
    tx.tenantId,
    values.id,
    values.email,
    values.emailSealed,
    values.role,
    JSON.stringify(values.hiddenAccounts),
    values.invitedBy,
    at.toISOString(),
    values.expiresAt.toISOString(),
  )
  return row?.id ?? values.id
}

export async function prolong(tx: TenantQueries, id: string, until: Date, at: Date): Promise<void> {
  await tx.query(
    `update app.invitations set expires_at = $3::timestamptz, updated_at = $4::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    until.toISOString(),
    at.toISOString(),
  )
}

export async function settle(
  tx: TenantQueries,
  id: string,
  outcome: { status: 'accepted' | 'revoked' | 'waiting'; by: string | null },
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.invitations set status = $3, accepted_by = $4::uuid, settled_at = $5::timestamptz,
       updated_at = $5::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    outcome.status,
    outcome.by,
    at.toISOString(),
  )
}

export async function isMember(tx: TenantQueries, email: string): Promise<boolean> {
  const rows = await tx.query(
    "select 1 as found from app.users where tenant_id = $1::uuid and email = $2 and status = 'active'",
    tx.tenantId,
    email,
  )
  return rows.length > 0
}

export interface Joining {
  identityId: string
  name: string
  email: string
  nameSealed: string
  emailSealed: string
  locale: string
  role: Invitation['role']
}

export async function findMembershipOf(
  tx: TenantQueries,
  identityId: string,
): Promise<{ id: string; status: 'active' | 'removed' } | null> {
  const [row] = await tx.query<{ id: string; status: 'active' | 'removed' }>(
    'select id::text as id, status from app.users where tenant_id = $1::uuid and identity_id = $2::uuid for update',
    tx.tenantId,
    identityId,
  )
  return row ?? null
}

/** A member, new or come back. @returns the member's id */
export async function putMember(tx: TenantQueries, id: string, joining: Joining, at: Date): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `insert into app.users as u (tenant_id, id, identity_id, name, email, name_sealed, email_sealed, role, locale, status, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8, $9, 'active', $10::timestamptz, $10::timestamptz)
     on conflict (tenant_id, identity_id) do update set name = excluded.name, email = excluded.email,
       name_sealed = excluded.name_sealed, email_sealed = excluded.email_sealed, role = excluded.role,
       status = 'active', updated_at = excluded.updated_at, version = u.version + 1
     returning u.id::text as id`,
    tx.tenantId,
    id,
    joining.identityId,
    joining.name,
    joining.email,
    joining.nameSealed,
    joining.emailSealed,
    joining.role,
    joining.locale,
    at.toISOString(),
  )
  return row?.id ?? id
}
