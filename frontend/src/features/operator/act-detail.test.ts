import { expect, it } from 'vitest'
import { actDetail } from './act-detail.ts'

const said = (act: string, detail: string | null): string | null =>
  actDetail({ act, detail }, (key) => `<${key}>`, 'pt-BR')

it('says limits and features of a tenant in words', () => {
  const overrides = { limits: { members: null, transactionsPerMonth: 1500 }, features: { whatsapp: false } }
  expect(said('tenant.limited', JSON.stringify(overrides))).toBe(
    '<workspace.limit.members>: <workspace.no_limit> · <workspace.limit.transactionsPerMonth>: 1.500 · <workspace.feature.whatsapp>: <workspace.off>',
  )
})

it('says where nothing differs from the plan any more', () => {
  expect(said('tenant.limited', JSON.stringify({ limits: {}, features: {} }))).toBe('<operator.as_in_plan>')
})

it('leaves what was written as a text', () => {
  expect(said('tenant.suspended', 'Fatura em aberto')).toBe('Fatura em aberto')
  expect(said('tenant.resumed', null)).toBeNull()
})
