import { isCalendarDate } from '@chronos/contracts/dates'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDate } from './date-text.ts'

describe('readDate', () => {
  it.each([
    ['2026-01-31', 'DMY', '2026-01-31'],
    ['2026/01/31', 'MDY', '2026-01-31'],
    ['2019.04.19.', 'YMD', '2019-04-19'],
    ['31/01/2026', 'DMY', '2026-01-31'],
    ['01/31/2026', 'MDY', '2026-01-31'],
    ['1/2/26', 'DMY', '2026-02-01'],
    ['31.01.98', 'DMY', '1998-01-31'],
    ['20260131', 'YMD', '2026-01-31'],
    ['31012026', 'DMY', '2026-01-31'],
    ['2026-01-31 15:12:22', 'YMD', '2026-01-31'],
    ['2026-01-31T15:12:22.123Z', 'YMD', '2026-01-31'],
    ['31/01/2026 às 10h30', 'DMY', null],
    ['31/01/2026 10:30', 'DMY', '2026-01-31'],
    ['20260131120000[-3:BRT]', 'YMD', '2026-01-31'],
    ['12-Dec-2019', 'YMD', '2019-12-12'],
    ['Dec 5, 2019', 'YMD', '2019-12-05'],
    ['Thu, 05 Dec 2019', 'YMD', '2019-12-05'],
    ['5 de dezembro de 2019', 'DMY', '2019-12-05'],
    ['05/fev/2026', 'DMY', '2026-02-05'],
    ['05 ENE 2026', 'DMY', '2026-01-05'],
    ['5. März 2026', 'DMY', '2026-03-05'],
    ['1er août 2026', 'DMY', '2026-08-01'],
    ['5 juil. 2026', 'DMY', '2026-07-05'],
  ])('reads %s as %s', (text, order, expected) => expect(readDate(text, order as 'DMY')).toBe(expected))

  it.each([
    '31/02/2026',
    '2026-02-30',
    '20120231',
    '00/00/0000',
    '29/02/2025',
    '32 Jan 2026',
    '13/13/2026',
    '0000-00-00',
  ])('never repairs %s', (text) => {
    for (const order of ['DMY', 'MDY', 'YMD'] as const) expect(readDate(text, order)).toBeNull()
  })

  it.each(['Pending', '', '12/01', '5 Dec', '43586', '1.5', '12:30', '2026', '1234567', '123456789'])(
    'takes %j for no date',
    (text) => expect(readDate(text, 'DMY')).toBeNull(),
  )

  it('gives only dates that exist, whatever it is fed', () => {
    const nearly = fc.tuple(fc.nat(99), fc.constantFrom('/', '-', '.', ' '), fc.nat(99), fc.nat(9999))
    const text = fc.oneof(
      fc.string(),
      nearly.map(([a, mark, b, c]) => `${a}${mark}${b}${mark}${c}`),
    )
    expect(() =>
      fc.assert(
        fc.property(text, fc.constantFrom('DMY', 'MDY', 'YMD'), (cell, order) => {
          const date = readDate(cell, order)
          expect(date === null || isCalendarDate(date)).toBe(true)
        }),
      ),
    ).not.toThrow()
  })
})
