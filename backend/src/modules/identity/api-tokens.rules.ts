/**
 * What an API token looks like: `chr_`, 32 characters of secret (190 bits), and a checksum of six, by which a scanner
 * of leaked secrets knows one from a random word, and a mistyped one is refused without asking anybody.
 */
import { createHash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { TOKEN_PREFIX } from '@chronos/contracts/tokens'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const SHAPE = new RegExp(`^${TOKEN_PREFIX}([0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`)

export interface NewApiToken {
  token: string
  hash: string
  /** Its beginning, to tell tokens apart by. */
  hint: string
}

export function newApiToken(): NewApiToken {
  const secret = Array.from({ length: SECRET_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  const token = `${TOKEN_PREFIX}${secret}${checksumOf(secret)}`
  return { token, hash: hashOf(token), hint: `${token.slice(0, TOKEN_PREFIX.length + 4)}…` }
}

/** @returns its hash; null for what cannot be a token at all */
export function readApiToken(text: string): string | null {
  const match = SHAPE.exec(text)
  return match?.[1] !== undefined && match[2] === checksumOf(match[1]) ? hashOf(text) : null
}

function checksumOf(secret: string): string {
  let rest = crc32(secret)
  let text = ''
  while (text.length < CHECKSUM_LENGTH) {
    text = (ALPHABET[rest % ALPHABET.length] ?? '') + text
    rest = Math.floor(rest / ALPHABET.length)
  }
  return text
}

/** A secret of 190 random bits needs no slow hash. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
