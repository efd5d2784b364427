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
import { queueMail } from '../mail/mail.service.ts'
import { FENCE_MS, type Store } from '../../platform/store.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import * as queries from './identity.queries.ts'
import { getStanding } from './membership.service.ts'
import { recordPersonEvent, type RequestOrigin } from './person-events.ts'
import { idleLimitMs, LIFETIME_MS, touchAfterMs } from './sessions.rules.ts'
import { readRefreshToken, type GivenRefreshToken, type RefreshToken, type Tokens } from './tokens.ts'

export interface SessionDeps {
  bus: EventBus
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  clock: Clock
}

/** Shorter than the shortest idle time-out, and the longest that a removed role could hold if a flush were lost. */
const CACHED_SECONDS = 60
const OVERLAP_MS = 10_000
/** What took longer to load may be older than the fence that a delete leaves (store.ts): it is not kept. */
const LOAD_MS = FENCE_MS / 2

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
  /** The person's `sign_in_epoch` when the proof began; null where they were made in this request. */
  epoch: number | null
  /** They were signed in before, and go on in another workspace. */
  goesOn?: true
}

/**
 * Starts a session of a person in one of their workspaces.
 * @throws AppError invalid_credentials where all their sessions ended since the proof began
 */
export async function openSession(
  deps: SessionDeps & { tokens: Tokens },
  who: SessionProof & {
    tenantId: string
    userId: string
    userAgent: string | null
    ip: string | null
  },
): Promise<OpenedSession> {
  const sessionId = newId()
  const refresh = deps.tokens.newRefreshToken(sessionId)
  const now = deps.clock.now()
  const began = await queries.insertSession(
    deps.control,
    {
      id: sessionId,
      identity_id: who.identityId,
      tenant_id: who.tenantId,
      user_id: who.userId,
      refresh_hash: refresh.hash,
      method: who.method,
      provedAt: who.provedAt ?? now,
      epoch: who.epoch,
      userAgent: who.userAgent,
      ip: who.ip,
    },
    now,
    new Date(now.getTime() + LIFETIME_MS),
  )
  if (!began) {
    throw new AppError('invalid_credentials', {
      detail: 'All sessions ended while this sign-in was on its way: sign in again',
    })
  }
  return { caller: await getCaller(deps, sessionId), refreshToken: refresh.token }
}

/**
 * Who a session is, from the store, else from PostgreSQL.
 * @throws AppError session_ended for one that ended, ran out, or whose membership is no longer active;
 *   workspace_suspended
 */
export async function getCaller(deps: SessionDeps, sessionId: string): Promise<Caller> {
  const known = await getKnown(deps, sessionId)
  const now = deps.clock.now()
  if (now.getTime() - known.seenAt < touchAfterMs(known.idleMs)) return known.caller
  await queries.touchSession(deps.control, sessionId, now)
  await keep(deps, { ...known, seenAt: now.getTime() })
  return known.caller
}

/** A session as the store keeps it. */
interface Known {
  caller: Caller
  /** When it was last used, as far as it was noted; and how long it may be unused. */
  seenAt: number
  idleMs: number
}

async function getKnown(deps: SessionDeps, sessionId: string): Promise<Known> {
  const cached = await deps.store.get(cacheKey(sessionId))
  if (cached !== null) {
    const known = JSON.parse(cached) as Known
    if (!isIdle(known, deps.clock.now())) return known
  }
  const began = performance.now()
  const session = await queries.findSession(deps.control, sessionId)
  if (!session || session.ended_at !== null || deps.clock.now() >= new Date(session.expires_at)) throw ended()
  const standing = await getStanding(deps, {
    identityId: session.identity_id,
    tenantId: session.tenant_id,
    userId: session.user_id,
  })
  const known: Known = {
    caller: {
      kind: 'session',
      sessionId,
      ...standing,
      scopes: null,
      provedAt: new Date(session.proved_at).getTime(),
    },
    seenAt: new Date(session.last_seen_at).getTime(),
    idleMs: idleLimitMs(session.idle_minutes),
  }
  if (isIdle(known, deps.clock.now())) throw ended()
  if (performance.now() - began < LOAD_MS) await keep(deps, known)
  return known
}

function keep(deps: SessionDeps, known: Known): Promise<void> {
  return deps.store.set(cacheKey(known.caller.sessionId), JSON.stringify(known), CACHED_SECONDS)
}

function isIdle({ seenAt, idleMs }: Known, now: Date): boolean {
  return now.getTime() - seenAt > idleMs
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
    // An open stream is no use of a session: it does not keep one from running out.
    await getKnown(deps, sessionId)
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
  origin: RequestOrigin,
): Promise<OpenedSession> {
  const given = readRefreshToken(token)
  if (!given) throw ended()
  const { caller } = await getKnown(deps, given.sessionId)
  const next = deps.tokens.refreshTokensAfter(given)
  const [first] = next
  const now = deps.clock.now()
  if (await queries.rotateSession(deps.control, given.sessionId, given.hash, first.hash, now)) {
    return { caller: await getCaller(deps, given.sessionId), refreshToken: first.token }
  }
  const taken = await overlapping(deps, given, next, now)
  if (taken) return { caller: await getCaller(deps, given.sessionId), refreshToken: taken.token }
  // Whoever knows a session's id and no token of it cannot end it.
  if (deps.tokens.wasGivenOut(given)) await endReused(deps, caller, origin)
  throw ended()
}

/** A token was copied: the thief or its owner used it before. The session ends, and its person is told. */
async function endReused(deps: SessionDeps, caller: Caller, origin: RequestOrigin): Promise<void> {
  if (!(await closeSession(deps, caller.sessionId, 'refresh token reused'))) return
  await recordPersonEvent(deps, 'session.reused', caller.identityId, caller, origin)
  const person = await queries.getIdentity(deps.control, caller.identityId)
  if (!person) return
  const { id: identityId, email: to, locale, name } = person
  await deps.control.transaction((control) =>
    queueMail(
      control,
      { kind: 'sessions_ended', to, locale, identityId, params: { name } },
      deps.clock.now(),
    ),
  )
}

/**
 * The token before the last, moments after its exchange: other tabs were faster, and this one is answered with what
 * they were answered with, so that it does not matter whose cookie the browser keeps. Any older token is a theft.
 */
async function overlapping(
  deps: SessionDeps,
  given: GivenRefreshToken,
  next: readonly RefreshToken[],
  now: Date,
): Promise<RefreshToken | undefined> {
  const session = await queries.findSession(deps.control, given.sessionId)
  if (session?.ended_at !== null || session.previous_hash !== given.hash) return undefined
  if (now.getTime() - new Date(session.rotated_at).getTime() > OVERLAP_MS) return undefined
  return next.find((each) => each.hash === session.refresh_hash)
}

/** Ends a session, everywhere, before it returns. @returns whether it was live */
export async function closeSession(deps: SessionDeps, sessionId: string, reason: string): Promise<boolean> {
  const wasLive = await queries.endSession(deps.control, sessionId, reason, deps.clock.now())
  await forgetEnded(deps, [sessionId])
  return wasLive
}

function ended(): AppError {
  return new AppError('session_ended', { detail: 'The session has ended; sign in again' })
}
