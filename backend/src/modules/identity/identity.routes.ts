import * as contract from '@chronos/contracts/auth'
import { TOKEN_PREFIX } from '@chronos/contracts/tokens'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import type { Caller, Credentials, Endpoints } from '../../plugins/endpoints.ts'
import { readApiToken } from './api-tokens.rules.ts'
import { getTokenCaller } from './api-tokens.service.ts'
import * as service from './identity.service.ts'
import { describe, describeMe } from './me.service.ts'
import { recordPersonEvent } from './person-events.ts'
import { login } from './password-sign-in.service.ts'
import { askToRegister, finishRegistration } from './registration.service.ts'
import { closeSession, getCaller, refreshSession } from './sessions.service.ts'
import { readRefreshToken, type AccessClaims } from './tokens.ts'

/** Checks the bearer token, else the cookie with its CSRF token, and asks whether the session is still alive. */
export function createAuthenticate(
  deps: service.IdentityRouteDeps,
): (request: FastifyRequest) => Credentials {
  const callerOf = async ({ sid, tid }: AccessClaims): Promise<Caller> => {
    const caller = await getCaller(deps, sid)
    if (caller.tenantId !== tid) throw unauthenticated()
    return caller
  }
  return (request) => {
    const header = request.headers.authorization
    const bearer = header === undefined ? undefined : /^Bearer ([\w.~+/=-]+)$/i.exec(header.trim())?.[1]
    if (header !== undefined && bearer === undefined) throw unauthenticated()
    if (bearer?.startsWith(TOKEN_PREFIX)) return tokenCredentials(deps, bearer, request.ip)
    const token = bearer ?? deps.browser.accessToken(request)
    const claims = token === undefined ? null : deps.tokens.verify(token)
    if (!claims) throw unauthenticated()
    if (bearer === undefined) deps.browser.checkCsrf(request, claims.sid)
    return { sessionId: claims.sid, caller: callerOf(claims) }
  }
}

/** A program's token, told from an access token by what it begins with. It never comes in a cookie. */
function tokenCredentials(deps: service.IdentityRouteDeps, token: string, ip: string): Credentials {
  const hash = readApiToken(token)
  if (hash === null) throw unauthenticated()
  return { sessionId: `token:${hash.slice(0, 32)}`, caller: getTokenCaller(deps, hash, ip) }
}

export function registerIdentityRoutes(endpoints: Endpoints, deps: service.IdentityRouteDeps): void {
  const answer = (
    reply: FastifyReply,
    signedIn: service.SignedIn,
    include: boolean,
  ): contract.SessionAnswer => {
    deps.browser.setCookies(reply, signedIn)
    reply.header('cache-control', 'no-store')
    return include ? { ...signedIn.answer, refreshToken: signedIn.refreshToken } : signedIn.answer
  }

  endpoints.register(contract.register, async ({ body, request, reply, status }) => {
    deps.browser.checkOrigin(request)
    if (deps.registration !== 'open') {
      throw new AppError('registration_closed', { detail: 'Nobody can register here without an invitation' })
    }
    if (deps.verifyFirst) {
      await askToRegister(deps, body)
      status(202)
      return { status: 'mail_sent' as const }
    }
    return answer(reply, await service.register(deps, body, deviceOf(request)), body.includeRefreshToken)
  })

  endpoints.register(contract.finishRegistration, async ({ body, request, reply }) => {
    deps.browser.checkOrigin(request)
    const signedIn = await finishRegistration(deps, body.token, body.password, deviceOf(request))
    return answer(reply, signedIn, body.includeRefreshToken)
  })

  endpoints.register(contract.login, async ({ body, request, reply }) => {
    deps.browser.checkOrigin(request)
    const signedIn = await login(deps, body, deviceOf(request), deps.browser.deviceCookie(request))
    return answer(reply, signedIn, body.includeRefreshToken)
  })

  endpoints.register(contract.refresh, async ({ body, request, reply }) => {
    const inBody = body?.refreshToken
    const token = inBody ?? deps.browser.refreshToken(request)
    if (token === undefined)
      throw new AppError('session_ended', { detail: 'There is no refresh token: sign in' })
    const named = readRefreshToken(token)
    if (inBody === undefined && named) deps.browser.checkCsrf(request, named.sessionId)
    const session = await refreshSession(deps, token, deviceOf(request)).catch((error: unknown) => {
      if (inBody === undefined) deps.browser.clearCookies(reply)
      throw error
    })
    const { user, memberships } = await describe(deps, session.caller)
    const signedIn = service.describeSession(deps, session, user, memberships)
    if (inBody === undefined) return answer(reply, signedIn, false)
    return { ...signedIn.answer, refreshToken: signedIn.refreshToken }
  })

  endpoints.register(contract.logout, async ({ caller, request, reply }) => {
    if (await closeSession(deps, caller.sessionId, 'signed out'))
      await recordPersonEvent(deps, 'session.ended', caller.identityId, caller, deviceOf(request))
    deps.browser.clearCookies(reply)
    return undefined
  })

  endpoints.register(contract.switchTenant, async ({ body, caller, request, reply }) => {
    const signedIn = await service.signInElsewhere(deps, caller, body.tenantId, deviceOf(request))
    await closeSession(deps, caller.sessionId, 'went to another workspace')
    return answer(reply, signedIn, body.includeRefreshToken)
  })

  endpoints.register(contract.me, async ({ caller, reply }) => {
    reply.header('cache-control', 'no-store')
    return describeMe(deps, caller)
  })
}

export function deviceOf(request: FastifyRequest): service.Device {
  return { userAgent: request.headers['user-agent'] ?? null, ip: request.ip, requestId: request.id }
}

function unauthenticated(): AppError {
  return new AppError('unauthenticated', {
    detail: 'Sign in: send Authorization: Bearer, or the session cookie',
  })
}
