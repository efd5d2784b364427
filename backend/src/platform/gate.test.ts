import { describe, expect, it } from 'vitest'
import { AppError } from './errors.ts'
import { createGate } from './gate.ts'

describe('a gate', () => {
  it('lets so many in at once, has so many wait in order, and turns the rest away', async () => {
    const gate = createGate({ places: 2, waiting: 3 })
    let inside = 0
    let most = 0
    const order: number[] = []
    const leave: (() => void)[] = []
    const come = (n: number): Promise<void> =>
      gate.run(async () => {
        inside += 1
        most = Math.max(most, inside)
        order.push(n)
        await new Promise<void>((resolve) => void leave.push(resolve))
        inside -= 1
      })
    const all = [0, 1, 2, 3, 4, 5].map(come)
    const refused = await all[5]?.catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AppError)
    expect((refused as AppError).code).toBe('unavailable')
    expect((refused as AppError).details.headers).toEqual({ 'retry-after': '2' })
    for (let left = 5; left > 0; left -= 1) {
      leave.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(all.slice(0, 5))
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4]])
    // Free again.
    expect(await gate.run(() => Promise.resolve('in'))).toBe('in')
  })

  it('frees its place when the work fails', async () => {
    const gate = createGate({ places: 1, waiting: 0 })
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await gate.run(() => Promise.resolve(1))).toBe(1)
  })
})
