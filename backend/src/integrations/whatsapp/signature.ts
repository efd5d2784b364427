/**
 * Meta signs every webhook body with the app secret. Whatever is not provably signed is refused: no header, no
 * secret and odd encodings all fail closed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

const PREFIX = 'sha256='
const HEX_DIGEST = /^[0-9a-f]{64}$/

function digest(secret: string, rawBody: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(rawBody).digest()
}

/** @returns the value of `X-Hub-Signature-256` for these bytes. */
export function sign(secret: string, rawBody: Uint8Array): string {
  return PREFIX + digest(secret, rawBody).toString('hex')
}

/**
 * @param rawBody the bytes as they came, before any parsing: Meta's escaping cannot be reproduced
 * @param header the value of `X-Hub-Signature-256`; a repeated header arrives as a list and is refused
 */
export function verifySignature(secret: string, rawBody: Uint8Array, header: unknown): boolean {
  if (secret === '' || typeof header !== 'string' || !header.startsWith(PREFIX)) return false
  const claimed = header.slice(PREFIX.length)
  if (!HEX_DIGEST.test(claimed)) return false
  return timingSafeEqual(digest(secret, rawBody), Buffer.from(claimed, 'hex'))
}

/**
 * The handshake's token where none is configured: derived from the webhook secret, because the token travels in a
 * URL, and so in access logs, while the secret must not.
 */
export function deriveVerifyToken(secret: string): string {
  if (secret === '') throw new RangeError('The webhook secret is empty')
  return createHmac('sha256', secret).update('chronos:whatsapp:verify-token:v1').digest('hex').slice(0, 40)
}

/** Compares the handshake's token in constant time. An empty expected token accepts nothing. */
export function verifyTokenMatches(expected: string, given: unknown): boolean {
  if (expected === '' || typeof given !== 'string') return false
  const key = 'chronos:whatsapp:compare'
  const hash = (text: string) => createHmac('sha256', key).update(text).digest()
  return timingSafeEqual(hash(expected), hash(given))
}
