import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
let ana: Client
let bea: Client
let brl: string
let usd: string
let foreign: string
let categories: string[]

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp()
  bea = await harness.signUp()
  brl = await open(ana, 'BRL')
  usd = await open(ana, 'USD')
  foreign = await open(bea, 'BRL')
  categories = await categoriesOf(ana)
})
afterAll(() => harness.close())

async function open(client: Client, currency: string): Promise<string> {
  const answer = await client.post('/accounts', { name: currency, type: 'checking', currency })
  return answer.body.id as string
}

async function categoriesOf(client: Client): Promise<string[]> {
  return ((await client.get('/categories?limit=5')).body.items as { id: string }[]).map(({ id }) => id)
}

const base = { occurredOn: '2026-11-20', amountMinor: -52_90, description: 'Mercado' }

async function create(values: object = {}): Promise<Answer['body']> {
  const answer = await ana.post('/transactions', { accountId: brl, ...base, ...values })
  expect([answer.status, answer.body.code]).toEqual([201, undefined])
  return answer.body
}

async function balance(accountId = brl): Promise<number> {
  return (await ana.get(`/accounts/${accountId}`)).body.balanceMinor as number
}

async function change(transaction: { id: string; version: number }, patch: object): Promise<Answer> {
  return ana.patch(`/transactions/${transaction.id}`, patch, { 'if-match': `"${transaction.version}"` })
}

async function countsOf(...tables: string[]): Promise<number[]> {
  const counts = tables.map((table) => `(select count(*)::int from app.${table} where tenant_id = $1)`)
  const { rows } = await harness.database.admin.query<{ counts: number[] }>(
    `select array[${counts.join(', ')}] as counts`,
    [ana.session.tenant.id],
  )
  return rows[0]?.counts ?? []
}

describe('POST /transactions', () => {
  it('records money, moves the balance, and answers what is read back', async () => {
    const before = await balance()
    const [categoryId] = categories
    const made = await ana.post('/transactions', {
      accountId: brl,
      ...base,
      payee: 'Pão de Açúcar',
      categoryId,
      tags: ['casa', 'Feira', 'CASA'],
      notes: 'duas\nlinhas',
    })
    expect([made.status, made.headers['etag']]).toEqual([201, '"1"'])
    expect(made.body).toEqual({
      id: expect.any(String),
      accountId: brl,
      ...base,
      currency: 'BRL',
      payee: 'Pão de Açúcar',
      categoryId,
      lines: [{ id: expect.any(String), categoryId, amountMinor: -52_90, memo: null }],
      tags: ['casa', 'Feira'],
      notes: 'duas\nlinhas',
      source: 'manual',
      transferId: null,
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
      version: 1,
    })
    expect((await ana.get(`/transactions/${made.body.id}`)).body).toEqual(made.body)
    expect(await balance()).toBe(before - 52_90)
  })

  it('splits it into lines that keep their order and memo', async () => {
    const [food, home] = categories
    const lines = [
      { categoryId: food, amountMinor: -50_00, memo: 'comida' },
      { categoryId: home, amountMinor: -2_00 },
      { amountMinor: -90 },
    ]
    const made = await create({ lines })
    expect(made.categoryId).toBeNull()
    expect(made.lines).toMatchObject([
      { categoryId: food, amountMinor: -50_00, memo: 'comida' },
      { categoryId: home, amountMinor: -2_00, memo: null },
      { categoryId: null, amountMinor: -90, memo: null },
    ])
    expect(new Set(made.lines.map((line: { id: string }) => line.id)).size).toBe(3)
  })

  it('knows a payee by any spelling, also when many arrive at once', async () => {
    const [before = 0] = await countsOf('payees')
    const spellings = ['Café São José', 'CAFE SAO JOSE', 'café-são-josé', 'Cafe  Sao Jose']
    const made = await Promise.all(spellings.map((payee) => create({ payee, tags: ['Novo', 'único'] })))
    expect(new Set(made.map((each) => each.payee)).size).toBe(1)
    expect(await countsOf('payees')).toEqual([before + 1])
    expect(made.map((each) => each.tags.length)).toEqual([2, 2, 2, 2])
  })

  it('refuses lines that do not sum to it or have another sign, and keeps nothing', async () => {
    const before = await countsOf('transactions')
    for (const lines of [
      [{ amountMinor: -52_89 }],
      [{ amountMinor: -52_91 }, { amountMinor: 1 }],
      [{ amountMinor: -52_90 }, { amountMinor: 0 }],
    ]) {
      const answer = await ana.post('/transactions', { accountId: brl, ...base, payee: 'Ninguém', lines })
      expect([answer.status, answer.body.code]).toEqual([422, 'lines_mismatch'])
    }
    const both = await ana.post('/transactions', {
      accountId: brl,
      ...base,
      categoryId: categories[0],
      lines: [{ amountMinor: -52_90 }],
    })
    expect(both.status).toBe(400)
    expect(await countsOf('transactions')).toEqual(before)
  })

  it('answers 422 with the fields for ids that are not its own, alike for foreign and for unknown ones', async () => {
    const [theirs] = await categoriesOf(bea)
    for (const id of [foreign, crypto.randomUUID()]) {
      const answer = await ana.post('/transactions', { accountId: id, ...base })
      expect([answer.status, answer.body.code]).toEqual([422, 'unknown_reference'])
      expect(answer.body.fields).toEqual([{ path: 'accountId', message: 'No such account' }])
    }
    const lines = [
      { amountMinor: -52_00, categoryId: categories[0] },
      { amountMinor: -90, categoryId: theirs },
    ]
    const answer = await ana.post('/transactions', { accountId: brl, ...base, lines })
    expect(answer.body.fields).toEqual([{ path: 'lines.1.categoryId', message: 'No such category' }])
  })

  it('takes ids in upper case', async () => {
    const made = await create({ accountId: brl.toUpperCase(), categoryId: categories[0]?.toUpperCase() })
    expect(made).toMatchObject({ accountId: brl, categoryId: categories[0] })
  })

  it('refuses a sum that would overflow with 422 and leaves nothing behind', async () => {
    const account = await open(ana, 'CLP')
    const { admin } = harness.database
    await admin.query(
      'insert into app.account_totals (tenant_id, account_id, net_minor, lines) values ($1, $2, $3, 1)',
      [ana.session.tenant.id, account, Number.MIN_SAFE_INTEGER + 10],
    )
    const counted = ['transactions', 'transaction_lines', 'payees', 'tags', 'audit_logs', 'account_days']
    const before = await countsOf(...counted)
    const answer = await ana.post(
      '/transactions',
      { accountId: account, ...base, amountMinor: -11, payee: 'Gone', tags: ['gone'] },
      { 'idempotency-key': 'overflow' },
    )
    expect([answer.status, answer.body.code]).toEqual([422, 'amount_overflow'])
    expect(await countsOf(...counted)).toEqual(before)
    expect(await balance(account)).toBe(Number.MIN_SAFE_INTEGER + 10)
    expect((await create({ accountId: account, amountMinor: -10 })).amountMinor).toBe(-10)
  })

  it('makes one transaction of a repeated Idempotency-Key, at once or later, and refuses it for another', async () => {
    const before = await balance()
    const key = { 'idempotency-key': 'one-purchase' }
    const body = { accountId: brl, ...base, amountMinor: -7 }
    const answers = await Promise.all([1, 2, 3].map(() => ana.post('/transactions', body, key)))
    for (const answer of answers) {
      expect([
        [201, undefined],
        [409, 'idempotency_in_progress'],
      ]).toContainEqual([answer.status, answer.body.code])
    }
    const again = await ana.post('/transactions', body, key)
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true'])
    expect(await balance()).toBe(before - 7)
    const other = await ana.post('/transactions', { ...body, amountMinor: -8 }, key)
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch'])
  })
})

describe('PATCH /transactions/{id}', () => {
  it('changes what is named and nothing else, and the balance with it', async () => {
    const before = await balance()
    const made = await create({ payee: 'A', tags: ['x', 'y'], categoryId: categories[0], notes: 'n' })
    const answer = await change(made, { amountMinor: 10_00, tags: ['y'] })
    expect(answer.body).toMatchObject({
      amountMinor: 10_00,
      lines: [{ categoryId: categories[0], amountMinor: 10_00 }],
      payee: 'A',
      tags: ['y'],
      notes: 'n',
      version: 2,
    })
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"2"'])
    expect((await ana.get(`/transactions/${made.id}`)).body).toEqual(answer.body)
    expect(await balance()).toBe(before + 10_00)
    const cleared = await change(answer.body, { payee: null, notes: null, categoryId: null, tags: [] })
    expect(cleared.body).toMatchObject({ payee: null, notes: null, categoryId: null, tags: [] })
  })

  it('asks for If-Match (428), refuses another version (412), and of two with the same lets one win', async () => {
    const made = await create()
    expect((await ana.patch(`/transactions/${made.id}`, { notes: 'x' })).status).toBe(428)
    expect((await change({ ...made, version: 2 }, { notes: 'x' })).status).toBe(412)
    const answers = await Promise.all(['a', 'b', 'c'].map((notes) => change(made, { notes })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412])
    const unknown = await change({ id: crypto.randomUUID(), version: 1 }, { notes: 'x' })
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found'])
  })

  it('splits, splits anew, joins, and keeps balance and lines in step', async () => {
    const before = await balance()
    const made = await create({ amountMinor: -30 })
    const split = await change(made, {
      lines: [{ amountMinor: -10, categoryId: categories[1] }, { amountMinor: -20 }],
    })
    expect(split.body.lines).toHaveLength(2)
    const refused = await change(split.body, { amountMinor: -31 })
    expect([refused.status, refused.body.code]).toEqual([422, 'lines_mismatch'])
    const more = await change(split.body, {
      amountMinor: -31,
      lines: [{ amountMinor: -10 }, { amountMinor: -20 }, { amountMinor: -1 }],
    })
    expect(more.body.lines.map((line: { amountMinor: number }) => line.amountMinor)).toEqual([-10, -20, -1])
    const joined = await change(more.body, { categoryId: categories[2] })
    expect(joined.body).toMatchObject({ categoryId: categories[2], lines: [{ amountMinor: -31 }] })
    expect(await balance()).toBe(before - 31)
  })

  it('moves to another day and another account of the currency, and to no other account', async () => {
    const other = await open(ana, 'BRL')
    const [from, made] = [await balance(), await create({ amountMinor: -40 })]
    const moved = await change(made, { accountId: other, occurredOn: '2025-01-31' })
    expect(moved.body).toMatchObject({ accountId: other, occurredOn: '2025-01-31', currency: 'BRL' })
    expect([await balance(), await balance(other)]).toEqual([from, -40])
    const dollars = await change(moved.body, { accountId: usd })
    expect([dollars.status, dollars.body.code]).toEqual([422, 'currency_mismatch'])
    const theirs = await change(moved.body, { accountId: foreign })
    expect([theirs.status, theirs.body.code]).toEqual([422, 'unknown_reference'])
    expect([await balance(usd), await balance(other)]).toEqual([0, -40])
  })

  it('is found by its new words and no longer by its old ones', async () => {
    const made = await create({ description: 'Farmácia antiga' })
    await change(made, { description: 'Drogaria nova', payee: 'Zuleica' })
    const find = async (q: string): Promise<string[]> =>
      ((await ana.get(`/transactions?q=${q}`)).body.items as { id: string }[]).map(({ id }) => id)
    expect(await find('drog%20zul')).toEqual([made.id])
    expect(await find('farmacia%20antiga')).toEqual([])
  })
})

describe('DELETE /transactions/{id} and restore', () => {
  it('takes it out of lists and balance, and brings it back as it was', async () => {
    const before = await balance()
    const made = await create({
      payee: 'P',
      tags: ['t'],
      lines: [{ amountMinor: -50_00 }, { amountMinor: -2_90 }],
    })
    expect((await ana.delete(`/transactions/${made.id}`, { 'if-match': '"7"' })).status).toBe(412)
    expect((await ana.delete(`/transactions/${made.id}`, { 'if-match': '"1"' })).status).toBe(204)
    expect((await ana.get(`/transactions/${made.id}`)).status).toBe(404)
    expect((await ana.delete(`/transactions/${made.id}`)).status).toBe(404)
    expect((await change({ ...made, version: 2 }, { notes: 'x' })).status).toBe(404)
    expect(await balance()).toBe(before)
    const restored = await ana.post(`/transactions/${made.id}/restore`)
    expect([restored.status, restored.body]).toEqual([200, { ...made, version: 3 }])
    expect(await balance()).toBe(before - 52_90)
    const again = await ana.post(`/transactions/${made.id}/restore`)
    expect([again.status, again.body.version]).toEqual([200, 3])
    expect(await balance()).toBe(before - 52_90)
  })

  it('does not know what another workspace deleted', async () => {
    const made = await create()
    await ana.delete(`/transactions/${made.id}`)
    expect((await bea.post(`/transactions/${made.id}/restore`)).status).toBe(404)
  })
})
