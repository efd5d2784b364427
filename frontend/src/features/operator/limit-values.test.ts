import { describe, expect, it } from 'vitest'
import { limitOf, overridesOf } from './limit-values.ts'

const PLAN = {
  limits: {
    members: 5,
    accounts: null,
    transactionsPerMonth: 1000,
    storageBytes: 100_000_000,
    whatsappMessagesPerMonth: 500,
  },
  features: { whatsapp: true, imports: true, exports: false, apiTokens: true },
}

describe('what a tenant has in place of its plan', () => {
  it('is nothing where nothing differs', () => {
    expect(overridesOf(PLAN, PLAN)).toEqual({ limits: {}, features: {} })
  })

  it('is what differs, no limit too', () => {
    const values = {
      limits: { ...PLAN.limits, members: null, accounts: 10 },
      features: { ...PLAN.features, exports: true },
    }
    expect(overridesOf(values, PLAN)).toEqual({
      limits: { members: null, accounts: 10 },
      features: { exports: true },
    })
  })
})

describe('a limit as it is typed', () => {
  it('is a whole number of its unit; storage is typed in megabytes', () => {
    expect(limitOf('members', 12)).toBe(12)
    expect(limitOf('members', '12')).toBe(12)
    expect(limitOf('storageBytes', 1.5)).toBe(1_500_000)
  })

  it('is no limit where the field is empty', () => {
    expect(limitOf('accounts', '')).toBeNull()
  })

  it('is refused below one and beyond what can be counted', () => {
    expect(limitOf('accounts', 0)).toBeUndefined()
    expect(limitOf('accounts', -3)).toBeUndefined()
    expect(limitOf('storageBytes', 1e12)).toBeUndefined()
    expect(limitOf('members', 'x')).toBeUndefined()
  })
})
