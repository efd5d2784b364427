import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { addAccount, addTransactions, tenantOf } from '../../../test/ledger.ts'
import { logStatements } from '../../../test/statements.ts'
import type { Tenant } from '../../platform/tenancy.ts'

const statements = logStatements()
let harness: Harness
let ana: Client
let tenant: Tenant
let accountId: string
let made = 0

// In São Paulo it is still 31 October.
const NOW = '2026-11-01T01:30:00.000Z'

beforeAll(async () => {
  harness = await createHarness({ now: NOW })
  ana = await harness.signUp()
  tenant = tenantOf(harness, ana)
  accountId = await addAccount(tenant)
})
afterAll(async () => {
  statements.remove()
  await harness.close()
})

async function category(parentId: string | null = null): Promise<string> {
  made += 1
  return (await ana.post('/categories', { name: `Category ${made}`, parentId })).body.id
}

async function set(body: Record<string, unknown>): Promise<Answer['body']> {
  const answer = await ana.post('/budgets', { amountMinor: 50_000, ...body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

describe('POST /budgets', () => {
  it("starts this month of the workspace's calendar, in its currency, for good", async () => {
    const categoryId = await category()
    expect(await set({ categoryId })).toMatchObject({
      categoryId,
      currency: 'BRL',
      amountMinor: 50_000,
      startMonth: '2026-10',
      endMonth: null,
      month: '2026-10',
      spentMinor: 0,
      remainingMinor: 50_000,
      version: 1,
    })
  })

  it('refuses a second one of the category and currency in any of its months with 409', async () => {
    const categoryId = await category()
    await set({ categoryId, startMonth: '2026-03', endMonth: '2026-06' })
    for (const months of [
      { startMonth: '2026-06', endMonth: '2026-06' },
      { startMonth: '2026-01', endMonth: '2026-03' },
      { startMonth: '2026-01' },
      { startMonth: '2026-04', endMonth: '2026-05' },
    ]) {
      const refused = await ana.post('/budgets', { categoryId, amountMinor: 1, ...months })
      expect([refused.status, refused.body.code], JSON.stringify(months)).toEqual([409, 'conflict'])
    }
    await set({ categoryId, startMonth: '2026-07' })
    await set({ categoryId, startMonth: '2026-03', currency: 'USD' })
  })

  it('lets one of two win that are set at once', async () => {
    const categoryId = await category()
    const answers = await Promise.all(
      [1, 2, 3].map((month) =>
        ana.post('/budgets', { categoryId, amountMinor: 1, startMonth: `2026-0${month}` }),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
  })

  it('refuses an unknown category with 422, and what is no budget with 400', async () => {
    const refused = await ana.post('/budgets', {
      categoryId: '00000000-0000-4000-8000-000000000000',
      amountMinor: 1,
    })
    expect([refused.status, refused.body.code]).toEqual([422, 'unknown_reference'])
    const categoryId = await category()
    for (const body of [
      { categoryId, amountMinor: 0 },
      { categoryId, amountMinor: -1 },
      { categoryId, amountMinor: 1.5 },
      { categoryId, amountMinor: 1, currency: 'XXX' },
      { categoryId, amountMinor: 1, startMonth: '2026-13' },
      { categoryId, amountMinor: 1, startMonth: '2026-05', endMonth: '2026-04' },
    ]) {
      expect((await ana.post('/budgets', body)).status, JSON.stringify(body)).toBe(400)
    }
  })
})

describe('what was spent', () => {
  it('counts the category and all under it, in one month and currency, less what came back', async () => {
    const parent = await category()
    const child = await category(parent)
    const grandchild = await category(child)
    const dollars = await addAccount(tenant, 'USD')
    const on = (categoryId: string | null, amountMinor: number, occurredOn = '2026-10-15') => ({
      accountId,
      occurredOn,
      amountMinor,
      categoryId,
    })
    await addTransactions(tenant, [
      on(parent, -1000),
      on(child, -200),
      on(grandchild, -30),
      on(grandchild, 5),
      on(parent, -7000, '2026-09-30'),
      on(parent, -7000, '2026-11-01'),
      on(null, -9000),
      on(await category(), -9000),
      { ...on(parent, -9000), isDeleted: true },
      { ...on(parent, -9000), isTransfer: true },
      { ...on(parent, -9000), accountId: dollars, currency: 'USD' },
    ])
    const budget = await set({ categoryId: parent, amountMinor: 1000, startMonth: '2026-08' })
    expect(budget).toMatchObject({ month: '2026-10', spentMinor: 1225, remainingMinor: -225 })
    expect((await ana.get(`/budgets/${budget.id}?month=2026-11`)).body).toMatchObject({
      month: '2026-11',
      spentMinor: 7000,
      remainingMinor: -6000,
    })
    expect((await ana.get(`/budgets/${budget.id}?month=2026-08`)).body.spentMinor).toBe(0)
  })

  it('is not under 0 where more came back than went out', async () => {
    const categoryId = await category()
    await addTransactions(tenant, [{ accountId, occurredOn: '2026-10-02', amountMinor: 700, categoryId }])
    expect(await set({ categoryId, amountMinor: 10 })).toMatchObject({ spentMinor: 0, remainingMinor: 10 })
  })
})

describe('GET /budgets', () => {
  it('lists those in force in the month, page by page', async () => {
    const client = await harness.signUp()
    const categories = (await client.get('/categories')).body.items.slice(0, 5)
    for (const [index, { id }] of categories.entries()) {
      const months =
        index === 4
          ? { startMonth: '2026-12' }
          : { startMonth: '2026-01', endMonth: index === 3 ? '2026-09' : null }
      expect(
        (await client.post('/budgets', { categoryId: id, amountMinor: 100 + index, ...months })).status,
      ).toBe(201)
    }
    const amounts = async (query: string): Promise<number[]> =>
      (await client.get(`/budgets${query}`)).body.items.map((item: Answer['body']) => item.amountMinor)
    expect(await amounts('')).toEqual([100, 101, 102])
    expect(await amounts('?month=2026-09')).toEqual([100, 101, 102, 103])
    expect(await amounts('?month=2027-01')).toEqual([100, 101, 102, 104])
    expect(await amounts('?month=2025-12')).toEqual([])
    const first = await client.get('/budgets?limit=2')
    const second = await client.get(`/budgets?limit=2&cursor=${first.body.nextCursor}`)
    expect([...first.body.items, ...second.body.items].map((item) => item.amountMinor)).toEqual([
      100, 101, 102,
    ])
    expect(second.body.nextCursor).toBeNull()
    expect(await statements.during(() => client.get('/budgets?month=2026-09'))).toHaveLength(1)
  })
})

describe('PATCH and DELETE /budgets/{id}', () => {
  it('changes amount and months under If-Match, and keeps months apart', async () => {
    const categoryId = await category()
    await set({ categoryId, startMonth: '2026-01', endMonth: '2026-06' })
    const { id } = await set({ categoryId, startMonth: '2026-07' })
    expect((await ana.patch(`/budgets/${id}`, { amountMinor: 2 })).status).toBe(428)
    const changed = await ana.patch(
      `/budgets/${id}`,
      { amountMinor: 2, endMonth: '2026-12' },
      { 'if-match': '"1"' },
    )
    expect(changed.body).toMatchObject({
      amountMinor: 2,
      startMonth: '2026-07',
      endMonth: '2026-12',
      version: 2,
    })
    expect(changed.headers['etag']).toBe('"2"')
    const patch = (body: unknown): Promise<Answer> => ana.patch(`/budgets/${id}`, body, { 'if-match': '"2"' })
    expect((await patch({ startMonth: '2026-06' })).body.code).toBe('conflict')
    expect((await patch({ startMonth: '2027-01' })).status).toBe(400)
    expect((await ana.patch(`/budgets/${id}`, { amountMinor: 3 }, { 'if-match': '"1"' })).status).toBe(412)
    expect((await patch({ endMonth: null })).body).toMatchObject({ endMonth: null, version: 3 })
    expect((await ana.delete(`/budgets/${id}`, { 'if-match': '"2"' })).status).toBe(412)
    expect((await ana.delete(`/budgets/${id}`, { 'if-match': '"3"' })).status).toBe(204)
    expect((await ana.get(`/budgets/${id}`)).status).toBe(404)
    expect((await ana.delete(`/budgets/${id}`)).status).toBe(404)
  })

  it("is 404 for another tenant's", async () => {
    const { id } = await set({ categoryId: await category() })
    const stranger = await harness.signUp()
    expect((await stranger.get(`/budgets/${id}`)).status).toBe(404)
    expect((await stranger.patch(`/budgets/${id}`, { amountMinor: 1 }, { 'if-match': '*' })).status).toBe(404)
    expect((await stranger.delete(`/budgets/${id}`)).status).toBe(404)
    expect((await ana.get(`/budgets/${id}`)).body.version).toBe(1)
  })
})
