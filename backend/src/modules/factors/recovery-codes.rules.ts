/**
 * Recovery codes: 120 random bits in letters and digits that are not taken for one another (Crockford's base32). So much
 * randomness needs no slow hash (ASVS 6.5.2 asks for 112); the person's id is hashed with it, so that equal codes of two
 * persons would not show.
 */
import { createHash, randomBytes } from 'node:crypto'

export const RECOVERY_CODES = 10
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 24

/** @returns codes as they are shown, in groups of four */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length))
    return letters
      .join('')
      .replace(/(.{4})/g, '$1-')
      .slice(0, -1)
  })
}

/** However somebody typed it: dashes, blanks, capitals, and letters that look like digits. */
export function hashRecoveryCode(identityId: string, code: string): string {
  const plain = code
    .toLowerCase()
    .replace(/[\s-]+/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1')
  return createHash('sha256').update(`recovery:${identityId}:${plain}`).digest('hex')
}
