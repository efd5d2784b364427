import { describe, expect, it } from 'vitest'
import { baseName, expiredBases, expiredWal, firstSegment, isBaseDue } from './base-copies.ts'

const now = new Date('2026-11-26T12:00:00Z')
const base = (daysAgo: number): string => baseName(new Date(now.getTime() - daysAgo * 86_400_000))

describe('base copies', () => {
  it('are due where there is none, and when the newest is a week old', () => {
    expect(isBaseDue(['chronos-20261126T031500Z', `${base(1)}.partial`], now)).toBe(true)
    expect(isBaseDue([base(20), base(6)], now)).toBe(false)
    expect(isBaseDue([base(7)], now)).toBe(true)
  })

  it('stay two at a time, and no backup of another kind goes with them', () => {
    expect(expiredBases([base(21), base(0), base(7), base(14), 'chronos-20200101T000000Z'])).toEqual([
      base(14),
      base(21),
    ])
  })
})

describe('archived WAL', () => {
  const label =
    'START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\nCHECKPOINT LOCATION: 0/5000060\n'

  it('is kept from the first segment that the oldest copy needs, on any timeline', () => {
    const first = firstSegment(label) ?? ''
    const names = [
      '000000010000000000000004.gz',
      '000000010000000000000004.gz.age',
      '000000010000000000000005.gz',
      '000000010000000000000005.gz.age',
      '000000020000000000000004.gz',
      '000000020000000000000006.gz',
      '000000010000000000000003.00000028.backup.gz',
      '000000010000000000000005.00000028.backup.gz',
      '00000002.history.gz',
      '000000010000000000000001.gz.part',
      'notes.txt',
    ]
    expect(expiredWal(names, first)).toEqual([
      '000000010000000000000004.gz',
      '000000010000000000000004.gz.age',
      '000000020000000000000004.gz',
      '000000010000000000000003.00000028.backup.gz',
    ])
  })

  it('is all kept where a copy does not say what it needs', () => {
    expect(firstSegment('')).toBeUndefined()
  })
})
