import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLinkCode, hashLinkCode, linkCodeFrom } from './link-code.rules.ts'
import { parseMessage } from './message.rules.ts'
import type { MessageContext } from './message.rules.ts'
import { moneyText } from './money-text.rules.ts'
import type { RecordDraft } from './records.rules.ts'

const brazil: MessageContext = {
  locale: 'pt-BR',
  currency: 'BRL',
  today: '2026-11-23',
  accounts: [
    { name: 'Nubank', type: 'credit_card' },
    { name: 'Mercado Pago', type: 'checking' },
    { name: 'Carteira', type: 'cash' },
  ],
  categories: [
    { name: 'Mercado', key: 'food.groceries', kind: 'expense' },
    { name: 'Obra da casa nova', key: null, kind: 'expense' },
    { name: 'Lazer', key: 'leisure', kind: 'expense' },
  ],
}

function recordsOf(text: string, context = brazil): readonly RecordDraft[] {
  const intent = parseMessage(text, context)
  if (intent.kind !== 'record') throw new Error(`${text}: ${JSON.stringify(intent)}`)
  return intent.records
}

describe('amounts', () => {
  const marks = [
    ['pt-BR', 'BRL'],
    ['pt-PT', 'EUR'],
    ['en-US', 'USD'],
    ['en-GB', 'GBP'],
    ['es-AR', 'ARS'],
    ['es-MX', 'MXN'],
    ['es-CL', 'CLP'],
    ['es-PY', 'PYG'],
    ['es', 'EUR'],
  ] as const
  const sentences = [
    '{} mercado',
    'mercado {}',
    'paguei {} no mercado ontem',
    'spent {} on coffee',
    'gasté {} en el súper',
  ]

  it('come back exact when formatted for the locale and put into a sentence', () => {
    const amount = fc.oneof(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 10_000_000_000_000 }),
    )
    fc.assert(
      fc.property(
        amount,
        fc.constantFrom(...marks),
        fc.constantFrom(...sentences),
        (minor, [locale, currency], sentence) => {
          const context = { ...brazil, locale, currency, accounts: [] }
          const [record] = recordsOf(sentence.replace('{}', moneyText(minor, currency, locale)), context)
          expect(record?.amountMinor).toBe(minor)
          expect(record?.currency ?? currency).toBe(currency)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('come back exact when written plainly, with a comma or a point for cents', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.constantFrom('.', ','),
        fc.constantFrom('pt-BR', 'en-US', 'es-AR'),
        (minor, mark, locale) => {
          const text = `uber ${Math.floor(minor / 100)}${mark}${String(minor % 100).padStart(2, '0')}`
          expect(recordsOf(text, { ...brazil, locale })[0]?.amountMinor).toBe(minor)
        },
      ),
    )
  })

  it('keep to one amount of at most 10^13 minor units', () => {
    expect(recordsOf('mercado R$ 100.000.000.000,00')[0]?.amountMinor).toBe(10_000_000_000_000)
    expect(parseMessage('mercado R$ 100.000.000.000,01', brazil)).toMatchObject({ reason: 'too_large' })
    expect(parseMessage('tv 10x de 10.000.000.000,01', brazil)).toMatchObject({ kind: 'unknown' })
  })

  it('follow the exponent of the currency that is named', () => {
    expect(recordsOf('jantar 5000 JPY')[0]).toMatchObject({ amountMinor: 5000, currency: 'JPY' })
    expect(parseMessage('jantar 50,5 JPY', brazil)).toMatchObject({ reason: 'too_precise' })
  })

  it('offer their readings where they are a thousand times apart', () => {
    expect(parseMessage('mercado 1,234', brazil)).toEqual({
      kind: 'unknown',
      reason: 'ambiguous_amount',
      options: [123_400],
      currency: null,
    })
  })
})

describe('accounts and categories', () => {
  it('are named by their names, not by a shop that resembles them', () => {
    expect(recordsOf('padaria 8 no mercado pago')[0]).toMatchObject({
      accountHint: 'Mercado Pago',
      description: 'Padaria',
    })
    expect(recordsOf('gastei 50 no mercado')[0]).toMatchObject({ accountHint: null, description: 'Mercado' })
    expect(recordsOf('almoço 30 no cartão')[0]?.accountHint).toBe('Nubank')
  })

  it('prefer a category of the workspace that is named', () => {
    expect(recordsOf('tinta 200 obra da casa nova')[0]?.categoryHint).toEqual({
      by: 'name',
      name: 'Obra da casa nova',
    })
    expect(recordsOf('mercado 20')[0]?.categoryHint).toEqual({ by: 'key', key: 'food.groceries' })
    expect(recordsOf('lazer 20')[0]?.categoryHint).toEqual({ by: 'key', key: 'leisure' })
    expect(recordsOf('xyzzy 20')[0]?.categoryHint).toBeNull()
  })
})

describe('dates', () => {
  it.each([
    ['2026-03-01', 'mercado 50 ontem', '2026-02-28'],
    ['2028-03-01', 'mercado 50 ontem', '2028-02-29'],
    ['2026-01-02', 'mercado 50 28/12', '2025-12-28'],
    ['2026-03-10', 'mercado 50 dia 31', '2026-01-31'],
    ['2026-03-10', 'mercado 50 29/02', '2024-02-29'],
    ['2026-11-23', 'mercado 50 segunda', '2026-11-16'],
    ['2026-11-23', 'mercado 50 23/11', '2026-11-23'],
    ['2026-11-23', 'mercado 50 2026-11-01', '2026-11-01'],
    ['2026-11-23', 'mercado 50 01.11.2026', '2026-11-01'],
  ])('on %s, %j is of %s', (today, text, date) => {
    expect(recordsOf(text, { ...brazil, today })[0]?.occurredOn).toBe(date)
  })

  it('that are still to come are asked about', () => {
    expect(parseMessage('mercado 50 24/11', brazil)).toMatchObject({ reason: 'future_date' })
    expect(parseMessage('mercado 50 próxima sexta', brazil)).toMatchObject({ kind: 'unknown' })
  })
})

describe('link codes', () => {
  it('are found in any spelling and stored as a hash', () => {
    const code = linkCodeFrom(new Uint8Array(16).map((_, index) => index * 7))
    expect(code).toMatch(/^CHR-[2-9A-Z]{4}-[2-9A-Z]{4}$/)
    expect(findLinkCode(`Olá! ${code.toLowerCase().replaceAll('-', ' ')}`)).toBe(code)
    expect(hashLinkCode(code)).toMatch(/^[0-9a-f]{64}$/)
    expect(findLinkCode('XCHR-7K4M-92QX')).toBeNull()
    expect(() => linkCodeFrom(new Uint8Array(4))).toThrow(RangeError)
  })
})

describe('any text', () => {
  const words =
    'mercado 50 52,90 R$ ontem dia 12/11 e , + - 10x de paguei recebi no nubank mil k dez saldo ? \n 1.234 por 0 00 / kg às 18:30 not não % % $ € 99'
  const noise = fc
    .array(fc.constantFrom(...words.split(' ')), { maxLength: 14 })
    .map((parts) => parts.join(' '))

  it('is answered without throwing, and what is recorded is sound', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), noise, fc.string()),
        fc.constantFrom('pt-BR', 'en', 'es-AR'),
        (text, locale) => {
          const intent = parseMessage(text, { ...brazil, locale })
          if (intent.kind !== 'record') return
          expect(intent.records.length).toBeLessThanOrEqual(20)
          for (const record of intent.records) {
            expect(Number.isSafeInteger(record.amountMinor) && record.amountMinor > 0).toBe(true)
            expect(record.amountMinor).toBeLessThanOrEqual(10_000_000_000_000)
            expect(record.occurredOn <= brazil.today).toBe(true)
            expect(record.description.trim().length).toBeGreaterThan(0)
            expect(record.description.length).toBeLessThanOrEqual(160)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  // A pattern that backtracks without end would run into the test's own limit.
  it('of great length is read to its end', () => {
    for (const text of [
      '1 '.repeat(5000),
      'mil '.repeat(5000),
      'a e '.repeat(5000),
      '9'.repeat(20_000),
      '1.'.repeat(9000),
    ])
      expect(parseMessage(text, brazil)).toHaveProperty('kind')
  })
})
