import { decimalFromMinor, currencyExponent, MAX_AMOUNT_MINOR } from '@chronos/contracts/money'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAmount } from './money-format.ts'
import { parseAmount } from './money-input.ts'

const minorOf = (text: string, currency = 'BRL', mark: '.' | ',' = ','): number | string => {
  const result = parseAmount(text, currency, mark)
  return result.ok ? result.minor : result.reason
}

describe('parseAmount', () => {
  it.each([
    ['1.234,56', 123456],
    ['1,234.56', 123456],
    ['52,9', 5290],
    ['52.9', 5290],
    ['52', 5200],
    ['1.234', 123400],
    ['1,234', 123400],
    ['1.234.567', 123456700],
    ['1.234.567,8', 123456780],
    ['1 234,56', 123456],
    ["1'234.56", 123456],
    ['R$ 1.234,56', 123456],
    ['R$1.234,56', 123456],
    ['US$ 12', 1200],
    ['-52,90', -5290],
    ['−52,90', -5290],
    ['52,90-', -5290],
    ['-R$ 52,90', -5290],
    ['R$ -52,90', -5290],
    ['+52,90', 5290],
    [',5', 50],
    ['0,01', 1],
    ['5,00', 500],
    ['12,300', 1230000],
    ['52,999', 5299900],
    ['１２,５０', 1250],
    ['0', 0],
  ])('reads %j', (text, minor) => {
    expect(minorOf(text)).toBe(minor)
  })

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['abc', 'invalid'],
    ['12a', 'invalid'],
    ['--5', 'invalid'],
    ['-5-', 'invalid'],
    ['1.23.456', 'invalid'],
    ['1,23,4', 'invalid'],
    ['1.2,3.4', 'invalid'],
    ['1,234,56', 'invalid'],
    ['0,234', 'precise'],
    ['1,2345', 'precise'],
    ['100.000.000.001', 'large'],
  ])('answers %j with %j', (text, outcome) => {
    expect(minorOf(text)).toBe(outcome)
  })

  it('knows the decimals of each currency', () => {
    expect(minorOf('1.234', 'CLP')).toBe(1234)
    expect(minorOf('12,5', 'CLP')).toBe('precise')
    expect(minorOf('12,0', 'CLP')).toBe(12)
    expect(minorOf('1,2345', 'CLF')).toBe(12345)
  })

  it("takes the reader's decimal mark where a text can be read both ways", () => {
    expect(minorOf('1.234', 'KWD', '.')).toBe(1234)
    expect(minorOf('1.234', 'KWD', ',')).toBe(1234000)
    expect(minorOf('1,234', 'KWD', ',')).toBe(1234)
  })

  it('reads back what is printed, exactly, in every language and currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -MAX_AMOUNT_MINOR, max: MAX_AMOUNT_MINOR }),
        fc.constantFrom('BRL', 'CLP', 'USD', 'UYU', 'PYG'),
        fc.constantFrom('pt-BR', 'en', 'es', 'es-AR', 'es-MX', 'en-GB'),
        (minor, currency, locale) => {
          const mark = ['en', 'es-MX', 'en-GB'].includes(locale) ? '.' : ','
          expect(minorOf(formatAmount(minor, currency, locale), currency, mark)).toBe(minor)
          const plain = decimalFromMinor(minor, currencyExponent(currency))
          if (!/^-?[1-9]\d{0,2}\.\d{3}$/.test(plain)) expect(minorOf(plain, currency, '.')).toBe(minor)
        },
      ),
    )
  })
})
