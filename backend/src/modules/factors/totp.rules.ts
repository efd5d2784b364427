/**
 * Codes of authenticator apps (RFC 6238): SHA-1, six digits, steps of 30 seconds, which every app knows. A code of the
 * step before or after is taken too, since clocks differ; no code is taken twice, so the caller keeps the step of the
 * last one and nothing up to it fits again.
 */
import { generateSecret, generateURI, verifySync } from 'otplib'

const STEP_SECONDS = 30
const SECRET_BYTES = 20

/** @returns 160 random bits in base32 */
export function newTotpSecret(): string {
  return generateSecret({ length: SECRET_BYTES })
}

/** The otpauth:// address of a QR code. */
export function totpUri(secret: string, email: string): string {
  return generateURI({
    issuer: 'CHRONOS',
    label: email,
    secret,
    algorithm: 'sha1',
    digits: 6,
    period: STEP_SECONDS,
  })
}

/**
 * @param lastStep step of the code that was taken last; null before the first
 * @returns the step that the code is of, or null where it does not fit
 */
export function stepOfCode(secret: string, code: string, now: Date, lastStep: number | null): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const result = verifySync({
    strategy: 'totp',
    secret,
    token: code,
    algorithm: 'sha1',
    digits: 6,
    period: STEP_SECONDS,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: STEP_SECONDS,
  })
  if (!result.valid || !('timeStep' in result)) return null
  return lastStep !== null && result.timeStep <= lastStep ? null : result.timeStep
}
