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

export interface Leases {
  /** As `Store.consume` with a cost of one. */
  take(key: string, limit: Omit<Limit, 'cost'>): Promise<Consumed>
  /** Puts a unit back that was taken and not used. */
  giveBack(key: string, limit: Omit<Limit, 'cost'>): Promise<void>
}

export function createLeases(store: Pick<Store, 'consume'>, clock: Clock): Leases {
  const leases = new LRUCache<string, Lease>({ max: MAX_KEYS })

  async function lease(key: string, limit: Omit<Limit, 'cost'>, units: number): Promise<Consumed> {
    const taken = await store.consume(key, { ...limit, cost: units })
    if (!taken.allowed) return store.consume(key, { ...limit, cost: 1 })
    // The store rounds up: a second less, or a lease would be spent in the window after its own.
    const endsAtMs = clock.now().getTime() + (taken.resetSeconds - 1) * 1000
    const other = leases.get(key)
    const left = units - 1 + (other !== undefined && other.endsAtMs > clock.now().getTime() ? other.left : 0)
    leases.set(key, { left, untaken: taken.remaining, endsAtMs })
    return { ...taken, remaining: taken.remaining + left }
  }

  return {
    async take(key, limit) {
      const units = unitsOf(limit)
      if (units < 2) return store.consume(key, { ...limit, cost: 1 })
      const held = leases.get(key)
      const leftMs = held === undefined ? 0 : held.endsAtMs - clock.now().getTime()
      // The last second of a window, which a lease cannot outlive: fifty of them would take all that is left of it.
      if (held !== undefined && leftMs <= 0 && leftMs > -1000)
        return store.consume(key, { ...limit, cost: 1 })
      if (held === undefined || held.left === 0 || leftMs <= 0) return lease(key, limit, units)
      held.left -= 1
      return {
        allowed: true,
        limit: limit.limit,
        remaining: held.untaken + held.left,
        resetSeconds: Math.ceil(leftMs / 1000) + 1,
      }
    },
    async giveBack(key, limit) {
      if (unitsOf(limit) < 2) {
        await store.consume(key, { ...limit, cost: -1 })
        return
      }
      const held = leases.get(key)
      // One of a window that has ended is nobody's any more.
      if (held !== undefined && held.endsAtMs > clock.now().getTime()) held.left += 1
    },
  }
}

function unitsOf({ limit }: Omit<Limit, 'cost'>): number {
  return Math.floor(limit * SHARE)
}
