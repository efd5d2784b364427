/**
 * The signature of a billing system: `t=<seconds>,v1=<HMAC-SHA-256 in hex of "<t>.<body>">`. Bound to its time, so that
 * one which was caught is of no use after five minutes; each is taken once.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const TOLERANCE_SECONDS = 300

/**
 * @param secrets one of which signed
 * @returns what a signature is remembered by; null where it does not fit
 */
export function checkBillingSignature(
  secrets: readonly string[],
  header: unknown,
  body: Buffer,
  now: Date,
): string | null {
  const match = typeof header === 'string' ? /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) : null
  if (match?.[1] === undefined || match[2] === undefined) return null
  if (Math.abs(now.getTime() / 1000 - Number(match[1])) > TOLERANCE_SECONDS) return null
  const given = Buffer.from(match[2], 'hex')
  const signed = (secret: string): Buffer =>
    createHmac('sha256', secret).update(`${match[1]}.`).update(body).digest()
  if (!secrets.some((secret) => timingSafeEqual(signed(secret), given))) return null
  return createHash('sha256').update(`${match[1]}.${match[2]}`).digest('hex')
}
