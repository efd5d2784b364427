/**
 * Passwords: bcrypt over a SHA-384 digest. bcrypt reads 72 bytes and no more, and stops at a zero byte, so it gets the
 * digest in base64 (64 characters): nothing of a long password is ignored.
 */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/bcrypt'
import { createGate } from '../../platform/gate.ts'

function digest(password: string): string {
  return createHash('sha384').update(password.normalize('NFKC'), 'utf8').digest('base64')
}

/**
 * One core is left for everything else, and at most three of libuv's four threads are taken: a flood of sign-ins waits in
 * its own line, and where that is too long it is told to come back.
 */
const places = Math.max(1, Math.min(3, availableParallelism() - 1))
const gate = createGate({ places, waiting: 40 * places })

export function hashPassword(password: string, rounds: number): Promise<string> {
  return gate.run(() => hash(digest(password), rounds))
}

/**
 * Compares in the same time whether or not there is such a person.
 * @param stored null when nobody has that e-mail: a hash of the same cost is verified, and the answer is false
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  rounds: number,
): Promise<boolean> {
  if (stored === null) {
    const stranger = await nobody(rounds)
    await gate.run(() => verify(digest(password), stranger))
    return false
  }
  return gate.run(() => verify(digest(password), stored))
}

const nobodies = new Map<number, Promise<string>>()

function nobody(rounds: number): Promise<string> {
  let known = nobodies.get(rounds)
  if (!known) {
    known = hash(digest('nobody has this password'), rounds)
    nobodies.set(rounds, known)
  }
  return known
}
