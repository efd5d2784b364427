/**
 * Passwords: bcrypt over a SHA-384 digest. bcrypt reads 72 bytes and no more, and stops at a zero byte, so it gets the
 * digest in base64 (64 characters): nothing of a long password is ignored.
 */
import { createHash } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'

function digest(password: string): string {
  return createHash('sha384').update(password.normalize('NFKC'), 'utf8').digest('base64')
}

export function hashPassword(password: string, rounds: number): Promise<string> {
  return hash(digest(password), rounds)
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
    await verify(digest(password), await nobody(rounds))
    return false
  }
  return verify(digest(password), stored)
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
