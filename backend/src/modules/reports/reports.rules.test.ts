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

  const FEBRUARY = { from: '2026-02-01', to: '2026-02-01' }
  const JANUARY_TO_MARCH = { from: '2026-01-01', to: '2026-03-01' }
  it.each([
    ['2026-01-20', '2026-03-10', FEBRUARY, ['+2026-01-20 2026-01-31', '+2026-03-01 2026-03-10']],
    ['2026-01-03', '2026-03-29', JANUARY_TO_MARCH, ['-2026-01-01 2026-01-02', '-2026-03-30 2026-03-31']],
    ['2026-02-01', '2026-02-23', FEBRUARY, ['-2026-02-24 2026-02-28']],
    ['2026-02-03', '2026-02-25', FEBRUARY, ['-2026-02-01 2026-02-02', '-2026-02-26 2026-02-28']],
    ['2026-02-10', '2026-02-12', null, ['+2026-02-10 2026-02-12']],
    ['2026-01-25', '2026-02-05', null, ['+2026-01-25 2026-01-31', '+2026-02-01 2026-02-05']],
    ['2026-01-31', '2026-02-28', FEBRUARY, ['+2026-01-31 2026-01-31']],
  ])('parts %s to %s into whole months and the fewest odd days', (from, to, wholeMonths, odd) => {
    const range = summaryRange(from, to)
    expect(range.wholeMonths).toEqual(wholeMonths)
    expect(range.oddDays.map((days) => `${days.sign > 0 ? '+' : '-'}${days.from} ${days.to}`)).toEqual(odd)
  })

  it('counts every day of a range exactly once, and no other', () => {
    const days = fc.integer({ min: 0, max: 900 }).map((count) => addDays('2019-11-07', count))
    fc.assert(
      fc.property(days, days, (one, two) => {
        const [from, to] = one <= two ? [one, two] : [two, one]
        const range = summaryRange(from, to)
        const counted = new Map<string, number>()
        const count = (first: string, until: (day: string) => boolean, sign: number): void => {
          for (let day = first; until(day); day = addDays(day, 1))
            counted.set(day, (counted.get(day) ?? 0) + sign)
        }
        for (const odd of range.oddDays) count(odd.from, (day) => day <= odd.to, odd.sign)
        if (range.wholeMonths) {
          const { from: first, to: last } = range.wholeMonths
          count(first, (day) => day.slice(0, 7) <= last.slice(0, 7), 1)
        }
        const all: string[] = []
        for (let day = from; day <= to; day = addDays(day, 1)) all.push(day)
        expect([...counted].filter(([, times]) => times !== 0).sort()).toEqual(all.map((day) => [day, 1]))
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
