import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as replies from './replies.ts'
import type { BookedLine } from './replies.ts'
import { TEXTS } from './reply-texts.ts'

const today = '2026-11-23'
const line: BookedLine = {
  amountMinor: -5290,
  currency: 'BRL',
  description: 'Mercado',
  categoryName: 'Mercado',
  accountName: 'Carteira',
  occurredOn: today,
  monthMinor: 41230,
}
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('confirmations', () => {
  it('say amount, category, account, day and the month so far', () => {
    expect(plain(replies.recordedReply('pt-BR', [line], today))).toBe(
      '✅ *R$ 52,90* Mercado\nMercado · Carteira · hoje\n\nEm Mercado neste mês: R$ 412,30',
    )
  })

  it('follow the locale, mark money in and name the day', () => {
    const salary = {
      ...line,
      amountMinor: 500000,
      currency: 'USD',
      description: 'Salary',
      occurredOn: '2026-11-20',
    }
    expect(
      plain(replies.recordedReply('en-US', [{ ...salary, categoryName: null, monthMinor: null }], today)),
    ).toBe('✅ *+$5,000.00* Salary\nno category · Carteira · Nov 20')
    const pesos = {
      ...line,
      amountMinor: -20000,
      currency: 'CLP',
      occurredOn: '2026-11-22',
      monthMinor: null,
    }
    expect(plain(replies.recordedReply('es-CL', [pesos], today))).toContain('$20.000')
    expect(plain(replies.recordedReply('es-CL', [pesos], today))).toContain('ayer')
  })

  it('list several', () => {
    expect(plain(replies.recordedReply('es', [line, { ...line, currency: 'EUR' }], today))).toContain(
      '2 movimientos',
    )
  })

  it('are exact where a float is not', () => {
    const large = { ...line, amountMinor: -9_999_999_999_999, monthMinor: null }
    expect(plain(replies.recordedReply('pt-BR', [large], today))).toContain('R$ 99.999.999.999,99')
  })
})

describe('answers', () => {
  it('add balances up per currency only', () => {
    const accounts = [
      { name: 'Nubank', currency: 'BRL', balanceMinor: -10000 },
      { name: 'Itaú', currency: 'BRL', balanceMinor: 25000 },
      { name: 'Wise', currency: 'USD', balanceMinor: 100 },
    ]
    const text = plain(replies.balanceReply('pt-BR', accounts))
    expect(text).toContain('Total: *R$ 150,00*')
    expect(text.match(/Total/g)).toHaveLength(1)
    expect(replies.balanceReply('en', [])).toContain('no accounts')
  })

  it('show what was spent, and say so when it is nothing', () => {
    const question = { flow: 'expense', period: 'month', from: '2026-11-01', categoryName: null } as const
    const totals = [
      {
        currency: 'BRL',
        totalMinor: 9000,
        categories: [
          { name: 'Mercado', totalMinor: 6000 },
          { name: null, totalMinor: 3000 },
        ],
      },
    ]
    expect(plain(replies.flowReply('pt-BR', question, totals, today))).toBe(
      '📊 Gastos em novembro\n*R$ 90,00*\n• Mercado: R$ 60,00\n• Sem categoria: R$ 30,00',
    )
    expect(replies.flowReply('es', question, [], today)).toContain('Ningún gasto')
    expect(replies.flowReply('en', { ...question, flow: 'income' }, [], today)).toContain('No income')
  })

  it('offer the readings of an ambiguous amount', () => {
    const text = plain(
      replies.unknownReply('pt-BR', 'ambiguous_amount', { options: [123400], currency: 'BRL' }),
    )
    expect(text).toContain('R$ 1.234,00')
  })

  it('say what was undone, or that there was nothing', () => {
    expect(plain(replies.undoneReply('pt-BR', [line]))).toBe('↩️ Desfeito: Mercado R$ 52,90')
    expect(replies.undoneReply('en', [])).toContain('nothing to undo')
  })

  it('exist for every reason in every language and fit into a message', () => {
    for (const texts of Object.values(TEXTS))
      for (const text of [...Object.values(texts.unknown), texts.help, texts.notLinked, texts.undoTitle]) {
        expect(text.length).toBeGreaterThan(3)
        expect([...text].length).toBeLessThanOrEqual(replies.MAX_REPLY)
      }
    expect([...TEXTS.pt.undoTitle].length).toBeLessThanOrEqual(20)
  })

  it('fit into a message, however long the names are', () => {
    const name = fc.string({ unit: 'binary', maxLength: 300 })
    const amount = fc.integer({ min: -1e13, max: 1e13 })
    fc.assert(
      fc.property(
        fc.constantFrom('pt-BR', 'en', 'es-MX'),
        fc.array(fc.tuple(name, amount), { minLength: 1, maxLength: 30 }),
        (locale, items) => {
          const lines = items.map(([text, amountMinor]) => ({
            ...line,
            amountMinor,
            description: text,
            categoryName: text,
            accountName: text,
          }))
          const balances = items.map(([text, balanceMinor]) => ({
            name: text,
            currency: 'BRL',
            balanceMinor,
          }))
          const texts = [
            replies.recordedReply(locale, lines, today),
            replies.balanceReply(locale, balances),
            replies.undoneReply(locale, lines),
            replies.linkedReply(locale, items[0]?.[0] ?? '', items[0]?.[0] ?? ''),
            replies.greetingReply(locale, items[0]?.[0] ?? ''),
          ]
          for (const text of texts) expect([...text].length).toBeLessThanOrEqual(replies.MAX_REPLY)
        },
      ),
      { numRuns: 50 },
    )
  })
})
