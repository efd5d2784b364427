import { describe, expect, it } from 'vitest'
import { DedupeKeys } from './dedupe-key.ts'
import type { KeyedRow } from './dedupe-key.ts'

const base: KeyedRow = {
  accountKey: 'default',
  occurredOn: '2026-01-05',
  amountMinor: -5290,
  description: 'Padaria São João',
  payee: null,
  externalId: null,
}

function keys(rows: readonly Partial<KeyedRow>[]): string[] {
  const numbering = new DedupeKeys()
  return rows.map((row) => numbering.next({ ...base, ...row }))
}

describe('DedupeKeys', () => {
  it('gives the same keys for the same file, and UUIDs', () => {
    expect(keys([{}, {}, { amountMinor: 1 }])).toEqual(keys([{}, {}, { amountMinor: 1 }]))
    expect(keys([{}])[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/)
  })

  it('keeps true twins apart, and meets them again in an overlapping export', () => {
    const [first, second] = keys([{}, {}])
    expect(first).not.toBe(second)
    expect(keys([{ occurredOn: '2026-01-04' }, {}, {}, {}]).slice(1, 3)).toEqual([first, second])
  })

  it('does not take two rows without an id for equal', () => {
    expect(new Set(keys([{ description: 'A' }, { description: 'B' }])).size).toBe(2)
  })

  it('sees through case, accents and blanks of the text', () => {
    expect(keys([{ description: 'PADARIA  SAO JOAO' }])).toEqual(keys([{}]))
  })

  it('goes by the id with date and amount where there is one, whatever the text', () => {
    expect(keys([{ externalId: '7', description: 'x' }])).toEqual(
      keys([{ externalId: '7', description: 'y' }]),
    )
    expect(
      new Set(keys([{ externalId: '7' }, { externalId: '7', amountMinor: 2 }, { externalId: '8' }])).size,
    ).toBe(3)
  })

  it('numbers each account by itself', () => {
    expect(keys([{ accountKey: 'a' }, { accountKey: 'b' }])[1]).toBe(keys([{ accountKey: 'b' }])[0])
  })
})
