/** Sign-ins that wait for a second factor, and what authenticators are to sign (control plane). */
import type { ControlQueries } from '../../platform/control.ts'

export type ChallengePurpose = 'second_factor' | 'passkey_sign_in' | 'passkey_registration' | 'step_up'

export interface ChallengeRow {
  id: string
  identity_id: string | null
  tenant_id: string | null
  method: string | null
  sign_in_epoch: number | null
}

export interface NewChallenge {
  id: string
  purpose: ChallengePurpose
  tokenHash: string | null
  sessionId: string | null
  identityId: string | null
  tenantId: string | null
  method: string | null
  webauthn: string | null
  epoch: number | null
}

export async function insertChallenge(
  queries: ControlQueries,
  challenge: NewChallenge,
  now: Date,
  expiresAt: Date,
): Promise<void> {
  await queries.query(
    `insert into control.factor_challenges (id, purpose, token_hash, session_id, identity_id, tenant_id, method, webauthn,
       created_at, expires_at, sign_in_epoch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    challenge.id,
    challenge.purpose,
    challenge.tokenHash,
    challenge.sessionId,
    challenge.identityId,
    challenge.tenantId,
    challenge.method,
    challenge.webauthn,
    now,
    expiresAt,
    challenge.epoch,
  )
}

/** Void, too, once the person has changed: whoever proved a password that is none any more starts anew. */
const OPEN = `c.purpose = $1 and c.token_hash = $2 and c.used_at is null and c.expires_at > $4 and c.tries < $3
  and not exists (select from control.identities i where i.id = c.identity_id
    and (i.updated_at > c.created_at or i.sign_in_epoch <> c.sign_in_epoch))`

/** Takes one of the tries of a challenge that is still open. @returns null where it is not, or has none left */
export async function takeTry(
  queries: ControlQueries,
  purpose: ChallengePurpose,
  tokenHash: string,
  tries: number,
  now: Date,
): Promise<ChallengeRow | null> {
  const [row] = await queries.query<ChallengeRow>(
    `update control.factor_challenges c set tries = tries + 1 where ${OPEN}
     returning id, identity_id, tenant_id, method, sign_in_epoch`,
    purpose,
    tokenHash,
    tries,
    now,
  )
  return row ?? null
}

/** An open challenge, for showing what it asks; its tries stay as they are. */
export async function findChallenge(
  queries: ControlQueries,
  purpose: ChallengePurpose,
  tokenHash: string,
  tries: number,
  now: Date,
): Promise<ChallengeRow | null> {
  const [row] = await queries.query<ChallengeRow>(
    `select id, identity_id, tenant_id, method, sign_in_epoch from control.factor_challenges c where ${OPEN}`,
    purpose,
    tokenHash,
    tries,
    now,
  )
  return row ?? null
}

/** Closes a challenge that was answered. Of two that answer at once, one closes it. */
export async function spendChallenge(queries: ControlQueries, id: string, now: Date): Promise<boolean> {
  const rows = await queries.query(
    'update control.factor_challenges set used_at = $2, webauthn = null where id = $1 and used_at is null returning id',
    id,
    now,
  )
  return rows.length === 1
}

export async function setWebauthn(queries: ControlQueries, id: string, webauthn: string): Promise<void> {
  await queries.query('update control.factor_challenges set webauthn = $2 where id = $1', id, webauthn)
}

/** What an authenticator was to sign, once: whoever asks again gets null. */
export async function takeWebauthn(queries: ControlQueries, id: string): Promise<string | null> {
  const [row] = await queries.query<{ webauthn: string | null }>(
    `update control.factor_challenges c set webauthn = null
     from (select id, webauthn from control.factor_challenges where id = $1 and webauthn is not null for update) before
     where c.id = before.id returning before.webauthn`,
    id,
  )
  return row?.webauthn ?? null
}

/** The newest open challenge of a session, spent by asking. */
export async function takeSessionWebauthn(
  queries: ControlQueries,
  purpose: ChallengePurpose,
  sessionId: string,
  now: Date,
): Promise<string | null> {
  const [row] = await queries.query<{ webauthn: string | null }>(
    `delete from control.factor_challenges where purpose = $1 and session_id = $2 and expires_at > $3
     returning webauthn`,
    purpose,
    sessionId,
    now,
  )
  return row?.webauthn ?? null
}

export async function deleteSessionChallenges(
  queries: ControlQueries,
  purpose: ChallengePurpose,
  sessionId: string,
): Promise<void> {
  await queries.query(
    'delete from control.factor_challenges where purpose = $1 and session_id = $2',
    purpose,
    sessionId,
  )
}
