/**
 * The store that processes share.
 *
 * A deleted value never comes back, although Redis may be away while it is deleted and may return with yesterday's
 * disk. What makes it so:
 * - Every value carries the epoch it was set in, and is read together with the current epoch: of another epoch, it is
 *   not there. Epochs are random, so a lost epoch is never met again.
 * - Whatever failure a process meets (a time-out, a lost connection, a refused delete) takes its link down, and the
 *   link comes back only after it has begun a new epoch. So after a restart of Redis each process forgets all that was
 *   cached before it reads anything, whether the delete that failed was its own or another's. A cached `set` that was
 *   still on its way through a stopped server lands in the old epoch.
 * - Deletes that failed are repeated with that, and no `get` is answered while one of them waits.
 * - A delete leaves a fence (store.ts) against readers that loaded before it.
 *
 * The bound: a process that cannot reach Redis cannot tell processes that can. Until it reaches it again, or another
 * takes its place (each first connection begins an epoch too), those serve the value up to its TTL. So what guards
 * access is cached for a minute at most.
 *
 * The price: one lost connection empties the cache for everybody, once.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { systemClock } from './clock.ts'
import { createRedisLink, isRefusal, type RedisAddress } from './redis-link.ts'
import { FENCE_MS, type Consumed, type Store } from './store.ts'
import { createCounters } from './store-memory.ts'

const EPOCH_KEY = 'chronos:epoch'
const CACHE_PREFIX = 'chronos:cache:'
const LIMIT_PREFIX = 'chronos:limit:'
/** No value looks like it: values begin with their epoch and a bar. */
const FENCE = 'x'
const TIMEOUT_MS = 150
/** More failed deletes than this are covered by the new epoch alone. */
const MAX_PENDING = 10_000

const SET_UNLESS_FENCED = `
if redis.call('GET', KEYS[1]) == '${FENCE}' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`

// DEL first: a Redis that is out of memory refuses SET and still deletes.
const DELETE_AND_FENCE = `
for _, key in ipairs(KEYS) do
  redis.call('DEL', key)
  redis.pcall('SET', key, '${FENCE}', 'PX', ARGV[1])
end
return #KEYS`

const CONSUME = `
local limit, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local used, left, allowed = 0, redis.call('PTTL', KEYS[1]), 0
if left > 0 then used = tonumber(redis.call('GET', KEYS[1])) or 0 else left = window end
local before = used
if cost <= 0 then
  used = math.max(0, used + cost)
  if used < limit then allowed = 1 end
elseif used + cost <= limit then
  used = used + cost
  allowed = 1
end
if used ~= before then redis.call('SET', KEYS[1], used, 'PX', left) end
return {allowed, used, left}`

export interface RedisStoreOptions extends RedisAddress {
  fenceMs?: number
  timeoutMs?: number
}

export function createRedisStore(options: RedisStoreOptions): Store {
  const fenceMs = options.fenceMs ?? FENCE_MS
  const counters = createCounters({ clock: systemClock, maxEntries: 50_000 })
  const pending = new Set<string>()
  let epoch: string = randomUUID()

  const link = createRedisLink({
    ...options,
    name: 'store',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    batched: true,
    async prepare(client) {
      epoch = randomUUID()
      await client.set(EPOCH_KEY, epoch)
      await deletePending(client)
    },
  })

  async function deletePending(client: Redis): Promise<void> {
    const keys = [...pending]
    if (keys.length === 0) return
    await client.eval(DELETE_AND_FENCE, keys.length, ...keys, fenceMs)
    for (const key of keys) pending.delete(key)
  }

  return {
    async get(key) {
      try {
        if (pending.size > 0) await link.run(deletePending)
        const [current, value] = await link.run((client) => client.mget(EPOCH_KEY, CACHE_PREFIX + key))
        if (typeof current !== 'string') {
          link.fail('the epoch is gone')
          return null
        }
        epoch = current
        return value?.startsWith(`${current}|`) ? value.slice(current.length + 1) : null
      } catch (error) {
        link.fail(String(error))
        return null
      }
    },

    async set(key, value, ttlSeconds) {
      if (!(ttlSeconds > 0)) return
      const ttlMs = Math.ceil(ttlSeconds * 1000)
      try {
        await link.run((client) =>
          client.eval(SET_UNLESS_FENCED, 1, CACHE_PREFIX + key, `${epoch}|${value}`, ttlMs),
        )
      } catch {
        // Refused (out of memory, say) is dropped; anything else has taken the link down.
      }
    },

    async delete(...keys) {
      if (keys.length === 0) return
      const names = keys.map((key) => CACHE_PREFIX + key)
      try {
        await link.run((client) => client.eval(DELETE_AND_FENCE, names.length, ...names, fenceMs))
      } catch (error) {
        for (const name of names) if (pending.size < MAX_PENDING) pending.add(name)
        link.fail(String(error))
      }
    },

    async consume(key, limit) {
      const { limit: most, windowSeconds, cost = 1 } = limit
      try {
        const reply = await link.run((client) =>
          client.eval(CONSUME, 1, LIMIT_PREFIX + key, most, Math.ceil(windowSeconds * 1000), cost),
        )
        return consumed(reply as [number, number, number], most)
      } catch (error) {
        if (isRefusal(error)) link.fail(String(error))
        return counters.consume(key, limit)
      }
    },

    async health() {
      try {
        await link.run((client) => client.ping())
        return 'up'
      } catch {
        return 'down'
      }
    },

    async close() {
      try {
        await link.run(deletePending)
      } catch {
        if (pending.size > 0)
          options.log.warn({ keys: pending.size }, 'Closed with deletes that Redis never took')
      }
      link.close()
    },
  }
}

function consumed([allowed, used, leftMs]: [number, number, number], limit: number): Consumed {
  return {
    allowed: allowed === 1,
    limit,
    remaining: Math.max(0, limit - used),
    resetSeconds: Math.ceil(leftMs / 1000),
  }
}
