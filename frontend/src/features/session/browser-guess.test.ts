import { describe, expect, it } from 'vitest'
import { guessCurrency, regionalLocale, zonesByContinent } from './browser-guess.ts'

describe('guessCurrency', () => {
  it.each([
    ['America/Sao_Paulo', ['en-US'], 'BRL'],
    ['America/Argentina/Cordoba', ['es'], 'ARS'],
    ['America/Santiago', ['pt-BR'], 'CLP'],
    ['Europe/Lisbon', ['pt-PT'], 'EUR'],
    ['Europe/London', ['en-GB'], 'GBP'],
    ['UTC', ['es-MX', 'es'], 'MXN'],
    ['UTC', ['pt'], 'BRL'],
    ['UTC', ['de'], 'USD'],
  ])('in %s, reading %j, is %s', (zone, languages, currency) => {
    expect(guessCurrency(zone, languages)).toBe(currency)
  })
})

describe('regionalLocale', () => {
  it("keeps the browser's region of the chosen language", () => {
    expect(regionalLocale('es', ['en-US', 'es-AR'])).toBe('es-AR')
    expect(regionalLocale('pt-BR', ['pt-PT'])).toBe('pt-PT')
    expect(regionalLocale('en', ['es-AR'])).toBe('en')
  })
})

describe('zonesByContinent', () => {
  it('puts a zone under its continent, by the name of its city', () => {
    expect(
      zonesByContinent(['America/Argentina/Salta', 'America/Sao_Paulo', 'Europe/Lisbon', 'UTC']),
    ).toEqual([
      {
        group: 'America',
        items: [
          { value: 'America/Argentina/Salta', label: 'Argentina/Salta' },
          { value: 'America/Sao_Paulo', label: 'Sao Paulo' },
        ],
      },
      { group: 'Europe', items: [{ value: 'Europe/Lisbon', label: 'Lisbon' }] },
      { group: 'UTC', items: [{ value: 'UTC', label: 'UTC' }] },
    ])
  })
})
