import { describe, expect, it } from 'vitest'
import { newId } from './ids.ts'

const COUNT = 50_000

describe('newId', () => {
  const before = Date.now()
  const ids = Array.from({ length: COUNT }, newId)

  it('is a UUID of version 7', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(ids.filter((id) => !form.test(id))).toEqual([])
  })

  it('begins with the time of its making', () => {
    const ms = Number.parseInt(ids[0]?.replace('-', '').slice(0, 12) ?? '', 16)
    expect(ms - before).toBeGreaterThanOrEqual(0)
    expect(ms - before).toBeLessThan(1000)
  })

  it('is greater than the one before, and never the same', () => {
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(COUNT)
  })

  it('is not guessed from the one before', () => {
    const tails = new Set(ids.map((id) => id.slice(19)))
    expect(tails.size).toBe(COUNT)
  })
})
