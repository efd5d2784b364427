/** The store of a single process. Bounded: where it is full, what was used least recently goes. */
import type { Clock } from './clock.ts'
import { FENCE_MS, spend, type Consumed, type Limit, type Store } from './store.ts'

export interface MemoryStoreOptions {
  clock: Clock
  /** Bound for cached values, and again for counters. */
  maxEntries: number
  fenceMs?: number
}

export function createMemoryStore({ clock, maxEntries, fenceMs = FENCE_MS }: MemoryStoreOptions): Store {
  const counters = createCounters({ clock, maxEntries })
  /** A null value is a fence: deleted, and not to be set for now. */
  const entries = new RecentMap<{ value: string | null; endsAtMs: number }>(maxEntries)
  const nowMs = (): number => clock.now().getTime()
  const live = (key: string) => {
    const entry = entries.get(key)
    return entry !== undefined && entry.endsAtMs > nowMs() ? entry : undefined
  }
  return {
    async get(key) {
      return live(key)?.value ?? null
    },
    async set(key, value, ttlSeconds) {
      if (!(ttlSeconds > 0) || live(key)?.value === null) return
      entries.set(key, { value, endsAtMs: nowMs() + ttlSeconds * 1000 })
    },
    async delete(...keys) {
      for (const key of keys) entries.set(key, { value: null, endsAtMs: nowMs() + fenceMs })
    },
    async consume(key, limit) {
      return counters.consume(key, limit)
    },
    async health() {
      return 'up'
    },
    async close() {
      entries.clear()
    },
  }
}

export interface Counters {
  consume(key: string, limit: Limit): Consumed
}

/** Windows counted inside this process: the memory store's, and what the Redis store falls back to. */
export function createCounters(options: { clock: Clock; maxEntries: number }): Counters {
  const windows = new RecentMap<{ used: number; endsAtMs: number }>(options.maxEntries)
  return {
    consume(key, { limit, windowSeconds, cost = 1 }) {
      const nowMs = options.clock.now().getTime()
      const open = windows.get(key)
      const window = open !== undefined && open.endsAtMs > nowMs ? open : null
      const endsAtMs = window?.endsAtMs ?? nowMs + windowSeconds * 1000
      const { allowed, used } = spend(window?.used ?? 0, limit, cost)
      if (window !== null || used > 0) windows.set(key, { used, endsAtMs })
      return {
        allowed,
        limit,
        remaining: Math.max(0, limit - used),
        resetSeconds: Math.ceil((endsAtMs - nowMs) / 1000),
      }
    },
  }
}

/** A map that forgets what was touched least recently once it holds more than `capacity`. */
class RecentMap<T> {
  readonly #capacity: number
  readonly #map = new Map<string, T>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: string): T | undefined {
    const value = this.#map.get(key)
    if (value === undefined) return undefined
    this.#map.delete(key)
    this.#map.set(key, value)
    return value
  }

  set(key: string, value: T): void {
    this.#map.delete(key)
    this.#map.set(key, value)
    if (this.#map.size <= this.#capacity) return
    const oldest = this.#map.keys().next()
    if (!oldest.done) this.#map.delete(oldest.value)
  }

  clear(): void {
    this.#map.clear()
  }
}
