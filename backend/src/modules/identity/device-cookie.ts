/**
 * Browsers that a person has signed in with, known by a cookie of their own, so that what is guessed elsewhere, in the
 * same network and with the same kind of browser too, never makes the owner wait (OWASP: slow down online guessing
 * with device cookies). It holds, for each of a few persons who share the browser, random bytes and a keyed proof of
 * them that is bound to the person and their password: no name, no address, good for nothing but a counter of wrong
 * tries, and for nothing at all once the password is another.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Tokens } from './tokens.ts'

const NONCE_BYTES = 16
const PROOF_BYTES = 16
/** How many persons of one browser are known; who comes after them pushes the oldest out. */
const PERSONS = 5
const ENTRY = /^[\w-]{43}$/

/** Whom a browser is known of. Never leaves the server. */
export type DeviceSubject = string

export function deviceSubjectOf(person: { id: string; password_hash: string | null } | null): DeviceSubject {
  if (!person) return 'nobody'
  return `${person.id}:${createHash('sha256')
    .update(person.password_hash ?? '')
    .digest('base64url')}`
}

type Prover = Pick<Tokens, 'deviceProofs'>

/** @returns what the wrong tries of this browser are counted by; null where it is not known of the person */
export function knownBrowser(
  tokens: Prover,
  subject: DeviceSubject,
  cookie: string | undefined,
): string | null {
  const known = entriesOf(cookie).find((entry) => isOf(tokens, subject, entry))
  return known === undefined ? null : `browser:${nonceOf(known).toString('base64url')}`
}

/** The cookie of a browser that somebody has just signed in with: theirs is new, those of others stay. */
export function browserCookie(tokens: Prover, subject: DeviceSubject, before: string | undefined): string {
  const nonce = randomBytes(NONCE_BYTES)
  const [proof] = tokens.deviceProofs(subject, nonce.toString('hex'))
  const own = Buffer.concat([nonce, proof.subarray(0, PROOF_BYTES)]).toString('base64url')
  const others = entriesOf(before).filter((entry) => !isOf(tokens, subject, entry))
  return [own, ...others].slice(0, PERSONS).join('.')
}

function entriesOf(cookie: string | undefined): string[] {
  return (cookie ?? '')
    .slice(0, 400)
    .split('.', PERSONS)
    .filter((entry) => ENTRY.test(entry))
}

function isOf(tokens: Prover, subject: DeviceSubject, entry: string): boolean {
  const given = Buffer.from(entry, 'base64url').subarray(NONCE_BYTES)
  return tokens
    .deviceProofs(subject, nonceOf(entry).toString('hex'))
    .some((proof) => timingSafeEqual(proof.subarray(0, PROOF_BYTES), given))
}

function nonceOf(entry: string): Buffer {
  return Buffer.from(entry, 'base64url').subarray(0, NONCE_BYTES)
}
