import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { logStatements, type StatementLog } from '../../../test/statements.ts'
import { numberKey } from './accounts.rules.ts'

let statements: StatementLog
let harness: Harness
let ana: Client
let bea: Client

beforeAll(async () => {
  statements = logStatements()
  harness = await createHarness()
  ana = await harness.signUp()
  bea = await harness.signUp()
})
afterAll(async () => {
  statements.remove()
  await harness.close()
})

const CHECKING = { name: 'Conta', type: 'checking', currency: 'BRL' } as const

async function open(client: Client, values: object = {}): Promise<{ id: string; version: number }> {
  const answer = await client.post('/accounts', { ...CHECKING, ...values })
  expect(answer.status).toBe(201)
  return answer.body
}

async function spend(accountId: string, amountMinor: number): Promise<string> {
  const answer = await ana.post('/transactions', {
    accountId,
    occurredOn: '2026-11-20',
    amountMinor,
    description: 'x',
  })
  expect(answer.status).toBe(201)
  return answer.body.id
}

describe('POST /accounts', () => {
  it('opens an account whose balance is what it starts with, and reads back the same', async () => {
    const answer = await ana.post('/accounts', {
      ...CHECKING,
      openingBalanceMinor: -15_00,
      number: '12.345-6',
    })
    expect([answer.status, answer.headers['etag']]).toEqual([201, '"1"'])
    expect(answer.body).toEqual({
      id: expect.any(String),
      ...CHECKING,
      number: '12.345-6',
      openingBalanceMinor: -15_00,
      balanceMinor: -15_00,
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
      version: 1,
    })
    expect((await ana.get(`/accounts/${answer.body.id}`)).body).toEqual(answer.body)
  })

  it('refuses a number that another account of the currency has, in whatever way it is printed', async () => {
    await open(ana, { number: '77.001-X' })
    const again = await ana.post('/accounts', { ...CHECKING, number: '77001 x' })
    expect([again.status, again.body.code]).toEqual([409, 'name_taken'])
    await open(ana, { number: '77001-X', currency: 'USD' })
    await open(bea, { number: '77.001-X' })
  })

  it('refuses currencies that do not exist, amounts past 10^13, fractions and unknown keys', async () => {
    for (const wrong of [
      { currency: 'XXX' },
      { openingBalanceMinor: 10_000_000_000_001 },
      { openingBalanceMinor: 0.5 },
      { type: 'piggy_bank' },
      { name: '   ' },
      { balanceMinor: 5 },
    ]) {
      const answer = await ana.post('/accounts', { ...CHECKING, ...wrong })
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
      expect(answer.body.fields[0].path).toBe(Object.keys(wrong)[0])
    }
  })

  it('makes one account of a repeated Idempotency-Key, and refuses the key for another body', async () => {
    const key = { 'idempotency-key': 'account-1' }
    const first = await ana.post('/accounts', { ...CHECKING, name: 'Uma vez' }, key)
    const second = await ana.post('/accounts', { ...CHECKING, name: 'Uma vez' }, key)
    expect([second.status, second.body]).toEqual([201, first.body])
    expect(second.headers['idempotency-replayed']).toBe('true')
    const other = await ana.post('/accounts', { ...CHECKING, name: 'Outra' }, key)
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch'])
    const all = (await ana.get('/accounts?limit=200')).body.items as { name: string }[]
    expect(all.filter((account) => account.name === 'Uma vez')).toHaveLength(1)
  })
})

describe('GET /accounts', () => {
  it('lists all with their balances in one statement, by name, each once over pages of any size', async () => {
    const client = await harness.signUp()
    const names = [
      'zeta',
      'Alfa',
      'x'.repeat(100) + '1',
      'x'.repeat(100) + '2',
      '💳'.repeat(60),
      'Beta',
      'Beta',
    ]
    for (const name of names) await open(client, { name, openingBalanceMinor: 7 })
    const sent = await statements.during(() => client.get('/accounts'))
    expect(sent.filter((text) => text.includes('app.accounts'))).toHaveLength(1)
    expect(sent.length).toBeLessThanOrEqual(2)
    const seen: { id: string; name: string; balanceMinor: number }[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await client.get(`/accounts?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(page.status).toBe(200)
      seen.push(...page.body.items)
      cursor = page.body.nextCursor
    }
    expect(new Set(seen.map((account) => account.id)).size).toBe(names.length)
    expect(seen.map((account) => account.name)).toEqual(
      names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    )
    expect(seen.every((account) => account.balanceMinor === 7)).toBe(true)
  })

  it('answers 400 to a cursor that no list gave out', async () => {
    for (const cursor of [
      'x',
      Buffer.from('["a"]').toString('base64url'),
      Buffer.from('["a","b"]').toString('base64url'),
    ]) {
      expect((await ana.get(`/accounts?cursor=${cursor}`)).body.code).toBe('invalid_request')
    }
  })
})

describe('PATCH /accounts/{id}', () => {
  it('changes what is named, raises the version and the balance by the change of what it starts with', async () => {
    const { id } = await open(ana, { openingBalanceMinor: 100 })
    await spend(id, -30)
    harness.clock.advance(1000)
    const answer = await ana.patch(
      `/accounts/${id}`,
      { name: 'Nova', openingBalanceMinor: 500, number: '9' },
      { 'if-match': '"1"' },
    )
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"2"'])
    expect(answer.body).toMatchObject({ name: 'Nova', type: 'checking', balanceMinor: 470, number: '9' })
    expect(answer.body.updatedAt > answer.body.createdAt).toBe(true)
    expect((await ana.get(`/accounts/${id}`)).body).toEqual(answer.body)
    const cleared = await ana.patch(`/accounts/${id}`, { number: null }, { 'if-match': '"2"' })
    expect(cleared.body).toMatchObject({ number: null, openingBalanceMinor: 500, version: 3 })
  })

  it('asks for If-Match (428), refuses another version (412), and never changes the currency', async () => {
    const { id } = await open(ana)
    expect((await ana.patch(`/accounts/${id}`, { name: 'x' })).status).toBe(428)
    const stale = await ana.patch(`/accounts/${id}`, { name: 'x' }, { 'if-match': '"2"' })
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed'])
    expect((await ana.patch(`/accounts/${id}`, { currency: 'USD' }, { 'if-match': '"1"' })).status).toBe(400)
    expect((await ana.get(`/accounts/${id}`)).body).toMatchObject({ name: 'Conta', version: 1 })
  })

  it('lets one of two that saw the same version win', async () => {
    const { id } = await open(ana)
    const answers = await Promise.all(
      ['a', 'b'].map((name) => ana.patch(`/accounts/${id}`, { name }, { 'if-match': '"1"' })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412])
  })

  it('refuses with 422 what would take the balance past what JSON tells exactly, and keeps everything', async () => {
    const { id } = await open(ana)
    await harness.database.admin.query(
      'insert into app.account_totals (tenant_id, account_id, net_minor, lines) values ($1, $2, $3, 1)',
      [ana.session.tenant.id, id, Number.MAX_SAFE_INTEGER - 10],
    )
    const refused = await ana.patch(`/accounts/${id}`, { openingBalanceMinor: 11 }, { 'if-match': '"1"' })
    expect([refused.status, refused.body.code]).toEqual([422, 'amount_overflow'])
    const fits = await ana.patch(`/accounts/${id}`, { openingBalanceMinor: 10 }, { 'if-match': '"1"' })
    expect(fits.body.balanceMinor).toBe(Number.MAX_SAFE_INTEGER)
    const more = await ana.post('/transactions', {
      accountId: id,
      occurredOn: '2026-11-20',
      amountMinor: 1,
      description: 'one too many',
    })
    expect([more.status, more.body.code]).toEqual([422, 'amount_overflow'])
    expect((await ana.get(`/transactions?accountId=${id}`)).body.items).toEqual([])
  })
})

describe('DELETE /accounts/{id}', () => {
  it('deletes an account without transactions, and honours If-Match', async () => {
    const { id } = await open(ana)
    expect((await ana.delete(`/accounts/${id}`, { 'if-match': '"9"' })).status).toBe(412)
    expect((await ana.delete(`/accounts/${id}`, { 'if-match': '"1"' })).status).toBe(204)
    expect((await ana.get(`/accounts/${id}`)).status).toBe(404)
    expect((await ana.delete(`/accounts/${id}`)).status).toBe(404)
  })

  it('refuses one that has transactions, and takes deleted ones along, with the other leg of a transfer', async () => {
    const [a, b] = [await open(ana, { name: 'A' }), await open(ana, { name: 'B' })]
    const id = await spend(a.id, -100)
    const transfer = await ana.post('/transfers', {
      fromAccountId: a.id,
      toAccountId: b.id,
      occurredOn: '2026-11-20',
      amountMinor: 40,
      description: 'x',
    })
    const used = await ana.delete(`/accounts/${a.id}`)
    expect([used.status, used.body.code]).toEqual([409, 'in_use'])
    expect((await ana.delete(`/transactions/${id}`)).status).toBe(204)
    expect((await ana.delete(`/transactions/${transfer.body.from.id}`)).status).toBe(204)
    expect((await ana.delete(`/accounts/${a.id}`)).status).toBe(204)
    expect((await ana.post(`/transactions/${transfer.body.to.id}/restore`)).status).toBe(404)
    expect((await ana.get(`/accounts/${b.id}`)).body.balanceMinor).toBe(0)
  })
})

describe('an account number', () => {
  it('is compared by letters and digits alone', () => {
    expect(numberKey(' 12.345-6 ')).toBe('123456')
    expect(numberKey('001/ab c')).toBe('001ABC')
    expect(numberKey('---')).toBeNull()
    expect(numberKey(null)).toBeNull()
  })
})
