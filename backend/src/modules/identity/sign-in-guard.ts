/**
 * Against guessing passwords. Failures are counted for an e-mail, whether or not somebody has it, in two ways: from
 * where they come, and over all places together. The more, the longer the wait. A browser that the person has signed in
 * with brings a cookie (device-cookie.ts) and is counted by that alone; a program, or a browser that has lost it, by
 * what it calls itself and its network, where the person is known to come from there. However much is guessed elsewhere,
 * their owner is not kept out; and whoever has lost every known device comes in by resetting the password, since that
 * device is known then.
 */
import { createHash } from 'node:crypto'
import { AppError } from '../../platform/errors.ts'
import type { Limit, Store } from '../../platform/store.ts'
import { networkOf } from '../../plugins/rate-limit.ts'

/** Failures of one place for one e-mail: then a minute, a quarter of an hour, six hours. */
const FROM_ONE_PLACE: readonly Limit[] = [
  { limit: 10, windowSeconds: 60 },
  { limit: 20, windowSeconds: 900 },
  { limit: 40, windowSeconds: 6 * 3600 },
]
/** Failures of all unknown places together. */
const FROM_EVERYWHERE: readonly Limit[] = [
  { limit: 100, windowSeconds: 3600 },
  { limit: 400, windowSeconds: 24 * 3600 },
]
/** Failures of unknown devices of one network, whatever the e-mail: one that tries many. */
const FROM_ONE_NETWORK: readonly Limit[] = [{ limit: 60, windowSeconds: 600 }]

export interface Attempt {
  /** It was no guess: nothing is counted. */
  succeeded(): Promise<void>
}

/**
 * Counts a sign-in as a failure until it is known to be none, so that many at once are counted too.
 * @param who.known what a device is counted by that the person is known to use
 * @throws AppError too_many_requests with Retry-After
 */
export async function beginAttempt(
  store: Store,
  who: { email: string; ip: string | null; known: string | null },
): Promise<Attempt> {
  const email = digestOf(who.email)
  const network = networkOf(who.ip ?? 'nowhere')
  const counters =
    who.known === null
      ? [
          ...countersOf(`${email}:${network}`, FROM_ONE_PLACE),
          ...countersOf(email, FROM_EVERYWHERE),
          ...countersOf(network, FROM_ONE_NETWORK),
        ]
      : countersOf(who.known, FROM_ONE_PLACE)
  return spend(store, counters)
}

/**
 * The same for operators, whose code is asked for with the password: only what one network tries is counted, so that
 * nobody can keep them from their server.
 */
export function beginOperatorAttempt(
  store: Store,
  who: { email: string; ip: string | null },
): Promise<Attempt> {
  const place = `operator:${digestOf(who.email)}:${networkOf(who.ip ?? 'nowhere')}`
  return spend(store, countersOf(place, FROM_ONE_PLACE))
}

interface Counter {
  key: string
  limit: Limit
}

function countersOf(subject: string, limits: readonly Limit[]): Counter[] {
  return limits.map((limit) => ({ key: `guess:${limit.windowSeconds}:${subject}`, limit }))
}

/** An e-mail is nobody's business in a cache. */
export function digestOf(email: string): string {
  return createHash('sha256').update(email).digest('base64url').slice(0, 22)
}

async function spend(store: Store, counters: readonly Counter[]): Promise<Attempt> {
  const taken: Counter[] = []
  const giveBack = async (): Promise<void> => {
    for (const { key, limit } of taken) await store.consume(key, { ...limit, cost: -1 })
  }
  for (const counter of counters) {
    const { allowed, resetSeconds } = await store.consume(counter.key, counter.limit)
    if (!allowed) {
      await giveBack()
      throw new AppError('too_many_requests', {
        detail: `Too many attempts; try again in ${resetSeconds} seconds`,
        headers: { 'retry-after': String(Math.max(1, resetSeconds)) },
      })
    }
    taken.push(counter)
  }
  return { succeeded: giveBack }
}
