/** The control plane's tables of persons, memberships and sessions, and a tenant's own rows of its users. */
import type { Role } from '@chronos/contracts/permissions'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import type { Tenant as TenantHandle } from '../../platform/tenancy.ts'

export interface IdentityRow {
  id: string
  email: string
  /** Null where the person signs in by something else. */
  password_hash: string | null
  name: string
  locale: string
  email_verified_at: string | null
  /** Goes up whenever all sessions end: what was proved before makes none any more. */
  sign_in_epoch: number
}

export interface WorkspaceSetup {
  currency: string
  locale: string
  timezone: string
}

export interface MembershipRow {
  tenant_id: string
  user_id: string
  tenant_name: string
  state: 'pending' | 'active'
  setup: WorkspaceSetup | null
}

export interface SessionRow {
  id: string
  identity_id: string
  tenant_id: string
  user_id: string
  refresh_hash: string
  previous_hash: string | null
  rotated_at: string
  created_at: string
  expires_at: string
  last_seen_at: string
  /** What the workspace says of unused sessions; null where it says nothing. */
  idle_minutes: number | null
  ended_at: string | null
  proved_at: string
  method: string
  email_verified_at: string | null
  sign_in_epoch: number
}

export const IDENTITY = 'id, email, password_hash, name, locale, email_verified_at, sign_in_epoch'

export async function findIdentityByEmail(control: ControlPlane, email: string): Promise<IdentityRow | null> {
  const [row] = await control.query<IdentityRow>(
    `select ${IDENTITY} from control.identities where email = $1`,
    email,
  )
  return row ?? null
}

export async function getIdentity(control: ControlPlane, id: string): Promise<IdentityRow | null> {
  const [row] = await control.query<IdentityRow>(
    `select ${IDENTITY} from control.identities where id = $1`,
    id,
  )
  return row ?? null
}

/** @returns false when the e-mail is taken */
export async function insertIdentity(
  queries: ControlQueries,
  identity: Omit<IdentityRow, 'email_verified_at' | 'sign_in_epoch'>,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into control.identities (id, email, password_hash, name, locale, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6) on conflict (email) do nothing returning id`,
    identity.id,
    identity.email,
    identity.password_hash,
    identity.name,
    identity.locale,
    now,
  )
  return rows.length === 1
}

export async function insertPendingMembership(
  queries: ControlQueries,
  identityId: string,
  membership: Omit<MembershipRow, 'state'>,
  now: Date,
): Promise<void> {
  await queries.query(
    `insert into control.memberships (identity_id, tenant_id, user_id, tenant_name, state, setup, created_at)
     values ($1, $2, $3, $4, 'pending', $5, $6)`,
    identityId,
    membership.tenant_id,
    membership.user_id,
    membership.tenant_name,
    JSON.stringify(membership.setup),
    now,
  )
}

/** Workspaces of a person; holds the person, so that two who count come one after the other. */
export async function countMemberships(queries: ControlQueries, identityId: string): Promise<number> {
  await queries.query('select 1 from control.identities where id = $1 for no key update', identityId)
  const rows = await queries.query(
    "select 1 from control.memberships where identity_id = $1 and state <> 'removed'",
    identityId,
  )
  return rows.length
}

export async function activateMembership(
  control: ControlPlane,
  identityId: string,
  tenantId: string,
): Promise<void> {
  await control.query(
    `update control.memberships set state = 'active', setup = null
     where identity_id = $1 and tenant_id = $2 and state = 'pending'`,
    identityId,
    tenantId,
  )
}

/** Workspaces of a person, the last used first. */
export function listMemberships(control: ControlPlane, identityId: string): Promise<MembershipRow[]> {
  return control.query<MembershipRow>(
    `select tenant_id, user_id, tenant_name, state, setup from control.memberships
     where identity_id = $1 and state <> 'removed' order by last_used_at desc nulls last, created_at`,
    identityId,
  )
}

/**
 * @param session.epoch of the person when the proof began; null for one of this moment
 * @returns false where all sessions of the person ended since: this one does not begin
 */
export async function insertSession(
  control: ControlPlane,
  session: Pick<SessionRow, 'id' | 'identity_id' | 'tenant_id' | 'user_id' | 'refresh_hash' | 'method'> & {
    provedAt: Date
    epoch: number | null
    userAgent: string | null
    ip: string | null
  },
  now: Date,
  expiresAt: Date,
): Promise<boolean> {
  return control.transaction(async ({ query }) => {
    // Held, so that whoever ends all sessions comes before this one and is seen, or after it and ends it.
    const [person] = await query<{ sign_in_epoch: number }>(
      'select sign_in_epoch from control.identities where id = $1 for share',
      session.identity_id,
    )
    if (!person || (session.epoch !== null && session.epoch !== person.sign_in_epoch)) return false
    await query(
      `insert into control.sessions (id, identity_id, tenant_id, user_id, refresh_hash, rotated_at, created_at, proved_at,
         last_seen_at, expires_at, user_agent, ip, method)
       values ($1, $2, $3, $4, $5, $6, $6, $11, $6, $7, $8, $9, $10)`,
      session.id,
      session.identity_id,
      session.tenant_id,
      session.user_id,
      session.refresh_hash,
      now,
      expiresAt,
      session.userAgent,
      session.ip,
      session.method,
      session.provedAt,
    )
    await query(
      'update control.memberships set last_used_at = $3 where identity_id = $1 and tenant_id = $2',
      session.identity_id,
      session.tenant_id,
      now,
    )
    return true
  })
}

const SESSION = `s.id, s.identity_id, s.tenant_id, s.user_id, s.refresh_hash, s.previous_hash, s.rotated_at, s.created_at,
  s.last_seen_at, s.expires_at, s.ended_at, s.proved_at, s.method, i.email_verified_at, i.sign_in_epoch,
  null::int as idle_minutes`

export async function findSession(control: ControlPlane, id: string): Promise<SessionRow | null> {
  const [row] = await control.run<SessionRow>({
    name: 'session',
    text: `select ${SESSION} from control.sessions s join control.identities i on i.id = s.identity_id where s.id = $1`,
    values: [id],
  })
  return row ?? null
}

export async function listLiveSessionIds(control: ControlPlane, identityId: string): Promise<string[]> {
  const rows = await control.query<{ id: string }>(
    'select id from control.sessions where identity_id = $1 and ended_at is null',
    identityId,
  )
  return rows.map((row) => row.id)
}

/** Notes a use of a session. */
export async function touchSession(control: ControlPlane, id: string, now: Date): Promise<void> {
  await control.query(
    'update control.sessions set last_seen_at = $2 where id = $1 and last_seen_at < $2',
    id,
    now,
  )
}

/** Exchanges the current refresh hash for a new one, in one atomic step: of two that try, one wins. */
export async function rotateSession(
  control: ControlPlane,
  id: string,
  current: string,
  next: string,
  now: Date,
): Promise<boolean> {
  const rows = await control.query(
    `update control.sessions set refresh_hash = $3, previous_hash = $2, rotated_at = $4, last_seen_at = $4
     where id = $1 and refresh_hash = $2 and ended_at is null and expires_at > $4 returning id`,
    id,
    current,
    next,
    now,
  )
  return rows.length === 1
}

/** The person has proved again that it is them. */
export async function markProved(control: ControlPlane, id: string, now: Date): Promise<void> {
  await control.query(
    'update control.sessions set proved_at = $2 where id = $1 and ended_at is null',
    id,
    now,
  )
}

export async function endSession(
  control: ControlPlane,
  id: string,
  reason: string,
  now: Date,
): Promise<boolean> {
  const rows = await control.query(
    'update control.sessions set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null returning id',
    id,
    now,
    reason,
  )
  return rows.length === 1
}

export interface UserRow {
  id: string
  name: string
  email: string
  role: Role
  locale: string
  status: 'active' | 'removed'
  tenant_name: string
  tenant_currency: string
  tenant_locale: string
  tenant_timezone: string
  tenant_status: 'active' | 'suspended'
  /** The workspace asks everybody in it for a second factor. */
  second_factor_required: boolean
  /** It is being deleted: everybody reads, nobody writes. */
  is_leaving: boolean
  /** Ids of the accounts that are kept from them. */
  hidden_accounts: string[]
}

/** A membership with its workspace, by membership id. */
export async function findUser(tenant: TenantHandle, userId: string): Promise<UserRow | null> {
  const [row] = await tenant.read<UserRow>({
    name: 'user',
    text: `select u.id, u.name, u.email, u.role, u.locale, u.status, t.name as tenant_name, t.currency as tenant_currency,
        t.locale as tenant_locale, t.timezone as tenant_timezone, t.status as tenant_status,
        t.require_second_factor as second_factor_required, t.deletion_requested_at is not null as is_leaving,
        array(select r.account_id::text from app.account_restrictions r where r.tenant_id = $1 and r.user_id = u.id) as hidden_accounts
      from app.users u join app.tenants t on t.tenant_id = u.tenant_id
      where u.tenant_id = $1 and u.id = $2`,
    values: [tenant.id, userId],
  })
  return row ?? null
}
