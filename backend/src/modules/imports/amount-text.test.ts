import fc from 'fast-check'
import { decimalFromMinor } from '@chronos/contracts/money'
import { describe, expect, it } from 'vitest'
import { isBlankAmount, readAmount, shapeOf, splitAmount } from './amount-text.ts'
import type { DecimalMark } from './amount-text.ts'

function minor(text: string, mark: DecimalMark | null = null, exponent = 2) {
  const result = readAmount(text, mark, exponent)
  if (!result.ok) return result.code
  return result.sign === 'minus' || result.sign === 'debit' ? -result.minor : result.minor
}

describe('readAmount', () => {
  it.each([
    ['1234.56', 123456],
    ['-1.234,56', -123456],
    ['1,234.56', 123456],
    ['1 234,56', 123456],
    ['1\u00a0234\u202f567,8', 123456780],
    ["1'234.50", 123450],
    ['1’234.50', 123450],
    ['12,34,567.89', 123456789],
    ['1.234.567', 123456700],
    ['-3,34', -334],
    ['.5', 50],
    ['+ £1,100.00', 110000],
    ['R$ -2.000,00', -200000],
    ['-R$ 500,00', -50000],
    ['($12.00)', -1200],
    ['(12,00)', -1200],
    ['12,00-', -1200],
    ['−12,00', -1200],
    ['150.00CR', 15000],
    ['1.234,56 D', -123456],
    ['DR 12.00', -1200],
    ['12,99 PLN', 1299],
    ['USD 12.99', 1299],
    ['29.0000', 2900],
    ['00000001500.0000', 150000],
  ])('reads %s', (text, expected) => expect(minor(text)).toBe(expected))

  it.each([
    '12..34',
    '1,2,3',
    '1.23.4',
    '--5',
    '+-5',
    '12-34',
    'abc',
    '',
    '.',
    '1e5',
    'NaN',
    '0x10',
    '1 23',
    '5 D C',
  ])('refuses %j as no amount', (text) => expect(minor(text)).toBe('bad_amount'))

  it('refuses a lone mark before three digits, unless the file has decided', () => {
    expect(minor('1.500')).toBe('amount_ambiguous')
    expect(minor('1,500')).toBe('amount_ambiguous')
    expect(minor('29.000', '.')).toBe(2900)
    expect(minor('29.000', ',')).toBe(2900000)
  })

  it('refuses an amount that contradicts the mark of its file', () => {
    expect(minor('12.50', ',')).toBe('bad_amount')
    expect(minor('1,234,567.00', ',')).toBe('bad_amount')
  })

  it('refuses decimals that the currency does not have, and keeps zeros there', () => {
    expect(minor('12.345', '.')).toBe('amount_too_precise')
    expect(minor('12.50', '.', 0)).toBe('amount_too_precise')
    expect(minor('12.00', '.', 0)).toBe(12)
    expect(minor('1.2345', '.', 4)).toBe(12345)
  })

  it('refuses amounts past the limit', () => {
    expect(minor('100000000000.00')).toBe(10_000_000_000_000)
    expect(minor('100000000000.01')).toBe('amount_too_large')
    expect(minor('9'.repeat(40))).toBe('amount_too_large')
  })

  it('gives back every amount in every notation, exactly', () => {
    const amounts = fc.integer({ min: -10_000_000_000_000, max: 10_000_000_000_000 })
    expect(() =>
      fc.assert(
        fc.property(amounts, fc.constantFrom('.', ','), fc.boolean(), (value, mark, grouped) => {
          const [whole = '', fraction = ''] = decimalFromMinor(value, 2).split('.')
          const other = mark === '.' ? ',' : '.'
          const printed = `${grouped ? whole.replace(/\B(?=(\d{3})+$)/g, other) : whole}${mark}${fraction}`
          expect(minor(printed, mark)).toBe(value)
          expect(minor(printed)).toBe(value)
        }),
      ),
    ).not.toThrow()
  })

  it('never throws and never gives anything but a safe integer', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string(), fc.constantFrom(null, '.' as const, ',' as const), (text, mark) => {
          const result = readAmount(text, mark, 2)
          if (result.ok) expect(Number.isSafeInteger(result.minor) && result.minor >= 0).toBe(true)
        }),
      ),
    ).not.toThrow()
  })
})

describe('splitAmount', () => {
  it('tells the currency only where the text is unmistakable', () => {
    expect(splitAmount('£5.00')?.currency).toBe('GBP')
    expect(splitAmount('R$ 5,00')?.currency).toBe('BRL')
    expect(splitAmount('5,00 CZK')?.currency).toBe('CZK')
    expect(splitAmount('$5.00')?.currency).toBeNull()
  })
})

describe('shapeOf', () => {
  it.each([
    ['12', 'integer'],
    ['1.50', 'dot'],
    ['1,50', 'comma'],
    ['1.500', 'maybe-dot'],
    ['0.500', 'dot'],
    ['1500.500', 'dot'],
    ['1.500.000', 'comma'],
    ['12..3', 'garbled'],
  ])('sees %s as %s', (text, shape) => expect(shapeOf(text)).toBe(shape))
})

describe('isBlankAmount', () => {
  it.each(['', '-', '--', '$ -', ' – ', 'n/a', 'R$ -'])('takes %j for no amount', (text) =>
    expect(isBlankAmount(text)).toBe(true),
  )
  it.each(['0', '-1', 'x', 'Pending', '12..34'])('takes %j for something', (text) =>
    expect(isBlankAmount(text)).toBe(false),
  )
})
