/** The audit log's parts by month: what is written lands in its own, nothing is lost without one, and empty ones end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import pg from 'pg'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { keepAuditMonths } from '../housekeeping/housekeeping.queries.ts'

let harness: Harness
let ana: Client
let tenantId: string

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp()
  tenantId = ana.session.tenant.id
})
afterAll(() => harness.close())

const admin = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
  harness.database.admin.query<Row>(text, values).then(({ rows }) => rows)

async function parts(): Promise<string[]> {
  const rows = await admin<{ part: string }>('select part from app.audit_months()')
  return rows.map(({ part }) => part)
}

/** `2026_11` for the month that is so many after this one, in UTC. */
function month(after: number, from = new Date()): string {
  const day = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + after, 1))
  return day.toISOString().slice(0, 7).replace('-', '_')
}

function monthsLater(months: number): Date {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 15))
}

/** A row of another time, past the triggers, as a server that was away for months would find it. */
async function rowAt(at: Date): Promise<string> {
  await admin('set session_replication_role = replica')
  const [row] = await admin<{ id: string }>(
    `insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity)
     values ($1, $2, gen_random_uuid(), 'system', 'insert', 'accounts') returning id`,
    [tenantId, at],
  )
  await admin('set session_replication_role = origin')
  return row?.id ?? ''
}

async function partOf(id: string): Promise<string | undefined> {
  const [row] = await admin<{ part: string }>(
    'select tableoid::regclass::text as part from app.audit_logs where id = $1',
    [id],
  )
  return row?.part
}

describe('the months of the audit log', () => {
  it('are there three ahead, from the migration on, and asking again makes no more', async () => {
    expect(await parts()).toEqual(
      expect.arrayContaining([1, 2, 3].map((after) => `audit_logs_${month(after)}`)),
    )
    const before = await parts()
    await keepAuditMonths(harness.context.control, new Date())
    expect(await parts()).toEqual(before)
  })

  it('hold the rows of their time', async () => {
    expect(await partOf(await rowAt(monthsLater(2)))).toBe(`app.audit_logs_${month(2)}`)
  })

  it.each([
    'select * from %s',
    'insert into %s select * from app.audit_logs',
    'delete from %s',
    'truncate %s',
  ])('are closed to the application: %s', async (text) => {
    const app = new pg.Client({ connectionString: harness.database.appUrl })
    await app.connect()
    try {
      await app.query('begin')
      await app.query("select app.enter($1, null, 'user', null, null, null, null)", [tenantId])
      for (const part of [...(await parts()), 'audit_logs_other']) {
        await app.query('savepoint attempt')
        await expect(app.query(text.replace('%s', `app.${part}`))).rejects.toMatchObject({ code: '42501' })
        await app.query('rollback to attempt')
      }
    } finally {
      await app.end()
    }
  })

  it('that nobody made yet lose nothing: rows wait, are found, and move when their month is made', async () => {
    const late = monthsLater(7)
    const id = await rowAt(late)
    expect(await partOf(id)).toBe('app.audit_logs_other')
    await keepAuditMonths(harness.context.control, late)
    expect(await partOf(id)).toBe(`app.audit_logs_${month(7)}`)
    expect(await admin('select 1 from app.audit_logs_other')).toEqual([])
    const [forced] = await admin<{ forced: boolean }>(
      `select bool_and(relrowsecurity and relforcerowsecurity) as forced from pg_class
       where relname like 'audit_logs%' and relkind in ('r', 'p')`,
    )
    expect(forced?.forced).toBe(true)
  })

  it('end a year after they are over, when nothing of them is left, and not before', async () => {
    const over = `audit_logs_${month(2)}`
    const much = monthsLater(40)
    await keepAuditMonths(harness.context.control, much)
    expect(await parts()).toContain(over)
    expect(await parts()).not.toContain(`audit_logs_${month(1)}`)
    await admin('set session_replication_role = replica')
    await admin(`delete from app.${over}`)
    await admin('set session_replication_role = origin')
    await admin(`vacuum (truncate true) app.${over}`)
    await keepAuditMonths(harness.context.control, monthsLater(13))
    expect(await parts()).toContain(over)
    await keepAuditMonths(harness.context.control, much)
    expect(await parts()).not.toContain(over)
  })

  it('are not made for a time that is far off', async () => {
    await expect(keepAuditMonths(harness.context.control, monthsLater(100))).rejects.toThrow(/around today/)
  })
})
