/**
 * Units of a limit, taken from the store several at a time and handed out here: the store is asked for one request of
 * many. What is given out never exceeds the limit, however many processes share it; what a process has taken and not
 * given out when the window ends is lost, a fiftieth of the limit at most. Small limits, which guard passwords, are
 * asked for one by one.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'
import type { Consumed, Limit, Store } from './store.ts'

const SHARE = 1 / 50
const MAX_KEYS = 50_000

interface Lease {
  left: number
  /** Units of the limit that nobody has taken, as the store last said. */
  untaken: number
  endsAtMs: number
}

/** As `Store.consume` with a cost of one. */
export type ConsumeOne = (key: string, limit: Omit<Limit, 'cost'>) => Promise<Consumed>

export function createLeases(store: Pick<Store, 'consume'>, clock: Clock): ConsumeOne {
  const leases = new LRUCache<string, Lease>({ max: MAX_KEYS })

  async function take(key: string, limit: Omit<Limit, 'cost'>, units: number): Promise<Consumed> {
    const taken = await store.consume(key, { ...limit, cost: units })
    if (!taken.allowed) return store.consume(key, { ...limit, cost: 1 })
    // The store rounds up: a second less, or a lease would be spent in the window after its own.
    const endsAtMs = clock.now().getTime() + (taken.resetSeconds - 1) * 1000
    const other = leases.get(key)
    const left = units - 1 + (other !== undefined && other.endsAtMs > clock.now().getTime() ? other.left : 0)
    leases.set(key, { left, untaken: taken.remaining, endsAtMs })
    return { ...taken, remaining: taken.remaining + left }
  }

  return async (key, limit) => {
    const units = Math.floor(limit.limit * SHARE)
    if (units < 2) return store.consume(key, { ...limit, cost: 1 })
    const lease = leases.get(key)
    const leftMs = lease === undefined ? 0 : lease.endsAtMs - clock.now().getTime()
    if (lease === undefined || lease.left === 0 || leftMs <= 0) return take(key, limit, units)
    lease.left -= 1
    return {
      allowed: true,
      limit: limit.limit,
      remaining: lease.untaken + lease.left,
      resetSeconds: Math.ceil(leftMs / 1000) + 1,
    }
  }
}
