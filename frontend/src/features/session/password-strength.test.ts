import { describe, expect, it } from 'vitest'
import { strengthOf } from './password-strength.ts'

describe('strengthOf', () => {
  it.each([
    ['', 0],
    ['curta1!', 0],
    ['aaaaaaaaaaaa', 1],
    ['12345678', 1],
    ['abcdefghijkl', 1],
    ['uma senha bem comprida', 4],
    ['T7#kq9!vLm2x', 4],
  ])('%j is %d', (password, strength) => {
    expect(strengthOf(password)).toBe(strength)
  })

  it('grows with length', () => {
    const steps = ['kbtzmwqa', 'kbtzmwqapdhv', 'kbtzmwqapdhvxngj'].map((text) => strengthOf(text))
    expect(steps).toEqual([...steps].sort())
    expect(new Set(steps).size).toBe(3)
  })

  it('counts what is known about the person for nothing', () => {
    const personal = ['Marina Duarte', 'marina.duarte@example.com']
    expect(strengthOf('marinaduarte', personal)).toBe(1)
    expect(strengthOf('marinaduarte')).toBeGreaterThan(1)
  })
})
