import { describe, expect, it } from 'vitest'
import { AppError } from '../../platform/errors.ts'
import { fc } from '../../../test/fast-check.ts'
import {
  assertLegKeeps,
  assertLines,
  changedLines,
  distinctTags,
  linesOf,
  payeeKey,
  receivedOf,
  searchPatterns,
  searchText,
  type Line,
} from './transactions.rules.ts'

function codeOf(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    return error instanceof AppError ? error.code : 'another error'
  }
}

const amount = fc.integer({ min: 1, max: 10 ** 13 })
const parts = fc.tuple(fc.constantFrom(-1, 1), fc.array(amount, { minLength: 1, maxLength: 100 }))
const line = (amountMinor: number, categoryId: string | null = null): Line => ({
  categoryId,
  amountMinor,
  memo: null,
})

describe('lines of a transaction', () => {
  it('are taken when they have its sign and sum to it, and only then', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: -2, max: 2 }), ([sign, list], off) => {
        const lines = list.map((each) => line(sign * each))
        const sum = lines.reduce((total, each) => total + each.amountMinor, 0)
        expect(codeOf(() => assertLines(sum + off, lines))).toBe(off === 0 ? null : 'lines_mismatch')
        expect(codeOf(() => assertLines(sum, [...lines, line(-sign), line(sign)]))).toBe('lines_mismatch')
        expect(codeOf(() => assertLines(sum, [...lines, line(0)]))).toBe('lines_mismatch')
      }),
    )
    expect(codeOf(() => assertLines(0, [line(0), line(0)]))).toBeNull()
    expect(codeOf(() => assertLines(0, [line(1), line(-1)]))).toBe('lines_mismatch')
  })

  it('are one of the whole amount where none are given', () => {
    expect(linesOf(-5290, undefined, 'c')).toEqual([line(-5290, 'c')])
  })

  it('still sum to the amount, with its sign, after any change that is taken', () => {
    const patch = fc.record(
      {
        amountMinor: fc.integer({ min: -20, max: 20 }),
        categoryId: fc.constantFrom(null, 'x'),
        lines: fc.array(fc.record({ amountMinor: fc.integer({ min: -20, max: 20 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
      },
      { requiredKeys: [] },
    )
    const current = fc
      .tuple(fc.constantFrom(-1, 1), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }))
      .map(([sign, list]) => list.map((each, index) => line(sign * each, `c${index}`)))
    fc.assert(
      fc.property(current, patch, (lines, change) => {
        const before = { amountMinor: lines.reduce((sum, each) => sum + each.amountMinor, 0), lines }
        const amountMinor = change.amountMinor ?? before.amountMinor
        let after: Line[] | null
        try {
          after = changedLines(before, change)
        } catch (error) {
          expect((error as AppError).code).toBe('lines_mismatch')
          return
        }
        assertLines(amountMinor, after ?? lines)
      }),
      { numRuns: 2000 },
    )
  })

  it('follow a new amount where there is one of them, keeping category and memo', () => {
    const before = { amountMinor: -10, lines: [{ categoryId: 'c', amountMinor: -10, memo: 'm' }] }
    expect(changedLines(before, { amountMinor: 7 })).toEqual([{ categoryId: 'c', amountMinor: 7, memo: 'm' }])
    expect(changedLines(before, { categoryId: null })).toEqual([
      { categoryId: null, amountMinor: -10, memo: 'm' },
    ])
    expect(changedLines(before, { amountMinor: -10, categoryId: 'c' })).toBeNull()
  })

  it('of a split are asked for with a new amount, joined by a category, and kept when what was read comes back', () => {
    const before = { amountMinor: -10, lines: [line(-4, 'a'), line(-6, 'b')] }
    expect(codeOf(() => changedLines(before, { amountMinor: -11 }))).toBe('lines_mismatch')
    expect(changedLines(before, { categoryId: 'c' })).toEqual([line(-10, 'c')])
    expect(changedLines(before, { categoryId: 'c', amountMinor: -11 })).toEqual([line(-11, 'c')])
    expect(changedLines(before, { categoryId: null, amountMinor: -10 })).toBeNull()
  })
})

describe('a transfer', () => {
  it('needs what arrives between two currencies, and refuses it within one', () => {
    expect(receivedOf('BRL', 'BRL', 5, undefined)).toBe(5)
    expect(receivedOf('BRL', 'USD', 5, 1)).toBe(1)
    expect(codeOf(() => receivedOf('BRL', 'USD', 5, undefined))).toBe('currency_mismatch')
    expect(codeOf(() => receivedOf('BRL', 'BRL', 5, 5))).toBe('currency_mismatch')
  })

  it('lets a leg change its words, and say again what it shares with the other, but not change that', () => {
    const leg = { accountId: 'a', occurredOn: '2026-01-01', amountMinor: -5 }
    expect(
      codeOf(() => assertLegKeeps(leg, { ...leg, categoryId: null, description: 'x', tags: [] })),
    ).toBeNull()
    for (const change of [
      { accountId: 'b' },
      { occurredOn: '2026-01-02' },
      { amountMinor: -6 },
      { categoryId: 'c' },
      { lines: [{ amountMinor: -5 }] },
    ]) {
      expect(codeOf(() => assertLegKeeps(leg, change))).toBe('transfer_leg')
    }
  })
})

describe('words', () => {
  it('are found by their beginnings, without accents, and signs are no wildcards', () => {
    const text = searchText('Pão de Açúcar 100%', 'José & Filhos', null)
    const matches = (q: string): boolean =>
      searchPatterns(q).every((pattern) => text.includes(pattern.slice(1, -1)))
    expect(text).toBe(' pao de acucar 100 jose filhos')
    for (const q of ['acu', 'PÃO jos', '100%', 'fil pao']) expect(matches(q)).toBe(true)
    for (const q of ['ucar', 'pao x']) expect(matches(q)).toBe(false)
    for (const q of ['%', '_', ' \\ ']) expect(searchPatterns(q)).toEqual([])
    expect(searchPatterns('a_b%')).toEqual(['% a%', '% b%'])
  })

  it('name the same payee however a statement prints it, and tags as they are written', () => {
    expect(payeeKey('PÃO-DE-AÇÚCAR')).toBe(payeeKey('Pão de  Açúcar'))
    expect(payeeKey('***')).toBe('***')
    expect(distinctTags(['Viagem', 'C', 'c++', 'viagem', 'VIÁGEM'])).toEqual([
      { name: 'Viagem', key: 'viagem' },
      { name: 'C', key: 'c' },
      { name: 'c++', key: 'c++' },
    ])
  })
})
