import { describe, expect, it } from 'vitest'
import { fixedClock } from './clock.ts'
import { createLeases } from './leases.ts'
import { createMemoryStore } from './store-memory.ts'
import type { Limit } from './store.ts'

const LIMIT = { limit: 200, windowSeconds: 60 }

function setup() {
  const clock = fixedClock('2026-03-01T12:00:00Z')
  const store = createMemoryStore({ clock, maxEntries: 100 })
  let asked = 0
  const counted = {
    consume: (key: string, limit: Limit) => {
      asked += 1
      return store.consume(key, limit)
    },
  }
  return {
    clock,
    counted,
    process: () => createLeases(counted, clock).take,
    leases: () => createLeases(counted, clock),
    asked: () => asked,
  }
}

describe('createLeases', () => {
  it('asks the store for one request of many, and says what is left as if it had asked each time', async () => {
    const { process, asked } = setup()
    const consume = process()
    const answers = []
    for (let i = 0; i < 8; i += 1) answers.push(await consume('a', LIMIT))
    expect(answers.map(({ remaining }) => remaining)).toEqual([199, 198, 197, 196, 195, 194, 193, 192])
    expect(answers.map(({ resetSeconds }) => resetSeconds)).toEqual(Array(8).fill(60))
    expect(asked()).toBe(2)
  })

  it('never gives out more than the limit, however many processes share it', async () => {
    const { process } = setup()
    const processes = [process(), process(), process()]
    let allowed = 0
    for (let i = 0; i < 600; i += 1) {
      const consume = processes[i % 3]
      if ((await consume?.('a', LIMIT))?.allowed === true) allowed += 1
    }
    expect(allowed).toBe(200)
  })

  it('gives out what was taken at the same moment, and no more', async () => {
    const { process } = setup()
    const consume = process()
    const answers = await Promise.all(Array.from({ length: 300 }, () => consume('a', LIMIT)))
    const later = []
    for (let i = 0; i < 300; i += 1) later.push(await consume('a', LIMIT))
    const allowed = [...answers, ...later].filter((answer) => answer.allowed).length
    expect(allowed).toBe(200)
  })

  it('begins anew with the window, and takes no unit along', async () => {
    const { clock, process } = setup()
    const consume = process()
    await consume('a', LIMIT)
    clock.advance(60_000)
    expect((await consume('a', LIMIT)).remaining).toBe(199)
  })

  it('refuses nobody in the last second of a window for what others could have taken', async () => {
    const { clock, process } = setup()
    const consume = process()
    await consume('a', LIMIT)
    clock.advance(59_500)
    const answers = []
    for (let i = 0; i < 150; i += 1) answers.push(await consume('a', LIMIT))
    expect(answers.filter(({ allowed }) => !allowed)).toEqual([])
  })

  it('takes units back, whether they were leased or asked for one by one', async () => {
    for (const limit of [LIMIT, { limit: 10, windowSeconds: 60 }]) {
      const { leases } = setup()
      const { take, giveBack } = leases()
      for (let i = 0; i < 500; i += 1) {
        expect(await take('a', limit)).toMatchObject({ allowed: true, remaining: limit.limit - 1 })
        await giveBack('a', limit)
      }
    }
  })

  it('asks one by one where the limit is small', async () => {
    const { process, asked } = setup()
    const consume = process()
    for (let i = 0; i < 5; i += 1) await consume('a', { limit: 10, windowSeconds: 60 })
    expect(asked()).toBe(5)
  })
})
