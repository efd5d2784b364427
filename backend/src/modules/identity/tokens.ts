/**
 * Tokens of a session: a short access JWT, a rotating refresh token of which only a hash is kept, and a CSRF token
 * derived from the session. Every secret can be rolled: what was made under a previous one is still known.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'

export const ACCESS_SECONDS = 900
/** Clocks of two servers differ a little: `nbf` of the one may be in the future of the other. */
const CLOCK_SKEW_MS = 5000
const CLAIMS = { iss: 'chronos', aud: 'chronos-api' }
const TYPE = 'at+jwt'

export interface AccessClaims {
  sid: string
  tid: string
}

/** The secret in use first, then those before it. */
export type Secrets = readonly [string, ...string[]]

export interface Tokens {
  sign(claims: AccessClaims): string
  /** @returns null for a token that is forged, of another kind or past its time */
  verify(token: string): AccessClaims | null
  csrfToken(sessionId: string): string
  isCsrfToken(sessionId: string, token: string): boolean
  /** The first one of a session. */
  newRefreshToken(sessionId: string): RefreshToken
  /**
   * The token that follows this one: always the same, so that all who exchange one at once get one and the same. One
   * for each secret, the one in use first, since processes take a new secret one after another.
   */
  refreshTokensAfter(given: GivenRefreshToken): readonly [RefreshToken, ...RefreshToken[]]
  /** Keyed hashes of a device of a person, one for each secret, the one in use first. */
  deviceHashes(identityId: string, fingerprint: string): readonly [string, ...string[]]
  /** Keyed proofs that a browser got these bytes when somebody signed in with it (device-cookie.ts). */
  deviceProofs(subject: string, nonce: string): readonly [Buffer, ...Buffer[]]
  /** Whether we made this token once: only who had it can have it. Somebody who knows a session's id cannot say so. */
  wasGivenOut(given: GivenRefreshToken): boolean
}

export function createTokens(jwtSecrets: Secrets, sessionSecrets: Secrets): Tokens {
  const keys = jwtSecrets.map(accessKey)
  const byHeader = new Map(keys.map((key) => [key.header, key.verify]))
  const [sign] = keys.map((key) => key.sign)
  const csrfTokens = (sessionId: string): [string, ...string[]] =>
    mapped(sessionSecrets, (secret) => keyed(secret, `csrf:${sessionId}`).toString('base64url'))
  return {
    sign: (claims) => sign?.({ ...claims }) ?? '',
    verify(token) {
      try {
        const claims = byHeader.get(token.slice(0, token.indexOf('.')))?.(token) as
          Partial<AccessClaims> | undefined
        return typeof claims?.sid === 'string' && typeof claims.tid === 'string'
          ? { sid: claims.sid, tid: claims.tid }
          : null
      } catch {
        return null
      }
    },
    csrfToken: (sessionId) => csrfTokens(sessionId)[0],
    isCsrfToken: (sessionId, token) => csrfTokens(sessionId).some((each) => sameText(each, token)),
    newRefreshToken: (sessionId) => refreshTokenOf(sessionId, randomBytes(NONCE_BYTES), sessionSecrets[0]),
    refreshTokensAfter: ({ sessionId, hash }) =>
      mapped(sessionSecrets, (secret) => {
        const nonce = keyed(secret, `refresh:${sessionId}:${hash}`).subarray(0, NONCE_BYTES)
        return refreshTokenOf(sessionId, nonce, secret)
      }),
    deviceHashes: (identityId, fingerprint) =>
      mapped(sessionSecrets, (secret) =>
        keyed(secret, `device:${identityId}:${fingerprint}`).toString('base64url'),
      ),
    deviceProofs: (subject, nonce) =>
      mapped(sessionSecrets, (secret) => keyed(secret, `device-cookie:${subject}:${nonce}`)),
    wasGivenOut: ({ sessionId, nonce, proof }) =>
      sessionSecrets.some((secret) => timingSafeEqual(proofOf(secret, sessionId, nonce), proof)),
  }
}

/** As the configuration has them. */
export function tokensOf(config: {
  jwtSecret: string
  jwtSecretsBefore: readonly string[]
  sessionSecret: string
  sessionSecretsBefore: readonly string[]
}): Tokens {
  return createTokens(
    [config.jwtSecret, ...config.jwtSecretsBefore],
    [config.sessionSecret, ...config.sessionSecretsBefore],
  )
}

/**
 * One secret's way to sign and to verify. The header of a token is the same text for all of one key (algorithm, type
 * and key id), so that a token with any other header meets no key at all.
 */
function accessKey(secret: string): {
  header: string
  sign: (claims: Record<string, unknown>) => string
  verify: (token: string) => unknown
} {
  const kid = keyed(secret, 'kid').toString('base64url').slice(0, 8)
  const sign = createSigner({
    key: secret,
    algorithm: 'HS256',
    kid,
    header: { alg: 'HS256', typ: TYPE },
    expiresIn: ACCESS_SECONDS * 1000,
    // At once: without it, the claim would be missing.
    notBefore: 1,
    ...CLAIMS,
  })
  const verify = createVerifier({
    key: secret,
    algorithms: ['HS256'],
    allowedIss: CLAIMS.iss,
    allowedAud: CLAIMS.aud,
    checkTyp: TYPE,
    requiredClaims: ['exp', 'nbf', 'iat', 'aud', 'iss', 'sid', 'tid'],
    clockTolerance: CLOCK_SKEW_MS,
    cache: 5000,
  })
  const sample = sign({})
  return { header: sample.slice(0, sample.indexOf('.')), sign, verify: (token) => verify(token) as unknown }
}

function keyed(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}

function mapped<T>([first, ...rest]: Secrets, of: (secret: string) => T): [T, ...T[]] {
  return [of(first), ...rest.map(of)]
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * A refresh token names its session, so that a reused one can end it: `<session>.<secret>`. The secret is 16 random
 * bytes and a keyed proof of 16 that they were given to this session.
 */
export interface RefreshToken {
  token: string
  hash: string
}

/** One that somebody presents. */
export interface GivenRefreshToken {
  sessionId: string
  hash: string
  nonce: Buffer
  proof: Buffer
}

const NONCE_BYTES = 16

function proofOf(secret: string, sessionId: string, nonce: Buffer): Buffer {
  return keyed(secret, `refresh-proof:${sessionId}:${nonce.toString('hex')}`).subarray(0, NONCE_BYTES)
}

function refreshTokenOf(sessionId: string, nonce: Buffer, signedWith: string): RefreshToken {
  const secret = Buffer.concat([nonce, proofOf(signedWith, sessionId, nonce)]).toString('base64url')
  return { token: `${sessionId}.${secret}`, hash: hashOf(secret) }
}

/** @returns null for what is no refresh token at all */
export function readRefreshToken(token: string): GivenRefreshToken | null {
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/.exec(token)
  if (match?.[1] === undefined || match[2] === undefined) return null
  const bytes = Buffer.from(match[2], 'base64url')
  return {
    sessionId: match[1],
    hash: hashOf(match[2]),
    nonce: bytes.subarray(0, NONCE_BYTES),
    proof: bytes.subarray(NONCE_BYTES),
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
