/**
 * A place for what may be lost: cached sessions and counters. PostgreSQL stays the truth.
 *
 * What holds, in both implementations:
 * - No call throws or hangs. A store that cannot answer answers as if it were empty.
 * - `set` is a hint, it may be dropped at any time; what it stored lives `ttlSeconds` at most.
 * - After `delete(key)` has returned, no `get` of this process, and none of a process that can reach the same Redis,
 *   answers a value that was set before: see store-redis.ts for how, and for the one bound.
 * - For `FENCE_MS` after a delete, `set` of the same key is dropped: a reader that loaded the value before the change
 *   may be about to write it back. Loading must be faster than the fence.
 * - `consume` counts even when the store is down, per process then: it never lets everything through.
 */
export interface Store {
  /** The value, or null: never set, ended, deleted, or the store cannot say. */
  get(key: string): Promise<string | null>
  /** Keeps a value for `ttlSeconds` (a positive number). */
  set(key: string, value: string, ttlSeconds: number): Promise<void>
  delete(...keys: string[]): Promise<void>
  /** Counts against a limit; see `Limit`. Counters and cached values never share a key. */
  consume(key: string, limit: Limit): Promise<Consumed>
  health(): Promise<'up' | 'down'>
  close(): Promise<void>
}

/** At most `limit` units in a window of `windowSeconds` that starts with the first of them. */
export interface Limit {
  limit: number
  windowSeconds: number
  /**
   * Units to take, 1 unless told. All or nothing: what is refused is not counted. 0 asks only whether one more would be
   * allowed; a negative cost gives units back.
   */
  cost?: number
}

export interface Consumed {
  allowed: boolean
  limit: number
  /** Units left in this window. */
  remaining: number
  /** Whole seconds until all of the limit is there again, rounded up. */
  resetSeconds: number
}

export const FENCE_MS = 10_000

/** The rule of a window, given what was used before; both implementations (one in Lua) follow it. */
export function spend(used: number, limit: number, cost: number): { allowed: boolean; used: number } {
  if (cost <= 0) {
    const left = Math.max(0, used + cost)
    return { allowed: left < limit, used: left }
  }
  return used + cost <= limit ? { allowed: true, used: used + cost } : { allowed: false, used }
}
