import { describe, expect, it } from 'vitest'
import { decimalMarkOfLocale, formatAmount, formatMoney, percentOf } from './money-format.ts'

/** Intl puts no-break spaces. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('formatMoney', () => {
  it.each([
    [-5290, 'BRL', 'pt-BR', '-R$ 52,90'],
    [123456, 'BRL', 'en', 'R$1,234.56'],
    [123456, 'EUR', 'es', '1.234,56 €'],
    [1234, 'CLP', 'pt-BR', 'CLP 1.234'],
    [0, 'BRL', 'pt-BR', 'R$ 0,00'],
  ])('writes %d %s in %s', (minor, currency, locale, text) => {
    expect(plain(formatMoney(minor, currency, locale))).toBe(text)
  })

  it('is exact where a float is not', () => {
    expect(plain(formatMoney(Number.MAX_SAFE_INTEGER, 'BRL', 'pt-BR'))).toBe('R$ 90.071.992.547.409,91')
    expect(formatAmount(Number.MAX_SAFE_INTEGER - 2, 'BRL', 'en')).toBe('90,071,992,547,409.89')
  })

  it('names the country of a foreign dollar, and not of the own', () => {
    expect(plain(formatMoney(100, 'USD', 'pt-BR'))).toBe('US$ 1,00')
    expect(plain(formatMoney(100, 'MXN', 'es-MX', { home: true }))).toBe('$1.00')
  })

  it('puts a plus before money in when asked', () => {
    expect(plain(formatMoney(100, 'BRL', 'pt-BR', { sign: 'always' }))).toBe('+R$ 1,00')
    expect(plain(formatMoney(0, 'BRL', 'pt-BR', { sign: 'always' }))).toBe('R$ 0,00')
  })
})

describe('percentOf', () => {
  it('is exact at any size and 0 of nothing', () => {
    expect(percentOf(1, 3)).toBe(33.3)
    expect(percentOf(9_007_199_254_740_991, 9_007_199_254_740_991)).toBe(100)
    expect(percentOf(5, 0)).toBe(0)
  })
})

describe('decimalMarkOfLocale', () => {
  it.each([
    ['pt-BR', ','],
    ['es', ','],
    ['es-MX', '.'],
    ['en', '.'],
  ])('of %s is %j', (locale, mark) => {
    expect(decimalMarkOfLocale(locale)).toBe(mark)
  })
})
