/** Sessions and memberships of a workspace's people, for what happens to them there. */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'

/** One member, or everybody in a workspace. */
export type Of = { tenantId: string; userId?: string }

export async function listLiveSessions(control: ControlPlane, { tenantId, userId }: Of): Promise<string[]> {
  const rows = await control.query<{ id: string }>(
    `select id::text from control.sessions where tenant_id = $1 and ($2::uuid is null or user_id = $2) and ended_at is null`,
    tenantId,
    userId ?? null,
  )
  return rows.map((row) => row.id)
}

/** The membership of somebody who came by an invitation, or came back. */
export async function putMembership(
  queries: ControlQueries,
  member: { identityId: string; tenantId: string; userId: string; tenantName: string },
  now: Date,
): Promise<void> {
  await queries.query(
    `insert into control.memberships (identity_id, tenant_id, user_id, tenant_name, state, created_at)
     values ($1, $2, $3, $4, 'active', $5)
     on conflict (identity_id, tenant_id) do update set state = 'active', user_id = excluded.user_id, tenant_name = excluded.tenant_name`,
    member.identityId,
    member.tenantId,
    member.userId,
    member.tenantName,
    now,
  )
}

export async function removeMembership(
  control: ControlPlane,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  await control.query(
    "update control.memberships set state = 'removed' where tenant_id = $1 and user_id = $2",
    tenantId,
    userId,
  )
}

export async function renameMemberships(
  control: ControlPlane,
  tenantId: string,
  name: string,
): Promise<void> {
  await control.transaction(async ({ query }) => {
    await query('update control.memberships set tenant_name = $2 where tenant_id = $1', tenantId, name)
    await query('update control.registered_tenants set name = $2 where tenant_id = $1', tenantId, name)
  })
}

export async function verifyEmail(queries: ControlQueries, identityId: string, now: Date): Promise<void> {
  await queries.query(
    'update control.identities set email_verified_at = coalesce(email_verified_at, $2) where id = $1',
    identityId,
    now,
  )
}

/** Operators are told until when they may look in; they ask the workspace itself before they do. */
export async function noteSupport(
  control: ControlPlane,
  tenantId: string,
  until: Date | null,
): Promise<void> {
  await control.query(
    'update control.registered_tenants set support_until = $2 where tenant_id = $1',
    tenantId,
    until,
  )
}
