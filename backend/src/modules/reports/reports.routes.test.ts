import { addDays } from '@chronos/contracts/dates'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { addAccount, addTransactions, tenantOf, type LineToAdd } from '../../../test/ledger.ts'
import { logStatements } from '../../../test/statements.ts'
import type { Tenant } from '../../platform/tenancy.ts'

const statements = logStatements()
let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(async () => {
  statements.remove()
  await harness.close()
})

async function workspace(): Promise<{
  client: Client
  tenant: Tenant
  accountId: string
  categories: string[]
}> {
  const client = await harness.signUp()
  const tenant = tenantOf(harness, client)
  const categories: { id: string }[] = (await client.get('/categories')).body.items
  return { client, tenant, accountId: await addAccount(tenant), categories: categories.map(({ id }) => id) }
}

describe('GET /reports/summary', () => {
  it('sums income and expense by category, account and month, a block per currency, transfers left out', async () => {
    const { client, tenant, accountId, categories } = await workspace()
    const [food = '', salary = ''] = categories
    const card = await addAccount(tenant, 'BRL', 'Card')
    const dollars = await addAccount(tenant, 'USD')
    await addTransactions(tenant, [
      { accountId, occurredOn: '2026-01-05', amountMinor: 500_000, categoryId: salary },
      { accountId: card, occurredOn: '2026-01-31', amountMinor: -5290, categoryId: food },
      { accountId, occurredOn: '2026-03-01', amountMinor: -710, categoryId: null },
      { accountId, occurredOn: '2026-03-02', amountMinor: 90, categoryId: food },
      { accountId, occurredOn: '2026-02-10', amountMinor: -99_999, isTransfer: true },
      { accountId, occurredOn: '2026-02-10', amountMinor: -99_999, isDeleted: true },
      { accountId, occurredOn: '2025-12-31', amountMinor: -1 },
      { accountId, occurredOn: '2026-04-01', amountMinor: -1 },
      { accountId: dollars, currency: 'USD', occurredOn: '2026-02-10', amountMinor: -1250, categoryId: food },
    ])
    const { status, body } = await client.get('/reports/summary?from=2026-01&to=2026-03')
    expect(status).toBe(200)
    const flow = (incomeMinor: number, expenseMinor: number) => ({
      incomeMinor,
      expenseMinor,
      netMinor: incomeMinor - expenseMinor,
    })
    expect(body).toEqual({
      from: '2026-01-01',
      to: '2026-03-31',
      nextCursor: null,
      items: [
        {
          currency: 'BRL',
          ...flow(500_090, 6000),
          byCategory: [
            { categoryId: food, ...flow(90, 5290) },
            { categoryId: null, ...flow(0, 710) },
            { categoryId: salary, ...flow(500_000, 0) },
          ],
          byAccount: [
            { accountId: card, ...flow(0, 5290) },
            { accountId, ...flow(500_090, 710) },
          ],
          byMonth: [
            { month: '2026-01', ...flow(500_000, 5290) },
            { month: '2026-02', ...flow(0, 0) },
            { month: '2026-03', ...flow(90, 710) },
          ],
        },
        {
          currency: 'USD',
          ...flow(0, 1250),
          byCategory: [{ categoryId: food, ...flow(0, 1250) }],
          byAccount: [{ accountId: dollars, ...flow(0, 1250) }],
          byMonth: [
            { month: '2026-01', ...flow(0, 0) },
            { month: '2026-02', ...flow(0, 1250) },
            { month: '2026-03', ...flow(0, 0) },
          ],
        },
      ],
    })
  })

  it('equals the sum of the transactions over any range of days', async () => {
    const { client, tenant, accountId, categories } = await workspace()
    const lines: LineToAdd[] = Array.from({ length: 400 }, (_, index) => ({
      accountId,
      occurredOn: addDays('2025-12-20', (index * 37) % 140),
      amountMinor: ((index * 7919) % 20_011) - 12_000,
      categoryId: index % 5 === 0 ? null : (categories[index % 7] ?? null),
      isTransfer: index % 11 === 0,
      isDeleted: index % 13 === 0,
    }))
    await addTransactions(tenant, lines)
    const counted = lines.filter((line) => line.isTransfer !== true && line.isDeleted !== true)
    const day = fc.integer({ min: -5, max: 150 }).map((count) => addDays('2025-12-20', count))
    await fc.assert(
      fc.asyncProperty(day, day, async (one, two) => {
        const [from, to] = one <= two ? [one, two] : [two, one]
        const inside = counted.filter((line) => line.occurredOn >= from && line.occurredOn <= to)
        const sum = (lines: LineToAdd[], sign: number): number =>
          lines.reduce((total, line) => total + Math.max(sign * line.amountMinor, 0), 0)
        const { body } = await client.get(`/reports/summary?from=${from}&to=${to}`)
        expect(body.items).toHaveLength(inside.length === 0 ? 0 : 1)
        if (inside.length === 0) return
        const [block] = body.items
        expect(block).toMatchObject({ incomeMinor: sum(inside, 1), expenseMinor: sum(inside, -1) })
        for (const part of ['byCategory', 'byAccount', 'byMonth'] as const) {
          const net = block[part].reduce(
            (total: number, each: { netMinor: number }) => total + each.netMinor,
            0,
          )
          expect(net).toBe(block.netMinor)
        }
        for (const { categoryId, incomeMinor } of block.byCategory) {
          expect(incomeMinor).toBe(
            sum(
              inside.filter((line) => line.categoryId === categoryId),
              1,
            ),
          )
        }
      }),
      { numRuns: 40, seed: 11 },
    )
  })

  it('costs one statement, whatever the range', async () => {
    const { client, tenant, accountId } = await workspace()
    await addTransactions(tenant, [{ accountId, occurredOn: '2026-02-10', amountMinor: -1 }])
    for (const query of [
      'from=2026-01&to=2026-12',
      'from=2026-01-15&to=2026-03-04',
      'from=2026-02-10&to=2026-02-10',
    ]) {
      const sent = await statements.during(async () => {
        expect((await client.get(`/reports/summary?${query}`)).body.items[0].expenseMinor).toBe(1)
      })
      expect(sent).toHaveLength(1)
    }
  })

  it('refuses a total past 2^53 with 422 and says nothing half', async () => {
    const { client, tenant, accountId, categories } = await workspace()
    const second = await addAccount(tenant, 'BRL', 'Second')
    // A bulk of the largest amounts, spread so that no single rollup passes the limit.
    const lines = [accountId, second].flatMap((account) =>
      Array.from({ length: 500 }, (_, index) => ({
        accountId: account,
        occurredOn: addDays('2026-01-01', index % 28),
        amountMinor: -10_000_000_000_000,
        categoryId: categories[index % 10] ?? null,
      })),
    )
    await addTransactions(tenant, lines)
    const answer = await client.get('/reports/summary?from=2026-01&to=2026-12')
    expect([answer.status, answer.body.code]).toEqual([422, 'amount_overflow'])
  })

  it.each([
    'from=2026-02&to=2026-01',
    'from=2026-02-30&to=2026-03',
    'from=2026-01',
    'from=1900-01&to=2026-01',
    'from=2026-01&to=2026-02&x=1',
    'from=&to=',
  ])('refuses %s with 400', async (query) => {
    const { client } = await workspace()
    expect((await client.get(`/reports/summary?${query}`)).status).toBe(400)
  })

  it("shows nothing of another tenant's", async () => {
    const { tenant, accountId } = await workspace()
    await addTransactions(tenant, [{ accountId, occurredOn: '2026-02-10', amountMinor: -1 }])
    const stranger = await harness.signUp()
    expect((await stranger.get('/reports/summary?from=2026-01&to=2026-12')).body.items).toEqual([])
  })
})
