import { describe, expect, it } from 'vitest'
import { formatMinutes } from './idle-minutes.ts'
import { formatBytes, moodOfUse, tightLimits, tightnessOf, usedPercent } from './usage.ts'

describe('formatBytes', () => {
  it('takes the unit that keeps the number short', () => {
    expect(formatBytes(0, 'en')).toBe('0 bytes')
    expect(formatBytes(1, 'en')).toBe('1 byte')
    expect(formatBytes(999, 'en')).toBe('999 bytes')
    expect(formatBytes(1500, 'en')).toBe('1.5 kB')
    expect(formatBytes(52_428_800, 'en')).toBe('52 MB')
    expect(formatBytes(5_000_000_000_000_000, 'en')).toBe('5,000 TB')
  })

  it('writes as the language does', () => {
    expect(formatBytes(1_500_000, 'pt-BR')).toBe('1,5 MB')
  })
})

describe('formatMinutes', () => {
  it('takes the largest unit of whole numbers', () => {
    expect(formatMinutes(15, 'en')).toBe('15 minutes')
    expect(formatMinutes(90, 'en')).toBe('90 minutes')
    expect(formatMinutes(60, 'en')).toBe('1 hour')
    expect(formatMinutes(240, 'pt-BR')).toBe('4 horas')
    expect(formatMinutes(1440, 'es')).toBe('1 día')
  })
})

describe('use of a plan', () => {
  it('is full at its limit, close where the server warns', () => {
    expect(moodOfUse({ used: 5, limit: 5, warning: true })).toBe('full')
    expect(moodOfUse({ used: 4, limit: 5, warning: true })).toBe('close')
    expect(moodOfUse({ used: 3, limit: 5, warning: false })).toBe('fine')
    expect(moodOfUse({ used: 3_000_000, limit: null, warning: false })).toBe('fine')
  })

  it('never fills a bar beyond its end', () => {
    expect(usedPercent({ used: 7, limit: 5 })).toBe(100)
    expect(usedPercent({ used: 1, limit: 4 })).toBe(25)
    expect(usedPercent({ used: 1, limit: null })).toBe(0)
  })
})

describe('what every page tells of', () => {
  const usage = {
    accounts: { used: 5, limit: 5, warning: true },
    members: { used: 4, limit: 5, warning: true },
    storageBytes: { used: 1, limit: 10, warning: false },
    transactionsPerMonth: { used: 9000, limit: null, warning: false },
  }

  it('is what is full for everybody, and what is close for who can change the plan', () => {
    expect(tightLimits(usage, true).map(({ limit, mood }) => [limit, mood])).toEqual([
      ['members', 'close'],
      ['accounts', 'full'],
    ])
    expect(tightLimits(usage, false).map(({ limit }) => limit)).toEqual(['accounts'])
    expect(tightLimits({}, true)).toEqual([])
  })

  it('is put away until a limit, or its state, is another', () => {
    const before = tightnessOf(tightLimits(usage, true))
    const oneMore = { ...usage, accounts: { used: 6, limit: 5, warning: true } }
    expect(tightnessOf(tightLimits(oneMore, true))).toBe(before)
    const full = { ...usage, members: { used: 5, limit: 5, warning: true } }
    expect(tightnessOf(tightLimits(full, true))).not.toBe(before)
    const larger = { ...usage, members: { used: 9, limit: 10, warning: true } }
    expect(tightnessOf(tightLimits(larger, true))).not.toBe(before)
  })
})
