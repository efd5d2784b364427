/**
 * Sessions. PostgreSQL is their truth; the store (Redis, or in-process) holds what a request needs to know of one, so
 * that a request asks no database who is calling. An ended session is gone from the store before the call that ended
 * it is answered. A refresh token is used once: a used one, presented again, ends the session, except that the last
 * one is taken within a few seconds more, since several tabs may refresh at once.
 */
import type { Caller } from '../../plugins/endpoints.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { EventBus } from '../../platform/events.ts'
import { sessionEndedChannel } from '../events/events.service.ts'
import type { Store } from '../../platform/store.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import * as queries from './identity.queries.ts'
import { getStanding } from './membership.service.ts'
import { newRefreshToken, readRefreshToken, type GivenRefreshToken, type Tokens } from './tokens.ts'

export interface SessionDeps {
  bus: EventBus
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  clock: Clock
}

/** Shorter than the shortest idle time-out, and the longest that a removed role could hold if a flush were lost. */
const CACHED_SECONDS = 60
const LIFETIME_MS = 60 * 86_400_000
const IDLE_MS = 14 * 86_400_000
const OVERLAP_MS = 10_000

/** Answers that last: a stream that gets one is over. */
const OVER = new Set(['session_ended', 'workspace_suspended'])

const cacheKey = (sessionId: string): string => `session:${sessionId}`

export interface OpenedSession {
  caller: Caller
  refreshToken: string
}

/** Who signs in, and what they have proved. */
export interface SessionProof {
  identityId: string
  /** How it was proved: `password`, `passkey`, `provider`; with a second factor, `password+totp`. */
  method: string
  /** When; now unless told. */
  provedAt?: Date
}

/** Starts a session of a person in one of their workspaces. */
export async function openSession(
  deps: SessionDeps,
  who: SessionProof & {
    tenantId: string
    userId: string
    userAgent: string | null
    ip: string | null
  },
): Promise<OpenedSession> {
  const sessionId = newId()
  const refresh = newRefreshToken(sessionId)
  const now = deps.clock.now()
  await queries.insertSession(
    deps.control,
    {
      id: sessionId,
      identity_id: who.identityId,
      tenant_id: who.tenantId,
      user_id: who.userId,
      refresh_hash: refresh.hash,
      method: who.method,
      provedAt: who.provedAt ?? now,
      userAgent: who.userAgent,
      ip: who.ip,
    },
    now,
    new Date(now.getTime() + LIFETIME_MS),
  )
  return { caller: await getCaller(deps, sessionId), refreshToken: refresh.token }
}

/**
 * Who a session is, from the store, else from PostgreSQL.
 * @throws AppError session_ended for one that ended, ran out, or whose membership is no longer active;
 *   workspace_suspended
 */
export async function getCaller(deps: SessionDeps, sessionId: string): Promise<Caller> {
  const cached = await deps.store.get(cacheKey(sessionId))
  if (cached !== null) return JSON.parse(cached) as Caller
  const session = await queries.findSession(deps.control, sessionId)
  if (!session || session.ended_at !== null || deps.clock.now() >= new Date(session.expires_at)) throw ended()
  const standing = await getStanding(deps, {
    identityId: session.identity_id,
    tenantId: session.tenant_id,
    userId: session.user_id,
  })
  const caller: Caller = {
    kind: 'session',
    sessionId,
    ...standing,
    scopes: null,
    provedAt: new Date(session.proved_at).getTime(),
  }
  await deps.store.set(cacheKey(sessionId), JSON.stringify(caller), CACHED_SECONDS)
  return caller
}

/** Forgets what the store knows of sessions whose person, role or workspace has changed: their next request asks. */
export async function forgetCallers(
  deps: Pick<SessionDeps, 'store'>,
  sessionIds: readonly string[],
): Promise<void> {
  if (sessionIds.length > 0) await deps.store.delete(...sessionIds.map(cacheKey))
}

/** The same for every session of a person. */
export async function forgetCallersOf(
  deps: Pick<SessionDeps, 'store' | 'control'>,
  identityId: string,
): Promise<void> {
  await forgetCallers(deps, await queries.listLiveSessionIds(deps.control, identityId))
}

/** After the commit that ended sessions: no request finds them in the store any more, and their streams close. */
export async function forgetEnded(
  deps: Pick<SessionDeps, 'store' | 'bus'>,
  sessionIds: readonly string[],
): Promise<void> {
  await forgetCallers(deps, sessionIds)
  for (const id of sessionIds) deps.bus.poke(sessionEndedChannel(id))
}

/** Whether a session goes on. Rejects when that cannot be known now. */
export async function isSessionActive(deps: SessionDeps, sessionId: string): Promise<boolean> {
  try {
    await getCaller(deps, sessionId)
    return true
  } catch (error) {
    if (error instanceof AppError && OVER.has(error.code)) return false
    throw error
  }
}

/**
 * Exchanges a refresh token.
 * @throws AppError session_ended; a token that was used before ends its session at once
 */
export async function refreshSession(
  deps: SessionDeps & { tokens: Tokens },
  token: string,
): Promise<OpenedSession> {
  const given = readRefreshToken(token)
  const session = given && (await queries.findSession(deps.control, given.sessionId))
  const now = deps.clock.now()
  if (!given || !session || session.ended_at !== null || now >= new Date(session.expires_at)) throw ended()
  if (now.getTime() - new Date(session.rotated_at).getTime() > IDLE_MS) throw ended()
  const next = deps.tokens.refreshTokenAfter(given)
  const isCurrent = await queries.rotateSession(deps.control, session.id, given.hash, next.hash, now)
  if (!isCurrent && !(await overlaps(deps, given, next.hash, now))) {
    await closeSession(deps, session.id, 'refresh token reused')
    throw ended()
  }
  return { caller: await getCaller(deps, session.id), refreshToken: next.token }
}

/**
 * The token before the last, moments after its exchange: other tabs were faster, and this one is answered with what
 * they were answered with, so that it does not matter whose cookie the browser keeps. Any older token is a theft.
 */
async function overlaps(
  deps: SessionDeps,
  given: GivenRefreshToken,
  next: string,
  now: Date,
): Promise<boolean> {
  const session = await queries.findSession(deps.control, given.sessionId)
  return (
    session?.ended_at === null &&
    session.previous_hash === given.hash &&
    session.refresh_hash === next &&
    now.getTime() - new Date(session.rotated_at).getTime() <= OVERLAP_MS
  )
}

/** Ends a session, everywhere, before it returns. */
export async function closeSession(deps: SessionDeps, sessionId: string, reason: string): Promise<void> {
  await queries.endSession(deps.control, sessionId, reason, deps.clock.now())
  await deps.store.delete(cacheKey(sessionId))
  deps.bus.poke(sessionEndedChannel(sessionId))
}

function ended(): AppError {
  return new AppError('session_ended', { detail: 'The session has ended; sign in again' })
}
