/**
 * A browser's session: HttpOnly cookies, and a CSRF token that scripts of our own origin can read. Behind https the
 * names carry the `__Host-` prefix; `make dev` on plain http cannot (Secure cookies would not come back).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import type { SignedIn } from './identity.service.ts'
import { browserCookie, type DeviceSubject } from './device-cookie.ts'
import { ACCESS_SECONDS, type Tokens } from './tokens.ts'

const REFRESH_SECONDS = 14 * 86_400
/** As long as a browser that is not seen is remembered. */
const DEVICE_SECONDS = 180 * 86_400
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface BrowserSession {
  accessToken(request: FastifyRequest): string | undefined
  refreshToken(request: FastifyRequest): string | undefined
  /** By what a browser is known of persons who signed in with it; outlives their sessions. */
  deviceCookie(request: FastifyRequest): string | undefined
  /** From here on this browser is known of a person. */
  setDeviceCookie(reply: FastifyReply, subject: DeviceSubject): void
  setCookies(reply: FastifyReply, signedIn: SignedIn): void
  clearCookies(reply: FastifyReply): void
  /** @throws AppError csrf_failed for what a page of another origin sends */
  checkOrigin(request: FastifyRequest): void
  /** @throws AppError csrf_failed on an unsafe method of another origin, or without the session's token */
  checkCsrf(request: FastifyRequest, sessionId: string): void
}

export function createBrowserSession(publicUrl: string, tokens: Tokens): BrowserSession {
  const secure = publicUrl.startsWith('https://')
  const prefix = secure ? '__Host-' : ''
  const names = {
    access: `${prefix}chronos_access`,
    refresh: `${prefix}chronos_refresh`,
    csrf: `${prefix}chronos_csrf`,
  }
  const deviceName = `${prefix}chronos_device`
  const ownOrigin = new URL(publicUrl).origin
  const shared = { path: '/', secure, sameSite: 'lax' as const }
  const setDeviceCookie = (reply: FastifyReply, subject: DeviceSubject): void => {
    const value = browserCookie(tokens, subject, reply.request.cookies[deviceName])
    reply.setCookie(deviceName, value, { ...shared, httpOnly: true, maxAge: DEVICE_SECONDS })
  }
  return {
    accessToken: (request) => request.cookies[names.access],
    refreshToken: (request) => request.cookies[names.refresh],
    deviceCookie: (request) => request.cookies[deviceName],
    setDeviceCookie,
    setCookies(reply, { answer, refreshToken, deviceSubject }) {
      if (deviceSubject !== null) setDeviceCookie(reply, deviceSubject)
      reply.setCookie(names.access, answer.accessToken, { ...shared, httpOnly: true, maxAge: ACCESS_SECONDS })
      reply.setCookie(names.refresh, refreshToken, { ...shared, httpOnly: true, maxAge: REFRESH_SECONDS })
      reply.setCookie(names.csrf, answer.csrfToken, { ...shared, httpOnly: false, maxAge: REFRESH_SECONDS })
    },
    clearCookies(reply) {
      for (const name of Object.values(names)) reply.clearCookie(name, shared)
    },
    checkOrigin: (request) => assertOwnOrigin(request, ownOrigin),
    checkCsrf(request, sessionId) {
      if (SAFE.has(request.method)) return
      assertOwnOrigin(request, ownOrigin)
      const token = request.headers['x-csrf-token']
      if (typeof token === 'string' && tokens.isCsrfToken(sessionId, token)) return
      throw new AppError('csrf_failed', {
        detail: 'Send X-CSRF-Token with the token of this session (GET /me has it)',
      })
    },
  }
}

/**
 * Browsers say where a request comes from, and no page can make them say something else; programs say nothing, and
 * have no cookies that somebody else could use.
 */
function assertOwnOrigin(request: FastifyRequest, ownOrigin: string): void {
  const { 'sec-fetch-site': site, origin, host } = request.headers
  if (site === 'same-origin' || site === 'none') return
  if (site === undefined && origin === undefined) return
  if (origin !== undefined && (origin === ownOrigin || hostOf(origin) === host)) return
  throw new AppError('csrf_failed', { detail: 'This comes from a page of another origin' })
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
