import { describe, expect, it } from 'vitest'
import { fixedClock } from './clock.ts'
import { keptAnswer } from './kept-answer.ts'

const clock = fixedClock('2026-11-27T12:00:00Z')

/** Counts how often it was asked; answers when it is told to. */
function asked() {
  const waiting: PromiseWithResolvers<number>[] = []
  const ask = (): Promise<number> => {
    const next = Promise.withResolvers<number>()
    waiting.push(next)
    return next.promise
  }
  return { ask, waiting }
}

describe('an answer that is kept', () => {
  it('is asked for once by whoever comes within its time, and anew after it', async () => {
    const { ask, waiting } = asked()
    const read = keptAnswer(clock, 3000, ask)
    const flood = Array.from({ length: 100 }, () => read())
    expect(waiting).toHaveLength(1)
    waiting[0]?.resolve(1)
    expect(new Set(await Promise.all(flood))).toEqual(new Set([1]))
    clock.advance(2999)
    expect(await read()).toBe(1)
    expect(waiting).toHaveLength(1)
    clock.advance(1)
    const next = read()
    waiting[1]?.resolve(2)
    expect(await next).toBe(2)
  })

  it('is no failure: the next one asks again', async () => {
    const { ask, waiting } = asked()
    const read = keptAnswer(clock, 3000, ask)
    const both = Promise.allSettled([read(), read()])
    expect(waiting).toHaveLength(1)
    waiting[0]?.reject(new Error('away'))
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = read()
    waiting[1]?.resolve(1)
    expect(await next).toBe(1)
  })

  it('does not count where the clock was set back, nor with no time at all', async () => {
    let calls = 0
    const count = (): Promise<number> => Promise.resolve((calls += 1))
    const read = keptAnswer(clock, 3000, count)
    await read()
    clock.advance(-60_000)
    expect(await read()).toBe(2)
    const never = keptAnswer(clock, 0, count)
    await never()
    expect(await never()).toBe(4)
  })
})
