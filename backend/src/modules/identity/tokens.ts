/**
 * Tokens of a session: a short access JWT, a rotating refresh token of which only a hash is kept, and a CSRF token
 * derived from the session.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'

export const ACCESS_SECONDS = 900

export interface AccessClaims {
  sid: string
  tid: string
}

export interface Tokens {
  sign(claims: AccessClaims): string
  /** @returns null for a token that is forged, of another kind or past its time */
  verify(token: string): AccessClaims | null
  csrfToken(sessionId: string): string
  isCsrfToken(sessionId: string, token: string): boolean
  /** The token that follows this one: always the same, so that all who exchange one at once get one and the same. */
  refreshTokenAfter(given: GivenRefreshToken): RefreshToken
}

export function createTokens(jwtSecret: string, sessionSecret: string): Tokens {
  const sign = createSigner({
    key: jwtSecret,
    algorithm: 'HS256',
    expiresIn: ACCESS_SECONDS * 1000,
    iss: 'chronos',
  })
  const verify = createVerifier({
    key: jwtSecret,
    algorithms: ['HS256'],
    allowedIss: 'chronos',
    cache: 5000,
  })
  const csrfToken = (sessionId: string): string =>
    createHmac('sha256', sessionSecret).update(`csrf:${sessionId}`).digest('base64url')
  return {
    sign: (claims) => sign({ ...claims }),
    verify(token) {
      try {
        const claims = verify(token) as Partial<AccessClaims>
        return typeof claims.sid === 'string' && typeof claims.tid === 'string'
          ? { sid: claims.sid, tid: claims.tid }
          : null
      } catch {
        return null
      }
    },
    csrfToken,
    isCsrfToken: (sessionId, token) => sameText(csrfToken(sessionId), token),
    refreshTokenAfter: ({ sessionId, hash }) =>
      refreshTokenOf(
        sessionId,
        createHmac('sha256', sessionSecret).update(`refresh:${sessionId}:${hash}`).digest('base64url'),
      ),
  }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A refresh token names its session, so that a reused one can end it: `<session>.<secret>`. */
export interface RefreshToken {
  token: string
  hash: string
}

/** One that somebody presents. */
export interface GivenRefreshToken {
  sessionId: string
  hash: string
}

export function newRefreshToken(sessionId: string): RefreshToken {
  return refreshTokenOf(sessionId, randomBytes(32).toString('base64url'))
}

function refreshTokenOf(sessionId: string, secret: string): RefreshToken {
  return { token: `${sessionId}.${secret}`, hash: hashOf(secret) }
}

/** @returns null for what is no refresh token at all */
export function readRefreshToken(token: string): GivenRefreshToken | null {
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/.exec(token)
  return match?.[1] !== undefined && match[2] !== undefined
    ? { sessionId: match[1], hash: hashOf(match[2]) }
    : null
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
