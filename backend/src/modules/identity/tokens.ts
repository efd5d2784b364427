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
}

export function createTokens(jwtSecret: string, sessionSecret: string): Tokens {
  const sign = createSigner({
    key: jwtSecret,
    algorithm: 'HS256',
    expiresIn: ACCESS_SECONDS * 1000,
    iss: 'chronos',
  })
  const verify = createVerifier({ key: jwtSecret, algorithms: ['HS256'], allowedIss: 'chronos', cache: 5000 })
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

export function newRefreshToken(sessionId: string): RefreshToken {
  const secret = randomBytes(32).toString('base64url')
  return { token: `${sessionId}.${secret}`, hash: hashOf(secret) }
}

/** @returns null for what is no refresh token at all */
export function readRefreshToken(token: string): { sessionId: string; hash: string } | null {
  const match = /^([0-9a-f-]{36})\.([\w-]{43})$/.exec(token)
  return match?.[1] !== undefined && match[2] !== undefined
    ? { sessionId: match[1], hash: hashOf(match[2]) }
    : null
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
