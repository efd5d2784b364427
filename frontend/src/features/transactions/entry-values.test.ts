import type { Transaction } from '@chronos/contracts/transactions'
import { describe, expect, it } from 'vitest'
import { emptyLine, entryOf, newEntry, remainderOf, toChanges, toCreate } from './entry-values.ts'

const BASE: Transaction = {
  id: 't',
  accountId: 'a',
  occurredOn: '2026-11-23',
  amountMinor: -5290,
  currency: 'BRL',
  description: 'Mercado',
  payee: null,
  categoryId: 'food',
  lines: [{ id: 'l1', categoryId: 'food', amountMinor: -5290, memo: null }],
  tags: [],
  notes: null,
  source: 'manual',
  transferId: null,
  createdAt: '',
  updatedAt: '',
  version: 1,
}

describe('toCreate', () => {
  it('gives an expense its minus sign, lines included', () => {
    const values = {
      ...newEntry('expense', '2026-11-23', 'a'),
      amount: 5290,
      description: 'Mercado',
      lines: [emptyLine(2000, 'food'), emptyLine(3290, 'home')],
    }
    expect(toCreate(values)).toMatchObject({
      amountMinor: -5290,
      lines: [{ amountMinor: -2000 }, { amountMinor: -3290 }],
    })
  })

  it('is nothing without an amount', () => {
    expect(toCreate(newEntry('expense', '2026-11-23', 'a'))).toBeNull()
  })
})

describe('toChanges', () => {
  it('says only what differs', () => {
    expect(toChanges({ ...entryOf(BASE), description: 'Feira' }, BASE)).toEqual({ description: 'Feira' })
    expect(toChanges(entryOf(BASE), BASE)).toEqual({})
  })

  it('turns an expense into an income', () => {
    expect(toChanges({ ...entryOf(BASE), flow: 'income' }, BASE)).toEqual({ amountMinor: 5290 })
  })

  it('says lines and amount together, and the category when a split ends', () => {
    const split: Transaction = {
      ...BASE,
      categoryId: null,
      lines: [
        { id: 'l1', categoryId: 'food', amountMinor: -2000, memo: null },
        { id: 'l2', categoryId: 'home', amountMinor: -3290, memo: null },
      ],
    }
    const [first, second] = entryOf(split).lines
    const lines =
      first && second
        ? [
            { ...first, amount: 1000 },
            { ...second, amount: 4290 },
          ]
        : []
    expect(toChanges({ ...entryOf(split), lines }, split)).toMatchObject({
      amountMinor: -5290,
      lines: [{ amountMinor: -1000 }, { amountMinor: -4290 }],
    })
    expect(toChanges({ ...entryOf(split), lines: [], categoryId: 'food' }, split)).toEqual({
      categoryId: 'food',
    })
  })
})

describe('remainderOf', () => {
  it('is what the lines leave, negative where they are too much', () => {
    expect(remainderOf({ amount: 100, lines: [emptyLine(30), emptyLine(null)] })).toBe(70)
    expect(remainderOf({ amount: 100, lines: [emptyLine(130)] })).toBe(-30)
  })
})
