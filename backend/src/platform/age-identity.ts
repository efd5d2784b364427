/**
 * The key of backups as text: an age identity (`AGE-SECRET-KEY-1…`), as `age-keygen` prints it, and public keys (`age1…`).
 * Both are 32 bytes in Bech32 (BIP 173), which is done here in full: programs that make an `.env`, or judge one, run before
 * any package is there. Post-quantum keys are refused: the age of today's distributions does not read them, and whoever
 * restores by hand has that.
 */
import { randomBytes } from 'node:crypto'

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
const KEY_BYTES = 32
const KEY_WORDS = 52
const SUM_WORDS = 6
const WHAT_TO_DO = '"make backup-key" prints a new one, as age-keygen does'

/** The remainder that a text is judged by: 1 for a whole one. */
function remainder(prefix: string, words: readonly number[]): number {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0))
  const spread = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)]
  let value = 1
  for (const word of [...spread, ...words]) {
    const top = value >> 25
    value = ((value & 0x1ffffff) << 5) ^ word
    for (const [bit, generator] of GENERATORS.entries()) if ((top >> bit) & 1) value ^= generator
  }
  return value
}

/** Eight bits a piece to five a piece, zeros behind. */
function wordsOf(bytes: Uint8Array): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2))
}

function encoded(prefix: string, bytes: Uint8Array): string {
  const words = wordsOf(bytes)
  const rest = remainder(prefix, [...words, ...Array<number>(SUM_WORDS).fill(0)]) ^ 1
  const sum = Array.from({ length: SUM_WORDS }, (_, index) => (rest >> (5 * (SUM_WORDS - 1 - index))) & 31)
  return `${prefix}1${[...words, ...sum].map((word) => ALPHABET[word]).join('')}`
}

/** @param text in small letters */
function isKey(prefix: string, text: string): boolean {
  const words = [...text.slice(prefix.length + 1)].map((letter) => ALPHABET.indexOf(letter))
  return (
    text.startsWith(`${prefix}1`) &&
    words.length === KEY_WORDS + SUM_WORDS &&
    !words.includes(-1) &&
    // 52 words of five bits are four more than 32 bytes have.
    ((words[KEY_WORDS - 1] ?? 0) & 15) === 0 &&
    remainder(prefix, words) === 1
  )
}

/** A fresh identity. */
export function newIdentity(): string {
  return encoded('age-secret-key-', randomBytes(KEY_BYTES)).toUpperCase()
}

/**
 * The identity in a text that may be a whole file of age-keygen, with its lines of comment.
 * @throws Error that says what to do, and nothing of the text
 */
export function identityIn(text: string | undefined): string {
  const lines = (text ?? '').split(/\r?\n/).map((line) => line.trim())
  const [identity = '', ...more] = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (more.length > 0) throw new Error(`holds more than one key: ${WHAT_TO_DO}`)
  if (identity !== identity.toUpperCase() || !isKey('age-secret-key-', identity.toLowerCase()))
    throw new Error(`is no age identity (AGE-SECRET-KEY-1…): ${WHAT_TO_DO}`)
  return identity
}

/**
 * Public keys, by commas or spaces.
 * @throws Error naming the one that is none
 */
export function recipientsIn(text: string | undefined): string[] {
  const recipients = (text ?? '').split(/[\s,]+/).filter((part) => part !== '')
  for (const recipient of recipients)
    // A secret key that was put here by mistake is not repeated.
    if (!isKey('age', recipient))
      throw new Error(
        recipient.startsWith('age1')
          ? `names ${recipient}, which is no public key of age (age1 and 58 characters)`
          : 'names something that is no public key of age (age1 and 58 characters)',
      )
  return recipients
}
