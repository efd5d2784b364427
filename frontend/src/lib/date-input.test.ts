import { describe, expect, it } from 'vitest'
import { addMonths, lastDayOf, monthsBetween } from './date-format.ts'
import { parseDateText } from './date-input.ts'

const TODAY = '2026-11-23'

describe('parseDateText', () => {
  it.each([
    ['2026-02-28', 'pt-BR', '2026-02-28'],
    ['28/02/2026', 'pt-BR', '2026-02-28'],
    ['28/02/26', 'es', '2026-02-28'],
    ['28.2', 'pt-BR', '2026-02-28'],
    ['2/28/2026', 'en', '2026-02-28'],
    ['5', 'pt-BR', '2026-11-05'],
    ['hoje', 'pt-BR', '2026-11-23'],
    ['Ontem', 'pt-BR', '2026-11-22'],
    ['mañana', 'es', '2026-11-24'],
    ['yesterday', 'en', '2026-11-22'],
    ['29/02/2024', 'pt-BR', '2024-02-29'],
  ])('reads %j in %s', (text, locale, date) => {
    expect(parseDateText(text, locale, TODAY)).toBe(date)
  })

  it.each(['31/02/2026', '29/02/2026', '0/1', '12/13/2026', 'natal', '', '1/2/3/4'])('refuses %j', (text) => {
    expect(parseDateText(text, 'pt-BR', TODAY)).toBeNull()
  })
})

describe('months', () => {
  it('cross the year both ways', () => {
    expect(addMonths('2026-11', 2)).toBe('2027-01')
    expect(addMonths('2026-01', -1)).toBe('2025-12')
    expect(monthsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
  })

  it('end on their last day', () => {
    expect(lastDayOf('2024-02')).toBe('2024-02-29')
    expect(lastDayOf('2026-12')).toBe('2026-12-31')
  })
})
