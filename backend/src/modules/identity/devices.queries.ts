/** Where a person is signed in, what happened to their sign-in, and which devices they are known to use. */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'
import { QUEUES } from '../../platform/queues.ts'

export interface DeviceSessionRow {
  id: string
  user_agent: string | null
  ip: string | null
  tenant_name: string
  method: string
  created_at: string
  last_seen_at: string
  expires_at: string
  sort_at: string
}

/** Live sessions, the current one first, then those used last. */
export function listDeviceSessions(
  control: ControlPlane,
  who: { identityId: string; sessionId: string },
  page: { limit: number; at: string | null; id: string | null },
  now: Date,
  usedAfter: Date,
): Promise<DeviceSessionRow[]> {
  return control.query<DeviceSessionRow>(
    `select * from (
       select s.id, s.user_agent, s.ip, m.tenant_name, s.method, s.created_at, s.last_seen_at, s.expires_at,
         case when s.id = $2 then timestamptz '2199-12-31 00:00:00Z' else s.last_seen_at end as sort_at
       from control.sessions s
       join control.memberships m on m.identity_id = s.identity_id and m.tenant_id = s.tenant_id
       where s.identity_id = $1 and s.ended_at is null and s.expires_at > $3 and s.last_seen_at > $4
     ) live
     where $5::timestamptz is null or (sort_at, id) < ($5::timestamptz, $6::uuid)
     order by sort_at desc, id desc limit $7`,
    who.identityId,
    who.sessionId,
    now,
    usedAfter,
    page.at,
    page.id,
    page.limit + 1,
  )
}

/** Whose a live session is; null where it is not of this person. */
export async function findOwnSession(
  control: ControlPlane,
  identityId: string,
  id: string,
): Promise<{ id: string; tenant_id: string; user_id: string } | null> {
  const [row] = await control.query<{ id: string; tenant_id: string; user_id: string }>(
    'select id, tenant_id, user_id from control.sessions where id = $2 and identity_id = $1 and ended_at is null',
    identityId,
    id,
  )
  return row ?? null
}

export interface SecurityEventRow {
  id: string
  at: string
  event: string
  ip: string | null
  user_agent: string | null
}

export function listSecurityEvents(
  control: ControlPlane,
  identityId: string,
  page: { limit: number; at: string | null; id: string | null },
): Promise<SecurityEventRow[]> {
  return control.query<SecurityEventRow>(
    `select id, at, event, ip, user_agent from control.security_events
     where identity_id = $1 and ($2::timestamptz is null or (at, id) < ($2::timestamptz, $3::uuid))
     order by at desc, id desc limit $4`,
    identityId,
    page.at,
    page.id,
    page.limit + 1,
  )
}

/** @returns which of these hashes are known of the person */
export async function findKnownDevices(
  control: ControlPlane,
  identityId: string,
  hashes: readonly string[],
): Promise<string[]> {
  const rows = await control.query<{ device_hash: string }>(
    'select device_hash from control.known_devices where identity_id = $1 and device_hash = any($2)',
    identityId,
    [...hashes],
  )
  return rows.map((row) => row.device_hash)
}

/** @returns whether the person was known to use any device before */
export async function rememberDevice(
  queries: ControlQueries,
  identityId: string,
  hash: string,
  now: Date,
): Promise<{ hadOthers: boolean }> {
  const [row] = await queries.query<{ n: number }>(
    'select count(*)::int as n from control.known_devices where identity_id = $1 and device_hash <> $2',
    identityId,
    hash,
  )
  await queries.query(
    `insert into control.known_devices (identity_id, device_hash, first_seen_at, last_seen_at) values ($1, $2, $3, $3)
     on conflict (identity_id, device_hash) do update set last_seen_at = excluded.last_seen_at`,
    identityId,
    hash,
    now,
  )
  return { hadOthers: (row?.n ?? 0) > 0 }
}

/** @returns how many there were */
export async function forgetDevices(queries: ControlQueries, identityId: string): Promise<number> {
  const rows = await queries.query(
    'delete from control.known_devices where identity_id = $1 returning 1',
    identityId,
  )
  return rows.length
}

export interface RefusalRow {
  id: string
  identity_id: string | null
  at: string
  ip: string | null
  user_agent: string | null
  request_id: string | null
  /** Of the limit that refused it; null where the password was looked at. */
  code: string | null
}

/** Alike for a person and for nobody. */
export async function insertRefusal(
  control: ControlPlane,
  refusal: Omit<RefusalRow, 'id' | 'at'>,
  now: Date,
): Promise<void> {
  const id = newId()
  await control.transaction(async (queries) => {
    await queries.query(
      'insert into control.sign_in_refusals (id, identity_id, at, ip, user_agent, request_id, code) values ($1, $2, $3, $4, $5, $6, $7)',
      id,
      refusal.identity_id,
      now,
      refusal.ip,
      refusal.user_agent,
      refusal.request_id,
      refusal.code,
    )
    await queries.query('select control.enqueue($1, null, $2, null)', QUEUES.signInRefusals.name, id)
  })
}

export async function findRefusal(control: ControlPlane, id: string): Promise<RefusalRow | null> {
  const [row] = await control.query<RefusalRow>(
    'select id, identity_id, at, ip, user_agent, request_id, code from control.sign_in_refusals where id = $1',
    id,
  )
  return row ?? null
}

export async function deleteRefusal(control: ControlPlane, id: string): Promise<void> {
  await control.query('delete from control.sign_in_refusals where id = $1', id)
}
