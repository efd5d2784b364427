/** A person's own row: password, e-mail, name; the sessions that end with a change; copies in their workspaces. */
import type { ControlQueries } from '../../platform/control.ts'
import { QUEUES } from '../../platform/queues.ts'
import { currentTraceparent } from '../../platform/tracing.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import { IDENTITY, type IdentityRow } from './identity.queries.ts'

/** Holds the person: of two changes that end links and sessions, the second sees what the first did. */
export async function lockIdentity(queries: ControlQueries, id: string): Promise<IdentityRow | null> {
  const [row] = await queries.query<IdentityRow>(
    `select ${IDENTITY} from control.identities where id = $1 for update`,
    id,
  )
  return row ?? null
}

export async function setPassword(
  queries: ControlQueries,
  id: string,
  hash: string,
  now: Date,
): Promise<void> {
  await queries.query(
    'update control.identities set password_hash = $2, updated_at = $3 where id = $1',
    id,
    hash,
    now,
  )
}

/** Nobody signs in by one until another is chosen. */
export async function removePassword(queries: ControlQueries, id: string, now: Date): Promise<void> {
  await queries.query(
    'update control.identities set password_hash = null, updated_at = $2 where id = $1',
    id,
    now,
  )
}

/** @returns false where the address was verified before */
export async function markVerified(queries: ControlQueries, id: string, now: Date): Promise<boolean> {
  const rows = await queries.query(
    `update control.identities set email_verified_at = $2, updated_at = $2
     where id = $1 and email_verified_at is null returning id`,
    id,
    now,
  )
  return rows.length === 1
}

/** The new address is verified: its link was followed. A taken one violates identities_email. */
export async function setEmail(queries: ControlQueries, id: string, email: string, now: Date): Promise<void> {
  await queries.query(
    'update control.identities set email = $2, email_verified_at = $3, updated_at = $3 where id = $1',
    id,
    email,
    now,
  )
}

export async function setProfile(
  queries: ControlQueries,
  id: string,
  profile: { name: string | null; locale: string | null },
  now: Date,
): Promise<void> {
  await queries.query(
    `update control.identities set name = coalesce($2, name), locale = coalesce($3, locale), updated_at = $4 where id = $1`,
    id,
    profile.name,
    profile.locale,
    now,
  )
}

/**
 * Sign-ins that are on their way end with them: what they proved is of before.
 * @returns ids of the sessions that this ended: all of the person, but for one where it is named
 */
export async function endSessionsOf(
  queries: ControlQueries,
  identityId: string,
  except: string | null,
  reason: string,
  now: Date,
): Promise<string[]> {
  await queries.query(
    'update control.identities set sign_in_epoch = sign_in_epoch + 1 where id = $1',
    identityId,
  )
  const rows = await queries.query<{ id: string }>(
    `update control.sessions set ended_at = $4, end_reason = $3
     where identity_id = $1 and id is distinct from $2::uuid and ended_at is null and expires_at > $4 returning id`,
    identityId,
    except,
    reason,
    now,
  )
  return rows.map((row) => row.id)
}

export interface EndedSession {
  id: string
  tenant_id: string
  user_id: string
}

/** Of whose sessions which workspaces are; those that have not ended. */
export function listSessionPlaces(queries: ControlQueries, identityId: string): Promise<EndedSession[]> {
  return queries.query<EndedSession>(
    'select id, tenant_id, user_id from control.sessions where identity_id = $1 and ended_at is null',
    identityId,
  )
}

/** Asks, in the transaction of a change, for the copies of the person to be brought up to date. */
export async function enqueueCopies(queries: ControlQueries, identityId: string): Promise<void> {
  await queries.query(
    'select control.enqueue($1, null, $2, null, $3)',
    QUEUES.personCopies.name,
    identityId,
    currentTraceparent(),
  )
}

/** @returns whether the copy was another */
export async function updateCopy(
  tx: TenantQueries,
  userId: string,
  person: Pick<IdentityRow, 'name' | 'email' | 'locale'> & { nameSealed: string; emailSealed: string },
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `update app.users set name = $3, email = $4, locale = $5, name_sealed = $6, email_sealed = $7, updated_at = $8,
       version = version + 1
     where tenant_id = $1 and id = $2 and (name, email, locale) is distinct from ($3, $4, $5) returning id`,
    tx.tenantId,
    userId,
    person.name,
    person.email,
    person.locale,
    person.nameSealed,
    person.emailSealed,
    now,
  )
  return rows.length === 1
}
