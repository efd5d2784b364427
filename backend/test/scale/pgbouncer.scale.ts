/** The product behind PgBouncer in transaction mode: right, with many more clients than connections. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../database.ts'
import { createHarness, type Client, type Harness } from '../harness.ts'
import { SERVER_CONNECTIONS, startPgBouncer, type TestPooler } from './pgbouncer.ts'

let database: TestDatabase
let pooler: TestPooler
let pooled: TestDatabase
let harness: Harness

beforeAll(async () => {
  database = await createTestDatabase(inject('adminUrl'))
  pooler = await startPgBouncer([database.appUrl, database.controlUrl])
  pooled = {
    ...database,
    appUrl: pooler.through(database.appUrl),
    controlUrl: pooler.through(database.controlUrl),
  }
  harness = await createHarness({
    database: pooled,
    environment: { DATABASE_POOLER: 'transaction', DATABASE_POOL_SIZE: '32' },
  })
})
afterAll(async () => {
  await harness.close()
  await pooler.stop()
  await database.drop()
})

const spend = (client: Client, accountId: string, n: number): Promise<{ status: number }> =>
  client.post('/transactions', {
    accountId,
    occurredOn: '2026-11-20',
    amountMinor: -n,
    description: `number ${n}`,
  })

async function personWithAccount(): Promise<{ client: Client; accountId: string }> {
  const client = await harness.signUp()
  const { body } = await client.post('/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })
  return { client, accountId: body.id as string }
}

describe('behind PgBouncer in transaction mode', () => {
  it('two tenants at once write and read their own and nothing else, over four connections', async () => {
    const people = await Promise.all([personWithAccount(), personWithAccount()])
    const calls = people.flatMap(({ client, accountId }) =>
      Array.from({ length: 60 }, async (_, n) => {
        const { status } = await spend(client, accountId, n + 1)
        const [list, summary] = await Promise.all([
          client.get('/transactions?limit=5'),
          client.get('/reports/summary?from=2026-11&to=2026-11'),
        ])
        return [status, list.status, summary.status]
      }),
    )
    expect((await Promise.all(calls)).flat().filter((status) => status >= 400)).toEqual([])
    for (const { client } of people) {
      const { items } = (await client.get('/transactions?limit=100')).body
      expect(items).toHaveLength(60)
      expect((await client.get('/reports/summary?from=2026-11&to=2026-11')).body.items).toMatchObject([
        { expenseMinor: 1830 },
      ])
    }
    const { rows } = await database.admin.query<{ usename: string; n: number }>(
      `select usename, count(*)::int as n from pg_stat_activity where datname = current_database() and usename like 'chronos%' group by 1`,
    )
    expect(rows.map(({ n }) => n).filter((n) => n > SERVER_CONNECTIONS)).toEqual([])
  })

  it('jobs are enqueued with what they belong to, fetched and done', async () => {
    await harness.startJobs()
    const person = await harness.signUp()
    expect((await harness.mailTo(person.email)).mail.to).toBe(person.email)
  })

  it('a process that does not know of it is refused at its start: a pooler takes no options of a connection', async () => {
    await expect(
      createHarness({ database: pooled, environment: { DATABASE_POOLER: 'none' } }),
    ).rejects.toThrow(/startup parameter/)
  })

  it('statements prepared by name fail there', async () => {
    const clients = Array.from({ length: 2 }, () => new pg.Client({ connectionString: pooled.appUrl }))
    const ask = async (client: pg.Client): Promise<unknown> => client.query({ name: 'one', text: 'select 1' })
    try {
      for (const client of clients) await client.connect()
      await expect(
        Promise.all(clients.map(ask)).then(() => Promise.all(clients.toReversed().map(ask))),
      ).rejects.toThrow(/prepared statement "one"/)
    } finally {
      for (const client of clients) await client.end()
    }
  })
})
