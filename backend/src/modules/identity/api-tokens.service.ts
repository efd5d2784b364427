/**
 * API tokens: a program acts for a person in one workspace, within the scopes of the token and no further than the
 * person's role goes today. PostgreSQL keeps a hash; the store keeps who it is for a minute, so that a request asks no
 * database. A token that ended is gone from the store before the call that ended it is answered.
 */
import { allows } from '@chronos/contracts/permissions'
import type { ApiToken, TokenCreate } from '@chronos/contracts/tokens'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { networkOf } from '../../plugins/rate-limit.ts'
import { sessionEndedChannel } from '../events/events.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import { assertFeature } from '../plans/plans.service.ts'
import * as queries from './api-tokens.queries.ts'
import { newApiToken } from './api-tokens.rules.ts'
import { getIdentity } from './identity.queries.ts'
import { getStanding } from './membership.service.ts'
import { recordSecurityEvent } from './security-log.ts'
import type { SessionDeps } from './sessions.service.ts'

export type { TokenOwner } from './api-tokens.queries.ts'

const CACHED_SECONDS = 60
const DAY_MS = 86_400_000
const MOST_OF_A_PERSON = 50
/** Tokens that nobody has, from one network: each costs a look into PostgreSQL. */
const MISSES = { limit: 300, windowSeconds: 60 }

const cacheKey = (hash: string): string => `token:${hash}`

interface Known {
  caller: Caller
  expiresAtMs: number
}

/**
 * Who a token is for.
 * @param hash of what the program sent (readApiToken)
 * @throws AppError unauthenticated, workspace_suspended, feature_off, too_many_requests
 */
export async function getTokenCaller(deps: SessionDeps, hash: string, ip: string): Promise<Caller> {
  const cached = await deps.store.get(cacheKey(hash))
  const now = deps.clock.now()
  if (cached !== null) {
    const known = JSON.parse(cached) as Known
    if (now.getTime() < known.expiresAtMs) return known.caller
    throw refused()
  }
  const misses = `token-miss:${networkOf(ip)}`
  const { allowed, resetSeconds } = await deps.store.consume(misses, MISSES)
  if (!allowed) {
    throw new AppError('too_many_requests', {
      detail: 'Too many tokens that nobody has',
      headers: { 'retry-after': String(Math.max(1, resetSeconds)) },
    })
  }
  const row = await queries.findToken(deps.control, hash, now)
  if (!row) throw refused()
  await deps.store.consume(misses, { ...MISSES, cost: -1 })
  await assertFeature(deps, row.tenant_id, 'apiTokens')
  const standing = await getStanding(deps, {
    identityId: row.identity_id,
    tenantId: row.tenant_id,
    userId: row.user_id,
  }).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'session_ended' ? refused() : error
  })
  const caller: Caller = { kind: 'token', sessionId: row.id, ...standing, scopes: row.scopes, provedAt: 0 }
  const known: Known = { caller, expiresAtMs: new Date(row.expires_at).getTime() }
  await queries.noteUse(deps.control, row.id, ip, now, new Date(now.getTime() - CACHED_SECONDS * 1000))
  await deps.store.set(cacheKey(hash), JSON.stringify(known), CACHED_SECONDS)
  return caller
}

/** Whether a token's streams go on. Rejects when that cannot be known now. */
export async function isTokenActive(deps: SessionDeps, caller: Caller): Promise<boolean> {
  if (!(await queries.isTokenLive(deps.control, caller.sessionId, deps.clock.now()))) return false
  try {
    await getStanding(deps, caller)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

export async function listTokens(
  deps: SessionDeps,
  caller: Caller,
  limit: number,
  cursor: string | undefined,
): Promise<queries.ApiTokenRow[]> {
  return queries.listTokens(deps.control, caller, limit, cursor)
}

export interface Circumstances {
  requestId: string
  userAgent: string | null
  ip: string | null
}

/**
 * @returns the token with its secret, which is kept nowhere
 * @throws AppError feature_off, forbidden for a scope that the person's own role does not have, plan_limit
 */
export async function createToken(
  deps: SessionDeps,
  caller: Caller,
  input: TokenCreate,
  from: Circumstances,
): Promise<ApiToken & { token: string }> {
  await assertFeature(deps, caller.tenantId, 'apiTokens')
  const scopes = [...new Set(input.scopes)]
  const beyond = scopes.filter((scope) => !allows(caller.role, scope))
  if (beyond.length > 0) {
    throw new AppError('forbidden', {
      detail: `Your role (${caller.role}) does not allow ${beyond.join(', ')}`,
    })
  }
  const now = deps.clock.now()
  const { token, hash, hint } = newApiToken()
  const identity = await getIdentity(deps.control, caller.identityId)
  invariant(identity, 'who is signed in is known')
  const row = {
    id: newId(),
    token_hash: hash,
    hint,
    name: input.name,
    scopes,
    tenant_id: caller.tenantId,
    user_id: caller.userId,
    identity_id: caller.identityId,
  }
  const expiresAt = new Date(now.getTime() + input.expiresInDays * DAY_MS)
  await deps.control.transaction(async (control) => {
    if ((await queries.countLiveTokens(control, caller, now)) >= MOST_OF_A_PERSON) {
      throw new AppError('plan_limit', {
        detail: `A person has ${MOST_OF_A_PERSON} tokens in a workspace at most`,
      })
    }
    await queries.insertToken(control, row, now, expiresAt)
    const params = { name: identity.name, token: input.name }
    const { email, locale } = identity
    await queueMail(control, { kind: 'token_created', to: email, locale, params }, now)
  })
  await tell(deps, caller, from, 'token.created', { tokenId: row.id, name: row.name, scopes, expiresAt })
  return {
    id: row.id,
    name: row.name,
    hint,
    scopes,
    createdAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: null,
    lastUsedIp: null,
    token,
  }
}

/** Ends one of the person's own tokens, everywhere, before it returns. @throws AppError not_found */
export async function revokeToken(
  deps: SessionDeps,
  caller: Caller,
  id: string,
  from: Circumstances,
): Promise<void> {
  const token = await queries.revokeToken(deps.control, caller, id, deps.clock.now())
  if (!token) throw notFound('Token')
  await forgetTokens(deps, [token])
  await tell(deps, caller, from, 'token.revoked', { tokenId: token.id, name: token.name })
}

/** Ends all tokens of a member, a workspace or a person, before it returns. @returns how many there were */
export async function endTokensOf(
  deps: Pick<SessionDeps, 'control' | 'store' | 'bus' | 'clock'>,
  owner: queries.TokenOwner,
  reason: string,
): Promise<number> {
  const ended = await queries.endTokens(deps.control, owner, reason, deps.clock.now())
  await forgetTokens(deps, ended)
  return ended.length
}

/** Makes tokens ask again who they are for: after a change of role, of hidden accounts, of suspension. */
export async function forgetTokensOf(
  deps: Pick<SessionDeps, 'control' | 'store' | 'bus'>,
  owner: queries.TokenOwner,
): Promise<void> {
  await forgetTokens(deps, await queries.listHashes(deps.control, owner))
}

/** After the commit that ended tokens: the next request with one is refused, and its streams close. */
export async function forgetTokens(
  { store, bus }: Pick<SessionDeps, 'store' | 'bus'>,
  tokens: readonly queries.EndedToken[],
): Promise<void> {
  for (const { id, token_hash: hash } of tokens) {
    await store.delete(cacheKey(hash))
    bus.poke(sessionEndedChannel(id))
  }
}

async function tell(
  deps: SessionDeps,
  caller: Caller,
  from: Circumstances,
  event: 'token.created' | 'token.revoked',
  details: Record<string, unknown>,
): Promise<void> {
  const { identityId, tenantId, userId, sessionId } = caller
  await recordSecurityEvent(
    deps,
    { event, identityId, membership: { tenantId, userId }, sessionId, ...from, details },
    deps.clock.now(),
  )
}

function refused(): AppError {
  return new AppError('unauthenticated', {
    detail: 'This API token is not known, has run out or was revoked',
  })
}
