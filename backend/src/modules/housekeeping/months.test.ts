/** The parts by month of audit log and messages: what is written lands in its own, nothing is lost without one, and empty ones end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import pg from 'pg'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { addAccount, addTransactions, tenantOf } from '../../../test/ledger.ts'
import { keepMonths } from './housekeeping.queries.ts'

let harness: Harness
let ana: Client
let tenantId: string

/** A database for each table: what the years to come do to one, they do to the other. */
function withDatabase(): void {
  beforeAll(async () => {
    harness = await createHarness()
    ana = await harness.signUp()
    tenantId = ana.session.tenant.id
  })
  afterAll(() => harness.close())
}

const admin = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
  harness.database.admin.query<Row>(text, values).then(({ rows }) => rows)

async function parts(table = 'audit_logs'): Promise<string[]> {
  const rows = await admin<{ part: string }>('select part from app.months_of($1)', [table])
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

/** What the application must not do to a part. */
const CLOSED = ['select * from %s', 'insert into %s select * from %s', 'delete from %s', 'truncate %s']

async function asApplication(act: (app: pg.Client) => Promise<void>): Promise<void> {
  const app = new pg.Client({ connectionString: harness.database.appUrl })
  await app.connect()
  try {
    await app.query('begin')
    await app.query("select app.enter($1, null, 'user', null, null, null, null)", [tenantId])
    await act(app)
    await app.query('commit')
  } finally {
    await app.end()
  }
}

const expectClosed = (table: string, text: string): Promise<void> =>
  asApplication(async (app) => {
    for (const part of [...(await parts(table)), `${table}_other`]) {
      await app.query('savepoint attempt')
      await expect(app.query(text.replaceAll('%s', `app.${part}`))).rejects.toMatchObject({ code: '42501' })
      await app.query('rollback to attempt')
    }
  })

describe('the months of the audit log', () => {
  withDatabase()

  it('are there three ahead, from the migration on, and asking again makes no more', async () => {
    expect(await parts()).toEqual(
      expect.arrayContaining([1, 2, 3].map((after) => `audit_logs_${month(after)}`)),
    )
    const before = await parts()
    await keepMonths(harness.context.control, new Date())
    expect(await parts()).toEqual(before)
  })

  it('hold the rows of their time', async () => {
    expect(await partOf(await rowAt(monthsLater(2)))).toBe(`app.audit_logs_${month(2)}`)
  })

  it.each(CLOSED)('are closed to the application: %s', (text) => expectClosed('audit_logs', text))

  it('that nobody made yet lose nothing: rows wait, are found, and move when their month is made', async () => {
    const late = monthsLater(7)
    const id = await rowAt(late)
    expect(await partOf(id)).toBe('app.audit_logs_other')
    await keepMonths(harness.context.control, late)
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
    await keepMonths(harness.context.control, much)
    expect(await parts()).toContain(over)
    expect(await parts()).not.toContain(`audit_logs_${month(1)}`)
    await admin('set session_replication_role = replica')
    await admin(`delete from app.${over}`)
    await admin('set session_replication_role = origin')
    await admin(`vacuum (truncate true) app.${over}`)
    await keepMonths(harness.context.control, monthsLater(13))
    expect(await parts()).toContain(over)
    await keepMonths(harness.context.control, much)
    expect(await parts()).not.toContain(over)
  })

  it('are there again after a clock that was years ahead', async () => {
    expect(await parts()).not.toContain(`audit_logs_${month(1)}`)
    await keepMonths(harness.context.control, new Date())
    for (const table of ['audit_logs', 'whatsapp_messages'])
      expect(await parts(table)).toEqual(
        expect.arrayContaining([1, 2, 3].map((after) => `${table}_${month(after)}`)),
      )
  })

  it('are not made for a time that is far off', async () => {
    await expect(keepMonths(harness.context.control, monthsLater(100))).rejects.toThrow(/around today/)
  })
})

describe('the months of messages', () => {
  withDatabase()
  let chatId: string

  beforeAll(async () => {
    const [chat] = await admin<{ id: string }>(
      `insert into app.whatsapp_chats (tenant_id, id, user_id, phone_number_id, state, created_at, updated_at)
       values ($1, gen_random_uuid(), $2, '1', 'linked', now(), now()) returning id`,
      [tenantId, ana.session.user.id],
    )
    chatId = chat?.id ?? ''
  })

  /** An id of version 7 of this instant. */
  const idAt = async (at: Date): Promise<string> => {
    const [row] = await admin<{ id: string }>(
      'select (left(app.first_id($1)::text, 18) || right(gen_random_uuid()::text, 18))::uuid as id',
      [at],
    )
    return row?.id ?? ''
  }

  /** As the application stores one. @returns its id, or undefined where it is not stored */
  async function store(
    at: Date,
    given: { direction?: string; wamid?: string; inReplyTo?: string } = {},
  ): Promise<string | undefined> {
    const id = await idAt(at)
    let stored: string | undefined
    await asApplication(async (app) => {
      const { rows } = await app.query<{ id: string }>(
        `insert into app.whatsapp_messages
           (tenant_id, id, chat_id, direction, wamid, type, state, in_reply_to, occurred_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'text', 'received', $6, $7, $7, $7) returning id`,
        [tenantId, id, chatId, given.direction ?? 'inbound', given.wamid, given.inReplyTo, at],
      )
      stored = rows[0]?.id
    })
    return stored
  }

  async function partOfMessage(id: string | undefined): Promise<string | undefined> {
    const [row] = await admin<{ part: string }>(
      'select tableoid::regclass::text as part from app.whatsapp_messages where id = $1',
      [id],
    )
    return row?.part
  }

  const keysOf = (id: string | undefined) =>
    admin('select kind, value from app.whatsapp_message_keys where message_id = $1 order by kind', [id])

  it('are there three ahead, and hold the messages of their time', async () => {
    expect(await parts('whatsapp_messages')).toEqual(
      expect.arrayContaining([1, 2, 3].map((after) => `whatsapp_messages_${month(after)}`)),
    )
    expect(await partOfMessage(await store(monthsLater(2)))).toBe(`app.whatsapp_messages_${month(2)}`)
  })

  it.each(CLOSED)('are closed to the application: %s', (text) => expectClosed('whatsapp_messages', text))

  it('store a message once, although it is delivered again in the next month', async () => {
    const id = await store(monthsLater(1), { wamid: 'wamid.again' })
    expect(id).toBeDefined()
    expect(await store(monthsLater(2), { wamid: 'wamid.again' })).toBeUndefined()
    expect(await keysOf(id)).toEqual([{ kind: 'wamid', value: 'wamid.again' }])
  })

  it('take one reply to a message, in whatever month', async () => {
    const id = await store(monthsLater(1))
    const reply = { direction: 'outbound', ...(id === undefined ? {} : { inReplyTo: id }) }
    expect(await store(monthsLater(1), reply)).toBeDefined()
    await expect(store(monthsLater(2), reply)).rejects.toMatchObject({ code: '23505' })
  })

  it("refuse an id of Meta's that another message has", async () => {
    await store(monthsLater(1), { wamid: 'wamid.taken' })
    const second = await store(monthsLater(2), { direction: 'outbound' })
    const name = (wamid: string) =>
      asApplication(async (app) => {
        await app.query('update app.whatsapp_messages set wamid = $2 where id = $1', [second, wamid])
      })
    await expect(name('wamid.taken')).rejects.toMatchObject({ code: '23505' })
    await name('wamid.own')
    await name('wamid.own')
    expect(await keysOf(second)).toEqual([{ kind: 'wamid', value: 'wamid.own' }])
    await expect(store(monthsLater(1), { direction: 'outbound', wamid: 'wamid.own' })).rejects.toMatchObject({
      code: '23505',
    })
  })

  it("forget Meta's id with the message, or when it is emptied", async () => {
    const gone = await store(monthsLater(1), { wamid: 'wamid.gone' })
    const emptied = await store(monthsLater(1), { wamid: 'wamid.emptied' })
    await asApplication(async (app) => {
      await app.query('delete from app.whatsapp_messages where id = $1', [gone])
      await app.query('update app.whatsapp_messages set wamid = null where id = $1', [emptied])
    })
    expect([...(await keysOf(gone)), ...(await keysOf(emptied))]).toEqual([])
  })

  it('end a year after they are over, when no message is left, and not while a transaction refers to one', async () => {
    const over = `whatsapp_messages_${month(3)}`
    const id = await store(monthsLater(3))
    const tenant = tenantOf(harness, ana)
    const accountId = await addAccount(tenant)
    await addTransactions(tenant, [{ accountId, occurredOn: '2026-10-01', amountMinor: -500 }])
    await admin('update app.transactions set whatsapp_message_id = $1', [id])
    const much = monthsLater(47)
    await keepMonths(harness.context.control, much)
    expect(await parts('whatsapp_messages')).toContain(over)
    const removed = admin('delete from app.whatsapp_messages where id = $1', [id])
    await expect(removed).rejects.toMatchObject({ code: '23503' })
    await admin('update app.transactions set whatsapp_message_id = null')
    await admin('delete from app.whatsapp_messages where id = $1', [id])
    await admin(`vacuum (truncate true) app.${over}`)
    await keepMonths(harness.context.control, much)
    expect(await parts('whatsapp_messages')).not.toContain(over)
  })

  it('that nobody made yet lose nothing: messages stay where they waited, and later months are made', async () => {
    const late = monthsLater(53)
    const id = await store(late, { wamid: 'wamid.late' })
    expect(await partOfMessage(id)).toBe('app.whatsapp_messages_other')
    await keepMonths(harness.context.control, late)
    expect(await partOfMessage(id)).toBe('app.whatsapp_messages_other')
    expect(await parts('whatsapp_messages')).toContain(`whatsapp_messages_${month(54)}`)
    expect(await store(monthsLater(54), { wamid: 'wamid.late' })).toBeUndefined()
  })
})
