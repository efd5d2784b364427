/** What the database does for one statement at most, and what is answered beyond: a clear refusal, and the same connection goes on. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { translate } from '../src/plugins/errors.ts'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'

interface Timeouts {
  statement: string
  lock: string
  idle: string
}

const TIMEOUTS = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
  current_setting('idle_in_transaction_session_timeout') as idle`

describe.each([
  ['a lock that is not given', { DATABASE_LOCK_TIMEOUT_MS: '300' }, 503, 'unavailable'],
  ['a statement that takes too long', { DATABASE_STATEMENT_TIMEOUT_MS: '300' }, 504, 'timed_out'],
])('%s', (_name, environment, status, code) => {
  let harness: Harness
  let client: Client
  let account: string

  beforeAll(async () => {
    // One connection of each login: what goes on goes on over the one that was cut short.
    harness = await createHarness({ environment: { ...environment, DATABASE_POOL_SIZE: '1' } })
    client = await harness.signUp()
    account = (await client.post('/accounts', { name: 'Conta', type: 'checking', currency: 'BRL' })).body.id
  })
  afterAll(() => harness.close())

  /** Whatever asks this table waits, until what is to be tried is over. */
  async function whileLocked<T>(table: string, work: () => Promise<T>): Promise<T> {
    const { admin } = harness.database
    await admin.query('begin')
    try {
      await admin.query(`lock table ${table} in access exclusive mode`)
      return await work()
    } finally {
      await admin.query('rollback')
    }
  }

  async function backend(): Promise<number> {
    const { id: tenantId, actor } = {
      id: client.session.tenant.id,
      actor: { type: 'system', userId: null } as const,
    }
    const tenant = harness.context.tenancy.enter({ tenantId, actor, requestId: null })
    const [row] = await tenant.read<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
    return row?.pid ?? 0
  }

  function expectRefusal(answer: Answer): void {
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status, code, requestId: expect.any(String) })
    expect(answer.body.title).not.toMatch(/statement|lock|cancel|sql/i)
    expect(answer.headers['retry-after']).toBe(status === 503 ? '2' : undefined)
  }

  it('ends a read, and the next one is answered over the same connection', async () => {
    const before = await backend()
    expectRefusal(await whileLocked('app.transactions', () => client.get('/transactions')))
    expect((await client.get('/transactions')).status).toBe(200)
    expect(await backend()).toBe(before)
  })

  it('ends a command, of which nothing is kept, and the next one is carried out', async () => {
    const before = await backend()
    const transaction = {
      accountId: account,
      occurredOn: '2026-11-20',
      amountMinor: -500,
      description: 'Pão',
    }
    expectRefusal(await whileLocked('app.transaction_lines', () => client.post('/transactions', transaction)))
    expect((await client.get('/transactions')).body.items).toEqual([])
    expect((await client.post('/transactions', transaction)).status).toBe(201)
    expect(await backend()).toBe(before)
  })

  it('ends what is asked of the control plane', async () => {
    const login = (): Promise<Answer> => {
      const payload = { email: client.email, password: client.password }
      return harness.request({ method: 'POST', url: '/api/v1/auth/login', payload })
    }
    expectRefusal(await whileLocked('control.identities', login))
    expect((await login()).status).toBe(200)
  })
})

describe('every connection', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({
      environment: { DATABASE_STATEMENT_TIMEOUT_MS: '12000', DATABASE_LOCK_TIMEOUT_MS: '4000' },
    })
  })
  afterAll(() => harness.close())

  it('has the bounds of the configuration', async () => {
    const { session } = await harness.signUp()
    const tenant = harness.context.tenancy.enter({
      tenantId: session.tenant.id,
      actor: { type: 'system', userId: null },
      requestId: null,
    })
    const expected = { statement: '12s', lock: '4s', idle: '1min' }
    expect(await tenant.read<Timeouts>({ text: TIMEOUTS })).toEqual([expected])
    expect(await tenant.command((tx) => tx.query<Timeouts>(TIMEOUTS))).toEqual([expected])
    expect(await harness.context.control.query<Timeouts>(TIMEOUTS)).toEqual([expected])
  })

  it.each(['appUrl', 'controlUrl'] as const)(
    'of %s is bounded by its role where it asks for nothing',
    async (url) => {
      const client = new pg.Client({ connectionString: harness.database[url] })
      await client.connect()
      try {
        expect((await client.query(TIMEOUTS)).rows).toEqual([{ statement: '30s', lock: '10s', idle: '1min' }])
      } finally {
        await client.end()
      }
    },
  )

  it('is closed where its transaction does nothing, which keeps nothing, and the pool opens another', async () => {
    const client = await harness.signUp()
    const tenant = harness.context.tenancy.enter({
      tenantId: client.session.tenant.id,
      actor: { type: 'system', userId: null },
      requestId: null,
    })
    const failure = await tenant
      .bulk(async (tx) => {
        await tx.query(`update app.tenants set name = 'Other' where tenant_id = $1`, tx.tenantId)
        await tx.query('set local idle_in_transaction_session_timeout = 50')
        const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
        await vi.waitFor(
          async () => {
            const open = await harness.database.admin.query('select 1 from pg_stat_activity where pid = $1', [
              row?.pid,
            ])
            expect(open.rowCount).toBe(0)
          },
          { timeout: 10_000, interval: 20 },
        )
        await tx.query('select 1')
      })
      .catch((error: unknown) => error)
    expect(translate(failure, {})).toMatchObject({ code: 'unavailable' })
    expect((await client.get('/workspace')).body.name).toBe(client.session.tenant.name)
  })
})
