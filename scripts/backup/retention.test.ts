import { describe, expect, it } from 'vitest'
import { backupName, expired, instantOf } from './retention.ts'

const DAY_MS = 86_400_000
const NOW = new Date('2026-11-26T21:00:00Z')
const day = (daysAgo: number, hour = 3): string =>
  backupName(new Date(Date.parse('2026-11-26T00:00:00Z') - daysAgo * DAY_MS + hour * 3_600_000))
const keptOf = (names: string[]): string[] => {
  const gone = new Set(expired(names, NOW))
  return names.filter((name) => !gone.has(name))
}

describe('the retention of backups', () => {
  it('names them by their second, and reads the name back', () => {
    expect(backupName(new Date('2026-11-26T03:15:09.999Z'))).toBe('chronos-20261126T031509Z')
    expect(instantOf('chronos-20261126T031509Z')?.toISOString()).toBe('2026-11-26T03:15:09.000Z')
    expect(instantOf('chronos-20261126T031509Z.partial')).toBeUndefined()
  })

  it('keeps seven days, five weeks and twelve months of two years of daily backups', () => {
    const kept = keptOf(Array.from({ length: 730 }, (_, index) => day(index)))
    expect(kept.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => day(index)))
    // The newest of each week ends on a Sunday: 4 of the 5 weeks, one within the seven days already.
    expect(kept).toContain(day(11))
    expect(kept).toContain(day(18))
    expect(kept).toContain(day(25))
    expect(kept).not.toContain(day(32))
    const months = new Set(kept.map((name) => name.slice(8, 14)))
    expect(months.size).toBe(12)
    expect(kept.length).toBeLessThanOrEqual(7 + 5 + 12)
  })

  it('keeps all of two days, then one of each day, the newest', () => {
    expect(keptOf([day(3, 3), day(3, 20), day(1, 3), day(1, 20), day(0)])).toEqual([
      day(3, 20),
      day(1, 3),
      day(1, 20),
      day(0),
    ])
  })

  it('ends nothing because the service stood still, and never touches what is no backup', () => {
    expect(expired([day(400), 'notes.txt', `${day(0)}.partial`], NOW)).toEqual([])
  })
})
