import { addDays } from '@chronos/contracts/dates'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summaryRange } from './reports.rules.ts'

describe('a range of a summary', () => {
  it('takes a month for its first day and its last', () => {
    expect(summaryRange('2026-01', '2028-02')).toMatchObject({
      from: '2026-01-01',
      to: '2028-02-29',
      wholeMonths: { from: '2026-01-01', to: '2028-02-01' },
      oddDays: [],
    })
  })

  it.each([
    [
      '2026-01-15',
      '2026-03-10',
      { from: '2026-02-01', to: '2026-02-01' },
      [
        ['2026-01-15', '2026-01-31'],
        ['2026-03-01', '2026-03-10'],
      ],
    ],
    ['2026-01-15', '2026-01-20', null, [['2026-01-15', '2026-01-20']]],
    ['2026-01-15', '2026-02-20', null, [['2026-01-15', '2026-02-20']]],
    ['2026-12-31', '2027-01-31', { from: '2027-01-01', to: '2027-01-01' }, [['2026-12-31', '2026-12-31']]],
    ['2026-12-01', '2026-12-30', null, [['2026-12-01', '2026-12-30']]],
  ])('parts %s to %s into whole months and odd days', (from, to, wholeMonths, odd) => {
    const range = summaryRange(from, to)
    expect(range.wholeMonths).toEqual(wholeMonths)
    expect(range.oddDays.map((days) => [days.from, days.to])).toEqual(odd)
  })

  it('counts every day of a range exactly once', () => {
    const days = fc.integer({ min: 0, max: 900 }).map((count) => addDays('2019-11-07', count))
    fc.assert(
      fc.property(days, days, (one, two) => {
        const [from, to] = one <= two ? [one, two] : [two, one]
        const range = summaryRange(from, to)
        const covered: string[] = []
        const cover = (first: string, last: string): void => {
          for (let day = first; day <= last; day = addDays(day, 1)) covered.push(day)
        }
        for (const odd of range.oddDays) cover(odd.from, odd.to)
        if (range.wholeMonths) {
          const { from: first, to: last } = range.wholeMonths
          for (let day = first; day.slice(0, 7) <= last.slice(0, 7); day = addDays(day, 1)) covered.push(day)
        }
        const all: string[] = []
        for (let day = from; day <= to; day = addDays(day, 1)) all.push(day)
        expect(covered.sort()).toEqual(all)
        expect(range.months).toEqual([...new Set(all.map((day) => day.slice(0, 7)))])
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('refuses an end before its start, and more than 600 months', () => {
    expect(() => summaryRange('2026-02', '2026-01')).toThrow(/not usable/)
    expect(() => summaryRange('1950-01', '2000-01')).toThrow(/not usable/)
    expect(summaryRange('1950-01', '1999-12').months).toHaveLength(600)
  })
})
