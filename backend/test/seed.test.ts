import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_LOGIN } from '../prisma/demo-login.ts'
import { seedDemo } from '../prisma/seed.ts'
import { createHarness, type Answer, type Harness } from './harness.ts'

let harness: Harness
let written: number

beforeAll(async () => {
  harness = await createHarness()
  written = await seedDemo(harness.context, harness.config)
}, 120_000)
afterAll(() => harness.close())

async function signIn(email: string = DEMO_LOGIN.email): Promise<Answer['body']> {
  const answer = await harness.request({
    method: 'POST',
    url: '/api/v1/auth/login',
    payload: { email, password: DEMO_LOGIN.password },
  })
  expect(answer.status).toBe(200)
  return answer.body
}

async function get(session: Answer['body'], path: string): Promise<Answer['body']> {
  const headers = { authorization: `Bearer ${session.accessToken}` }
  return (await harness.request({ method: 'GET', url: `/api/v1${path}`, headers })).body
}

/** Rows of every table, and when the last of them was written. */
async function state(): Promise<unknown> {
  const { rows } = await harness.database.admin.query(
    `select (select count(*) from app.transactions) as transactions, (select count(*) from app.audit_logs) as changes,
       (select max(at) from app.audit_logs) as last, (select count(*) from control.sessions) as sessions,
       (select jsonb_agg(to_jsonb(m) order by tenant_id) from control.memberships m) as memberships`,
  )
  return rows[0]
}

describe('the demo data', () => {
  it('changes nothing when it is there already', async () => {
    const before = await state()
    expect(await seedDemo(harness.context, harness.config)).toBe(0)
    expect(await state()).toEqual(before)
  })

  it('lets the demo login land in a lively household, with a business beside it', async () => {
    const session = await signIn()
    expect(session.tenant.name).toBe('Casa Ribeiro')
    expect(session.user.emailVerified).toBe(true)
    expect(session.tenants.map((tenant: { name: string }) => tenant.name).sort()).toEqual([
      'Ateliê Aurora',
      'Casa Ribeiro',
    ])
    const accounts = (await get(session, '/accounts')).items
    expect(accounts).toHaveLength(5)
    for (const account of accounts) {
      const isDebt = account.type === 'credit_card'
      expect([account.name, Math.sign(account.balanceMinor)]).toEqual([account.name, isDebt ? -1 : 1])
    }
    const { items } = await get(session, '/transactions?limit=200')
    expect(items[0].occurredOn).toBe('2026-11-23')
    expect(items.some((item: Answer['body']) => item.lines.length > 1)).toBe(true)
    expect(items.some((item: Answer['body']) => item.transferId !== null)).toBe(true)
    expect(items.some((item: Answer['body']) => item.tags.length > 0)).toBe(true)
    const budgets = (await get(session, '/budgets')).items
    expect(budgets).toHaveLength(7)
    expect(budgets.every((budget: Answer['body']) => budget.spentMinor > 0)).toBe(true)
    const summary = await get(session, '/reports/summary?from=2025-10&to=2026-11')
    expect(summary.items.map((block: Answer['body']) => block.currency)).toEqual(['BRL', 'USD'])
    for (const month of summary.items[0].byMonth) expect(month.incomeMinor).toBeGreaterThan(1_000_000)
  })

  it('has somebody else in another tenant, in another language and currency', async () => {
    const session = await signIn('sofia@chronos.local')
    expect(session.tenants).toHaveLength(1)
    expect(
      (await get(session, '/accounts')).items.map((account: Answer['body']) => account.currency),
    ).toEqual(['MXN', 'MXN'])
  })

  it('is as large as a year of a family, and every transaction is the sum of its lines', async () => {
    expect(written).toBeGreaterThan(1800)
    const { rows } = await harness.database.admin.query(
      `select count(*)::int as wrong from app.transactions t where amount_minor <> (
         select sum(l.amount_minor) from app.transaction_lines l where l.tenant_id = t.tenant_id and l.transaction_id = t.id)`,
    )
    expect(rows).toEqual([{ wrong: 0 }])
  })

  it('is refused in production', async () => {
    const config = { ...harness.config, environment: 'production' as const }
    await expect(seedDemo(harness.context, config)).rejects.toThrow(/production/)
  })
})
