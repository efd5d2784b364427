/**
 * One-time codes that tie a chat to a person: `CHR-7K4M-92QX`. Eight characters of an alphabet without look-alikes
 * are 39 bits: enough for minutes, behind a limit of tries. Only a hash is stored.
 */
import { createHash } from 'node:crypto'

const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const PATTERN =
  /(?<![\p{L}\p{N}])CHR[-\s]?([2-9A-HJ-NP-TV-Z]{4})[-\s]?([2-9A-HJ-NP-TV-Z]{4})(?![\p{L}\p{N}])/iu

/** @param bytes at least 16 random bytes; those that would favour some characters are passed over */
export function linkCodeFrom(bytes: Uint8Array): string {
  const fair = Math.floor(256 / ALPHABET.length) * ALPHABET.length
  const characters = [...bytes]
    .filter((byte) => byte < fair)
    .map((byte) => ALPHABET[byte % ALPHABET.length] ?? '')
  if (characters.length < 8) throw new RangeError('Too few random bytes')
  return `CHR-${characters.slice(0, 4).join('')}-${characters.slice(4, 8).join('')}`
}

/** The code in a message, in its one spelling, null where there is none. */
export function findLinkCode(text: string): string | null {
  const match = PATTERN.exec(text.slice(0, 500))
  return match ? `CHR-${match[1]}-${match[2]}`.toUpperCase() : null
}

/** What is stored of a code. */
export function hashLinkCode(code: string): string {
  return createHash('sha256').update(`chronos:whatsapp:link:${code}`).digest('hex')
}
