import { describe, expect, it } from 'vitest'
import { freshness, nextAt, walFreshness } from './schedule.ts'

const now = new Date('2026-11-26T12:00:00Z')
const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000)
const due = (newest: Date | undefined, at: string, lastFailed = false): string =>
  nextAt({ newest, lastFailed, at, now }).toISOString().slice(0, 16)

describe('the next backup', () => {
  it('is due at once where there is none of the last day', () => {
    expect([due(undefined, '03:15'), due(ago(25), '03:15')]).toEqual(['2026-11-26T12:00', '2026-11-26T12:00'])
  })

  it('is due at the hour, today or tomorrow', () => {
    expect([due(ago(9), '03:15'), due(ago(9), '13:00')]).toEqual(['2026-11-27T03:15', '2026-11-26T13:00'])
  })

  it('is tried again soon after a failure', () => {
    expect(due(undefined, '03:15', true)).toBe('2026-11-26T12:10')
  })
})

describe('freshness', () => {
  it('is told by the age of the newest and the last result', () => {
    expect(freshness(ago(25), false, now)).toBeUndefined()
    expect(freshness(ago(27), false, now)).toMatch(/27 hours old/)
    expect(freshness(undefined, false, now)).toMatch(/no backup/)
    expect(freshness(ago(1), true, now)).toMatch(/failed/)
  })

  it('of WAL in a bucket is lost after minutes', () => {
    expect(walFreshness(ago(0.05), now)).toBeUndefined()
    expect(walFreshness(ago(0.1), now)).toMatch(/since 2026-11-26T11:54/)
    expect(walFreshness(undefined, now)).toMatch(/does not reach/)
  })
})
