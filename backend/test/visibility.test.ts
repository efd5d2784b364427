/**
 * An account that is kept from a member does not exist for them: every GET of the API is asked, and no answer has an
 * id, a name or an amount of it; and what they try to write to it is answered as for an account that nobody has.
 */
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'
import { joinAs } from './members.ts'

const AMOUNT = 98_765_43
/** Long, as the others are: four digits turn up in ids by chance. */
const IMPORTED = 77_318_193
const OPENING = 45_678_91
const NAME = 'Reserva sigilosa'
const SECRET = 'Comprovante sigiloso'
const NUMBER = '55667788'

let harness: Harness
let owner: Client
let member: Client
let seen: string
let hidden: string
let hiddenTransaction: string
let deletedTransaction: string
let seenLeg: string
let importId: string
/** Texts that no answer may have. */
let secrets: string[]

function created(answer: Answer): string {
  expect([answer.status, answer.body]).toEqual([201, expect.anything()])
  return answer.body.id as string
}

beforeAll(async () => {
  harness = await createHarness()
  owner = await harness.signUp()
  const account = { type: 'checking', currency: 'BRL' }
  seen = created(await owner.post('/accounts', { ...account, name: 'Conta da casa' }))
  hidden = created(
    await owner.post('/accounts', {
      ...account,
      name: NAME,
      number: NUMBER,
      openingBalanceMinor: OPENING,
    }),
  )
  const categoryId = created(await owner.post('/categories', { name: 'Gastos' }))
  created(await owner.post('/budgets', { categoryId, amountMinor: 100_00, startMonth: '2026-11' }))
  const entry = { occurredOn: '2026-11-20', amountMinor: -AMOUNT, description: SECRET, categoryId }
  created(
    await owner.post('/transactions', {
      ...entry,
      accountId: seen,
      amountMinor: -1000,
      description: 'Mercado',
    }),
  )
  hiddenTransaction = created(await owner.post('/transactions', { ...entry, accountId: hidden, tags: ['x'] }))
  deletedTransaction = created(await owner.post('/transactions', { ...entry, accountId: hidden }))
  await owner.delete(`/transactions/${deletedTransaction}`)
  const transfer = await owner.post('/transfers', {
    fromAccountId: seen,
    toAccountId: hidden,
    occurredOn: '2026-11-21',
    amountMinor: 1500,
    description: 'Para a reserva',
  })
  seenLeg = transfer.body.from.id
  const csv = { name: 'sigilo.csv', content: `data;descricao;valor\n22/11/2026;${SECRET};-773181,93\n` }
  importId = created(await owner.upload('/imports', csv, { accountId: hidden }))
  expect((await owner.post(`/imports/${importId}/apply`, { accounts: {} })).status).toBeLessThan(300)
  secrets = [
    hidden,
    hiddenTransaction,
    deletedTransaction,
    transfer.body.to.id,
    importId,
    NAME,
    SECRET,
    NUMBER,
    'sigilo',
    String(AMOUNT),
    String(OPENING),
    String(IMPORTED),
  ]
  member = await joinAs(harness, owner, 'member', [hidden])
})
afterAll(() => harness.close())

/** What is asked of lists, beside themselves. */
const QUERIES: Readonly<Record<string, () => string[]>> = {
  listTransactions: () => [
    '?limit=200',
    `?accountId=${hidden}`,
    '?q=comprovante',
    '?includeDeleted=true',
    `?minAmountMinor=${-AMOUNT}`,
  ],
  getSummary: () => ['?from=2026-01-01&to=2026-12-31', `?from=2026-01-01&to=2026-12-31&accountId=${hidden}`],
  listBudgets: () => ['?month=2026-11'],
}

const GETS = ENDPOINTS.filter(
  ({ method, auth, responseKind }) => method === 'GET' && auth === 'session' && responseKind !== 'stream',
)

describe('a member who is kept from an account', () => {
  it.each(GETS.map((spec) => [spec.id, spec.path] as const))('reads nothing of it: %s', async (id, path) => {
    const paths = path.includes('{')
      ? secrets
          .filter((secret) => /^[0-9a-f-]{36}$/.test(secret))
          .map((secret) => path.replace(/\{\w+\}/g, secret))
      : ['', ...(QUERIES[id]?.() ?? [])].map((query) => path + query)
    for (const each of paths) {
      const answer = await member.get(each)
      const text = JSON.stringify(answer.body)
      for (const secret of secrets) expect([each, text.includes(secret)]).toEqual([each, false])
      if (path.includes('{')) expect([each, answer.status]).toEqual([each, expect.toBeOneOf([403, 404])])
    }
  })

  it('gets totals of what they see alone', async () => {
    const [accounts, summary, budgets] = [
      await member.get('/accounts'),
      await member.get('/reports/summary?from=2026-11-01&to=2026-11-30'),
      await member.get('/budgets?month=2026-11'),
    ]
    expect(accounts.body.items.map((each: { id: string }) => each.id)).toEqual([seen])
    expect(accounts.body.items[0].balanceMinor).toBe(-2500)
    expect(JSON.stringify(summary.body)).toContain('1000')
    expect(budgets.body.items[0].spentMinor).toBe(1000)
    const all = await owner.get('/budgets?month=2026-11')
    expect(all.body.items[0].spentMinor).toBe(1000 + AMOUNT)
    expect((await owner.get('/accounts')).body.items).toHaveLength(2)
  })

  it('is answered as for an account that nobody has, whatever they write', async () => {
    const writes = (accountId: string, transactionId: string): (() => Promise<Answer>)[] => {
      const entry = { occurredOn: '2026-11-20', amountMinor: -1, description: 'x' }
      const match = { 'if-match': '*' }
      const transfer = { ...entry, amountMinor: 1 }
      return [
        () => member.post('/transactions', { ...entry, accountId }),
        () => member.post('/transfers', { ...transfer, fromAccountId: seen, toAccountId: accountId }),
        () => member.post('/transfers', { ...transfer, fromAccountId: accountId, toAccountId: seen }),
        () => member.patch(`/accounts/${accountId}`, { name: 'meu' }, match),
        () => member.delete(`/accounts/${accountId}`),
        () => member.patch(`/transactions/${transactionId}`, { description: 'meu' }, match),
        () => member.delete(`/transactions/${transactionId}`),
        () => member.post(`/transactions/${transactionId}/restore`),
        () => member.upload('/imports', { name: 'x.csv', content: 'data;valor\n' }, { accountId }),
      ]
    }
    const nobody = crypto.randomUUID()
    const same = (answer: Answer): unknown => [answer.status, { ...answer.body, requestId: '' }]
    const [kept, absent] = [writes(hidden, hiddenTransaction), writes(nobody, nobody)]
    for (const [index, write] of kept.entries()) {
      const [given, other] = [await write(), await absent[index]?.()]
      expect([404, 415, 422]).toContain(given.status)
      expect([index, same(given)]).toEqual([index, other && same(other)])
    }
    expect((await member.post(`/transactions/${deletedTransaction}/restore`)).status).toBe(404)
    expect((await owner.get(`/accounts/${hidden}`)).body.balanceMinor).toBe(
      OPENING - AMOUNT + 1500 - IMPORTED,
    )
  })

  it('cannot take away their half of a transfer whose other half they do not see', async () => {
    const answer = await member.delete(`/transactions/${seenLeg}`)
    expect([answer.status, answer.body.code]).toEqual([422, 'transfer_leg'])
    expect((await owner.get(`/transactions/${seenLeg}`)).status).toBe(200)
  })

  it('is kept from its rows by PostgreSQL itself, whichever table is asked', async () => {
    const tenant = harness.context.tenancy.enter({
      tenantId: owner.session.tenant.id,
      actor: { type: 'user', userId: member.session.user.id, hiddenAccounts: [hidden] },
      requestId: null,
    })
    const { rows } = await harness.database.admin.query<{ name: string; column: string }>(
      `select 'app.' || c.relname as name, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and not a.attisdropped
         and (a.attname = 'account_id' or (c.relname = 'accounts' and a.attname = 'id'))`,
    )
    expect(rows.length).toBeGreaterThan(6)
    for (const { name, column } of rows) {
      const text = `select 1 from ${name} where tenant_id = $1 and ${column} = $2`
      const values = [tenant.id, hidden]
      expect([name, await tenant.read({ text, values })]).toEqual([name, []])
      const { rows: there } = await harness.database.admin.query(text, values)
      expect([name, there.length > 0]).toEqual([name, true])
    }
  })
})

describe('pieces of an import', () => {
  const PIECES = ['app.import_files', 'app.import_chunks']
  const csv = 'data;descricao;valor\n23/11/2026;Padaria;-12,00\n'
  const asMember = () =>
    harness.context.tenancy.enter({
      tenantId: owner.session.tenant.id,
      actor: { type: 'user', userId: member.session.user.id, hiddenAccounts: [hidden] },
      requestId: null,
    })
  let ofOwner: string
  let ofMember: string

  beforeAll(async () => {
    ofOwner = created(await owner.upload('/imports', { name: 'a.csv', content: csv }, { accountId: seen }))
    ofMember = created(await member.upload('/imports', { name: 'b.csv', content: csv }, { accountId: seen }))
  })

  it.each(PIECES)('%s: whoever is kept from an account sees their own and nobody else’s', async (table) => {
    const { rows } = await harness.database.admin.query<{ import_id: string }>(
      `select distinct import_id::text from ${table} where tenant_id = $1 and import_id = any ($2::uuid[])`,
      [owner.session.tenant.id, [ofOwner, ofMember]],
    )
    expect(rows.map((row) => row.import_id).toSorted()).toEqual([ofOwner, ofMember].toSorted())
    const text = `select distinct import_id::text from ${table} where tenant_id = $1`
    const tenant = asMember()
    expect(await tenant.read({ text, values: [tenant.id] })).toEqual([{ import_id: ofMember }])
  })

  it.each(PIECES)('%s: whose it is cannot be said otherwise than the import says', async (table) => {
    const [tenantId, memberId] = [owner.session.tenant.id, member.session.user.id]
    const owners = `select distinct owner_id::text from ${table} where tenant_id = $1 and import_id = $2`
    const claim = `update ${table} set owner_id = $3 where tenant_id = $1 and import_id = $2`
    const everything = harness.context.tenancy.enter({
      tenantId,
      actor: { type: 'user', userId: owner.session.user.id, hiddenAccounts: [] },
      requestId: null,
    })
    await everything.bulk((tx) => tx.query(claim, tenantId, ofOwner, memberId))
    expect(await everything.read({ text: owners, values: [tenantId, ofOwner] })).toEqual([
      { owner_id: owner.session.user.id },
    ])
    // Nor without the trigger.
    const { admin } = harness.database
    await admin.query('begin')
    try {
      await admin.query('set local citus.enable_unsafe_triggers = on')
      await admin.query("set local citus.multi_shard_modify_mode = 'sequential'")
      await admin.query(`alter table ${table} disable trigger owner_of_import`)
      await expect(admin.query(claim, [tenantId, ofOwner, memberId])).rejects.toMatchObject({ code: '23503' })
    } finally {
      await admin.query('rollback')
    }
  })
})

describe('live events', () => {
  it('tell a member that something changed and never what: no id, name or amount of what is kept from them', async () => {
    await harness.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = harness.app.server.address() as AddressInfo
    const stopped = new AbortController()
    const stream = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
      headers: { authorization: `Bearer ${member.session.accessToken}` },
      signal: stopped.signal,
    })
    expect(stream.status).toBe(200)
    let text = ''
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const part of stream.body ?? []) text += decoder.decode(part, { stream: true })
    })().catch(() => undefined)
    const entry = { occurredOn: '2026-11-22', amountMinor: -AMOUNT, description: SECRET }
    created(await owner.post('/transactions', { ...entry, accountId: hidden }))
    await owner.patch(`/accounts/${hidden}`, { name: `${NAME} 2` }, { 'if-match': '*' })
    await vi.waitFor(() => expect(text).toMatch(/data: .*transactions/), { timeout: 10_000, interval: 20 })
    stopped.abort()
    await reading
    for (const secret of secrets) expect([secret, text.includes(secret)]).toEqual([secret, false])
    const told = text.split('\n').filter((line) => line.startsWith('data: '))
    expect(told.length).toBeGreaterThan(0)
    for (const line of told) {
      const data = JSON.parse(line.slice(6)) as { topics: string[] }
      expect(Object.keys(data)).toEqual(['topics'])
      for (const topic of data.topics) expect(topic).toMatch(/^[a-z-]+$/)
    }
  })
})
