import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { startTestRedis, type TestRedis } from '../../test/redis-server.ts'
import { fixedClock } from './clock.ts'
import type { Store } from './store.ts'
import { createMemoryStore } from './store-memory.ts'
import { createRedisStore } from './store-redis.ts'

const log = pino({ level: 'silent' })
const FENCE_MS = 300

/** What the suite needs to know of an implementation: how to make one, and how time passes in it. */
interface Subject {
  start(): Promise<void>
  create(): Promise<Store>
  pass(ms: number): Promise<void>
  stop(): Promise<void>
}

function memorySubject(): Subject {
  const clock = fixedClock('2026-03-01T12:00:00Z')
  return {
    start: async () => undefined,
    create: async () => createMemoryStore({ clock, maxEntries: 1000, fenceMs: FENCE_MS }),
    pass: async (ms) => clock.advance(ms),
    stop: async () => undefined,
  }
}

let redis: TestRedis

function redisSubject(): Subject {
  return {
    start: async () => {
      redis = await startTestRedis()
    },
    async create() {
      await redis.flush()
      // Patient: what is asked here is not how long it waits, and the machine may be busy.
      return connected(2000)
    },
    // Redis has a clock of its own, so here time really passes.
    pass: (ms) => wait(ms + 20),
    stop: () => redis.stop(),
  }
}

async function connected(timeoutMs = 150): Promise<Store> {
  const store = createRedisStore({ url: redis.url, log, fenceMs: FENCE_MS, timeoutMs })
  await untilUp(store)
  return store
}

async function untilUp(store: Store): Promise<void> {
  await expect.poll(() => store.health(), { timeout: 10_000, interval: 10 }).toBe('up')
}

describe.each([
  ['in-process', memorySubject],
  ['Redis', redisSubject],
])('a store (%s)', (_name, subjectOf) => {
  const subject = subjectOf()
  let store: Store
  beforeAll(() => subject.start())
  beforeEach(async () => {
    store = await subject.create()
  })
  afterEach(() => store.close())
  afterAll(() => subject.stop())

  it('is up', async () => {
    expect(await store.health()).toBe('up')
  })

  it('answers what was set, and null for what was not', async () => {
    await store.set('a:1', 'Olá | "ção" \u0000 😀', 60)
    expect(await store.get('a:1')).toBe('Olá | "ção" \u0000 😀')
    expect(await store.get('a:2')).toBeNull()
  })

  it('keeps an empty value, and the newer of two', async () => {
    await store.set('a', 'old', 60)
    await store.set('a', '', 60)
    expect(await store.get('a')).toBe('')
  })

  it('forgets a value after its time to live', async () => {
    await store.set('short', 'x', 0.2)
    await store.set('long', 'y', 60)
    await store.set('never', 'z', 0)
    await subject.pass(200)
    expect(await store.get('short')).toBeNull()
    expect(await store.get('long')).toBe('y')
    expect(await store.get('never')).toBeNull()
  })

  it('deletes several keys at once, and none is fine', async () => {
    await store.set('a', '1', 60)
    await store.set('b', '2', 60)
    await store.set('c', '3', 60)
    await store.delete()
    await store.delete('a', 'b', 'unknown')
    expect(await Promise.all([store.get('a'), store.get('b'), store.get('c')])).toEqual([null, null, '3'])
  })

  it('drops what a slow reader writes back right after a delete, and takes it later', async () => {
    await store.set('session', 'active', 60)
    await store.delete('session')
    await store.set('session', 'active', 60)
    expect(await store.get('session')).toBeNull()
    await subject.pass(FENCE_MS)
    await store.set('session', 'renewed', 60)
    expect(await store.get('session')).toBe('renewed')
  })

  it('allows as many as the limit says, and tells what is left', async () => {
    const limit = { limit: 3, windowSeconds: 60 }
    expect(await store.consume('k', limit)).toEqual({
      allowed: true,
      limit: 3,
      remaining: 2,
      resetSeconds: 60,
    })
    expect(await store.consume('k', limit)).toMatchObject({ allowed: true, remaining: 1 })
    expect(await store.consume('k', limit)).toMatchObject({ allowed: true, remaining: 0 })
    expect(await store.consume('k', limit)).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 60 })
    expect(await store.consume('other', limit)).toMatchObject({ allowed: true, remaining: 2 })
  })

  it('begins again when the window has ended, and refusals do not prolong it', async () => {
    const limit = { limit: 1, windowSeconds: 1 }
    await store.consume('k', limit)
    await subject.pass(600)
    expect(await store.consume('k', limit)).toMatchObject({ allowed: false, resetSeconds: 1 })
    await subject.pass(400)
    expect(await store.consume('k', limit)).toMatchObject({ allowed: true, remaining: 0 })
  })

  it('takes several units or none', async () => {
    const limit = { limit: 10, windowSeconds: 60 }
    expect(await store.consume('k', { ...limit, cost: 7 })).toMatchObject({ allowed: true, remaining: 3 })
    expect(await store.consume('k', { ...limit, cost: 4 })).toMatchObject({ allowed: false, remaining: 3 })
    expect(await store.consume('k', { ...limit, cost: 3 })).toMatchObject({ allowed: true, remaining: 0 })
  })

  it('asks without counting at cost 0, and takes units back at a negative cost', async () => {
    const limit = { limit: 1, windowSeconds: 60 }
    expect(await store.consume('k', { ...limit, cost: 0 })).toMatchObject({ allowed: true, remaining: 1 })
    await store.consume('k', limit)
    expect(await store.consume('k', { ...limit, cost: 0 })).toMatchObject({ allowed: false, remaining: 0 })
    expect(await store.consume('k', { ...limit, cost: -5 })).toMatchObject({ allowed: true, remaining: 1 })
    expect(await store.consume('k', limit)).toMatchObject({ allowed: true, remaining: 0 })
  })

  it('never allows more than the limit, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => store.consume('k', { limit: 25, windowSeconds: 60 })),
    )
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(25)
  })

  it('keeps counters and cached values apart', async () => {
    await store.consume('k', { limit: 5, windowSeconds: 60 })
    expect(await store.get('k')).toBeNull()
    await store.delete('k')
    expect(await store.consume('k', { limit: 5, windowSeconds: 60 })).toMatchObject({ remaining: 3 })
  })
})

describe('the in-process store', () => {
  it('holds no more than it may, and forgets what was used least recently', async () => {
    const store = createMemoryStore({ clock: fixedClock('2026-03-01T12:00:00Z'), maxEntries: 2 })
    await store.set('a', '1', 60)
    await store.set('b', '2', 60)
    await store.get('a')
    await store.set('c', '3', 60)
    expect(await Promise.all([store.get('a'), store.get('b'), store.get('c')])).toEqual(['1', null, '3'])
  })
})

describe('the Redis store, with Redis going away', () => {
  const stores: Store[] = []
  async function open(): Promise<Store> {
    const store = await connected()
    stores.push(store)
    return store
  }
  beforeAll(async () => {
    redis = await startTestRedis()
  })
  beforeEach(() => redis.flush())
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
  })
  afterAll(() => redis.stop())

  /** Two processes, and a session that both can see. */
  async function openWithSession(): Promise<[Store, Store]> {
    const stores: [Store, Store] = [await open(), await open()]
    for (const store of stores) await store.get('session')
    await stores[0].set('session', 'active', 60)
    for (const store of stores) expect(await store.get('session')).toBe('active')
    return stores
  }

  /** Asks until the store is back, and hands over every answer that it gave on the way. */
  async function answersUntilUp(store: Store, key: string): Promise<Set<string | null>> {
    const answers = new Set<string | null>()
    const endMs = Date.now() + 10_000
    let state = 'down'
    while (state === 'down' && Date.now() < endMs) {
      answers.add(await store.get(key))
      state = await store.health()
      await wait(2)
    }
    expect(state).toBe('up')
    for (let i = 0; i < 50; i += 1) answers.add(await store.get(key))
    return answers
  }

  it('shares values, deletes and counters between processes', async () => {
    const [a, b] = [await open(), await open()]
    expect(await a.get('k')).toBeNull()
    await a.set('k', 'v', 60)
    expect(await b.get('k')).toBe('v')
    await b.delete('k')
    expect(await a.get('k')).toBeNull()
    await a.consume('k', { limit: 5, windowSeconds: 60 })
    expect(await b.consume('k', { limit: 5, windowSeconds: 60 })).toMatchObject({ remaining: 3 })
  })

  it('answers at once and throws nothing while Redis is dead, and recovers by itself', async () => {
    const store = await open()
    await store.set('k', 'v', 60)
    await redis.kill()
    await store.get('k')
    const startedMs = performance.now()
    for (let i = 0; i < 100; i += 1) {
      await store.set('k', 'w', 60)
      expect(await store.get('k')).toBeNull()
      await store.delete('other')
    }
    // Three hundred waits would take 45 s: this tells that there was none, not how fast the machine is.
    expect(performance.now() - startedMs).toBeLessThan(10_000)
    expect(await store.health()).toBe('down')
    await redis.start()
    await untilUp(store)
    await store.set('k', 'again', 60)
    expect(await store.get('k')).toBe('again')
  })

  it('can be made before Redis is there', async () => {
    await redis.kill()
    const store = createRedisStore({ url: redis.url, log })
    stores.push(store)
    expect(await store.get('k')).toBeNull()
    await redis.start()
    await untilUp(store)
  })

  it('still limits while Redis is dead', async () => {
    const store = await open()
    await redis.kill()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => store.consume('k', { limit: 10, windowSeconds: 60 })),
    )
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(10)
    await redis.start()
  })

  it('waits for a stopped Redis once, not at each call', async () => {
    const store = await open()
    redis.pause()
    try {
      const startedMs = performance.now()
      for (let i = 0; i < 200; i += 1) expect(await store.get('k')).toBeNull()
      // Two hundred waits would take 30 s.
      expect(performance.now() - startedMs).toBeLessThan(10_000)
    } finally {
      redis.resume()
    }
    await untilUp(store)
  })

  it('never brings back what was deleted while Redis was dead, though its data comes back', async () => {
    const [a, b] = await openWithSession()
    await a.set('another', 'active', 60)
    await redis.kill()
    await a.delete('session')
    await redis.start()
    expect(await redis.command('GET', 'chronos:cache:another')).toContain('active')
    const answers = await Promise.all([answersUntilUp(a, 'session'), answersUntilUp(b, 'session')])
    expect(answers).toEqual([new Set([null]), new Set([null])])
  })

  it('holds the fence of a delete that Redis missed', async () => {
    const [a, b] = await openWithSession()
    await redis.kill()
    await a.delete('session')
    await redis.start()
    await Promise.all([untilUp(a), untilUp(b)])
    await b.get('session')
    await b.set('session', 'active', 60)
    expect(await b.get('session')).toBeNull()
  })

  it('never brings it back when the process that deleted it is gone', async () => {
    const [a, b] = await openWithSession()
    await redis.kill()
    await a.delete('session')
    await a.close()
    await redis.start()
    expect(await answersUntilUp(b, 'session')).toEqual(new Set([null]))
    expect(await (await open()).get('session')).toBeNull()
  })

  it('never brings back what was deleted while Redis was stopped', async () => {
    const [a, b] = await openWithSession()
    redis.pause()
    // A reader that had loaded the session writes it while nothing answers: it may arrive after the delete.
    await Promise.all([a.delete('session'), b.set('session', 'active', 60)])
    redis.resume()
    const answers = await Promise.all([answersUntilUp(a, 'session'), answersUntilUp(b, 'session')])
    expect(answers).toEqual([new Set([null]), new Set([null])])
  })

  it('remembers a delete that Redis refused', async () => {
    const store = await open()
    await store.set('session', 'active', 60)
    await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '1')
    await store.delete('session')
    expect(await store.get('session')).toBeNull()
    await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '0')
    expect(await answersUntilUp(store, 'session')).toEqual(new Set([null]))
  })

  it('does not take a busy process for a slow Redis', async () => {
    const store = await open()
    await store.set('k', 'v', 60)
    const answer = store.get('k')
    const busyUntilMs = Date.now() + 400
    while (Date.now() < busyUntilMs);
    expect(await answer).toBe('v')
    expect(await store.get('k')).toBe('v')
  })
})
