import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestRedis, type TestRedis } from '../../test/redis-server.ts'
import { fixedClock } from './clock.ts'
import type { BusEvent, EventBus } from './events.ts'
import { compareEventIds } from './events-log.ts'
import { createMemoryEventBus } from './events-memory.ts'
import { createRedisEventBus } from './events-redis.ts'

const log = pino({ level: 'silent' })
const TENANT = '0195a000-0000-7000-8000-00000000000a'
const OTHER = '0195a000-0000-7000-8000-00000000000b'
const HISTORY = 20

let redis: TestRedis
const open: EventBus[] = []

async function redisBus(): Promise<EventBus> {
  const bus = createRedisEventBus({ url: redis.url, log, history: HISTORY, timeoutMs: 1000 })
  open.push(bus)
  await untilUp(bus)
  return bus
}

function untilUp(bus: EventBus): Promise<void> {
  return expect.poll(() => bus.health(), { timeout: 10_000, interval: 5 }).toBe('up')
}

/** Collects what a subscription hears. */
function listen(bus: EventBus, tenantId = TENANT, lastEventId: string | null = null) {
  const heard: BusEvent[] = []
  const leave = bus.subscribe(tenantId, lastEventId, (event) => heard.push(event))
  const topics = (): string[] => [...new Set(heard.flatMap((event) => event.topics))].toSorted()
  const names = (): string[] => heard.map((event) => event.name)
  return { heard, leave, topics, names }
}

/** A message of another tenant that has gone through the whole bus: what was sent before it has arrived as well. */
async function settled(bus: EventBus, seenBy: EventBus = bus): Promise<void> {
  const probe = listen(seenBy, OTHER)
  bus.publish(OTHER, ['probe'])
  await expect.poll(() => probe.heard.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0)
  probe.leave()
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close()))
})

describe.each([
  [
    'in-process',
    async () => undefined,
    async () => createMemoryEventBus({ clock: fixedClock('2026-03-01T12:00:00Z'), log, history: HISTORY }),
    async () => undefined,
  ],
  [
    'Redis',
    async () => {
      redis = await startTestRedis()
    },
    async () => {
      await redis.flush()
      return redisBus()
    },
    () => redis.stop(),
  ],
])('an event bus (%s)', (_name, start, create, stop) => {
  let bus: EventBus
  beforeAll(start)
  beforeEach(async () => {
    bus = await create()
  })
  afterEach(() => bus.close())
  afterAll(stop)

  it('tells one tenant what has changed, and no other', async () => {
    const mine = listen(bus)
    const theirs = listen(bus, OTHER)
    bus.publish(TENANT, ['transactions', 'accounts'])
    await expect.poll(mine.topics).toEqual(['accounts', 'transactions'])
    expect(mine.names()).toEqual(['changed'])
    expect(theirs.heard).toEqual([])
  })

  it('joins what is published at once into one event, each topic once', async () => {
    const mine = listen(bus)
    for (let i = 0; i < 100; i += 1) bus.publish(TENANT, ['transactions', i % 2 === 0 ? 'audit' : 'budgets'])
    bus.publish(TENANT, [])
    await settled(bus)
    expect(mine.heard).toHaveLength(1)
    expect(mine.topics()).toEqual(['audit', 'budgets', 'transactions'])
  })

  it('gives ids that grow, as milliseconds and sequence', async () => {
    const mine = listen(bus)
    for (let i = 1; i <= 3; i += 1) {
      bus.publish(TENANT, ['transactions'])
      await expect.poll(() => mine.heard.length).toBe(i)
    }
    const ids = mine.heard.map((event) => event.id)
    expect(ids.every((id) => /^\d+-\d+$/.test(id))).toBe(true)
    expect(ids.toSorted(compareEventIds)).toEqual(ids)
    expect(new Set(ids).size).toBe(3)
    expect(bus.position()).toBe(ids.at(-1))
  })

  it('hands over what was missed since an id, as one event', async () => {
    const before = bus.position()
    bus.publish(TENANT, ['transactions'])
    await settled(bus)
    bus.publish(TENANT, ['accounts'])
    await settled(bus)
    const resumed = listen(bus, TENANT, before)
    expect(resumed.names()).toEqual(['changed'])
    expect(resumed.topics()).toEqual(['accounts', 'transactions'])
    expect(resumed.heard[0]?.id).toBe(bus.position())
  })

  it('hands over nothing where nothing was missed', async () => {
    bus.publish(TENANT, ['transactions'])
    await settled(bus)
    const position = bus.position()
    await settled(bus)
    expect(listen(bus, TENANT, position).heard).toEqual([])
    expect(listen(bus, TENANT, bus.position()).heard).toEqual([])
  })

  it.each(['1-1', '99999999999999-0', 'nonsense', '', '1-1-1', '-', '123'])(
    'says reset to an id that it does not know: %j',
    async (id) => {
      await settled(bus)
      const resumed = listen(bus, TENANT, id)
      expect(resumed.heard).toEqual([{ id: bus.position(), name: 'reset', topics: [] }])
    },
  )

  it('says reset to an id that is too old to be remembered', async () => {
    const before = bus.position()
    for (let i = 0; i < HISTORY * 2 + 2; i += 1) await settled(bus)
    expect(listen(bus, TENANT, before).names()).toEqual(['reset'])
  })

  it('says nothing more after leaving', async () => {
    const mine = listen(bus)
    mine.leave()
    mine.leave()
    bus.publish(TENANT, ['transactions'])
    await settled(bus)
    expect(mine.heard).toEqual([])
  })

  it('goes on when a listener fails', async () => {
    bus.subscribe(TENANT, null, () => {
      throw new Error('broken')
    })
    const mine = listen(bus)
    bus.publish(TENANT, ['transactions'])
    await expect.poll(mine.topics).toEqual(['transactions'])
  })

  it('wakes who waits for a channel, until they leave', async () => {
    let woken = 0
    const leave = bus.onPoke('jobs', () => {
      woken += 1
    })
    bus.poke('jobs')
    bus.poke('jobs')
    bus.poke('others')
    await settled(bus)
    expect(woken).toBe(1)
    leave()
    bus.poke('jobs')
    await settled(bus)
    expect(woken).toBe(1)
  })
})

describe('the Redis event bus, between processes and with Redis going away', () => {
  beforeAll(async () => {
    redis = await startTestRedis()
  })
  beforeEach(() => redis.flush())
  afterAll(() => redis.stop())

  it('tells the other processes, with the same id, and wakes them', async () => {
    const [a, b] = [await redisBus(), await redisBus()]
    const [here, there] = [listen(a), listen(b)]
    let woken = 0
    b.onPoke('jobs', () => {
      woken += 1
    })
    a.publish(TENANT, ['transactions'])
    a.poke('jobs')
    await expect.poll(() => [here.heard.length, there.heard.length]).toEqual([1, 1])
    expect(there.heard).toEqual(here.heard)
    expect(woken).toBe(1)
  })

  it('lets a browser resume at a process that has just started', async () => {
    const a = await redisBus()
    await settled(a)
    const seen = a.position()
    a.publish(TENANT, ['imports'])
    await settled(a)
    const resumed = listen(await redisBus(), TENANT, seen)
    expect(resumed.names()).toEqual(['changed'])
    expect(resumed.topics()).toEqual(['imports'])
  })

  it('serves its own listeners while Redis is dead, and the others when it is back', async () => {
    const [a, b] = [await redisBus(), await redisBus()]
    await settled(a, b)
    const [here, there] = [listen(a), listen(b)]
    await redis.kill()
    a.publish(TENANT, ['transactions'])
    a.poke('jobs')
    await expect.poll(here.topics).toEqual(['transactions'])
    a.publish(OTHER, ['accounts'])
    await wait(60)
    expect(here.heard).toHaveLength(1)
    await redis.start()
    // By the message itself, or by the reset that a restart brings if it was read with the history.
    await expect.poll(() => there.heard.length, { timeout: 10_000 }).toBeGreaterThan(0)
    await Promise.all([untilUp(a), untilUp(b)])
    await settled(a, b)
    await settled(b, a)
  })

  it.each([false, true])('says reset to everybody after a restart (data lost: %s)', async (empty) => {
    const [a, b] = [await redisBus(), await redisBus()]
    await settled(a, b)
    const seen = a.position()
    const [here, there] = [listen(a), listen(b)]
    await redis.kill()
    await redis.start({ empty })
    await expect.poll(here.names, { timeout: 10_000 }).toContain('reset')
    await expect.poll(there.names, { timeout: 10_000 }).toContain('reset')
    expect(listen(await redisBus(), TENANT, seen).names()).toEqual(['reset'])
    await untilUp(a)
    a.publish(TENANT, ['budgets'])
    await expect.poll(there.topics).toEqual(['budgets'])
  })

  it('loses nothing when a connection breaks and Redis does not', async () => {
    const [a, b] = [await redisBus(), await redisBus()]
    await settled(a, b)
    const there = listen(b)
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal')
    for (let i = 0; i < 10; i += 1) {
      a.publish(TENANT, [`topic-${i}`])
      await wait(30)
    }
    await expect.poll(() => there.topics().length, { timeout: 10_000 }).toBe(10)
    expect(there.names()).not.toContain('reset')
  })

  it('goes on after Redis was stopped for a while', async () => {
    const [a, b] = [await redisBus(), await redisBus()]
    await settled(a, b)
    const [here, there] = [listen(a), listen(b)]
    redis.pause()
    try {
      a.publish(TENANT, ['transactions'])
      await expect.poll(here.topics, { timeout: 2000 }).toEqual(['transactions'])
    } finally {
      redis.resume()
    }
    await expect.poll(there.topics, { timeout: 10_000 }).toEqual(['transactions'])
  })

  it('can be made before Redis is there', async () => {
    await redis.kill()
    const bus = createRedisEventBus({ url: redis.url, log })
    open.push(bus)
    const mine = listen(bus)
    bus.publish(TENANT, ['transactions'])
    await expect.poll(mine.topics).toEqual(['transactions'])
    await redis.start()
    await untilUp(bus)
    expect(mine.names()).toContain('reset')
  })

  it('sends what waits before it closes', async () => {
    const [a, b] = [await redisBus(), await redisBus()]
    await settled(a, b)
    const there = listen(b)
    a.publish(TENANT, ['transactions'])
    await a.close()
    await expect.poll(there.topics).toEqual(['transactions'])
  })

  it('takes a message that it cannot read for a reset', async () => {
    const bus = await redisBus()
    await settled(bus)
    const mine = listen(bus)
    await redis.command('XADD', 'chronos:events', '*', 'd', '{"from":1}')
    await expect.poll(mine.names).toEqual(['reset'])
  })
})
