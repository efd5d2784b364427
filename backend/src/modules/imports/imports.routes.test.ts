import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { analyzeImported } from './apply.queries.ts'

let harness: Harness
let client: Client

beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
})
afterAll(() => harness.close())
beforeEach(async () => {
  client = await harness.signUp()
})

interface Row {
  on: string
  amount: string
  memo: string
  id?: string
}

function statement(number: string, rows: readonly Row[]): string {
  const transactions = rows.map(
    (row) =>
      `<STMTTRN><TRNTYPE>OTHER<DTPOSTED>${row.on}120000[-3:BRT]<TRNAMT>${row.amount}${row.id === undefined ? '' : `<FITID>${row.id}`}<MEMO>${row.memo}</STMTTRN>`,
  )
  return `OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>341<ACCTID>${number}<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>${transactions.join('\n')}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`
}

const ROWS: Row[] = [
  { on: '20261101', amount: '-52.90', memo: 'SUPERMERCADO EXTRA', id: '1' },
  { on: '20261102', amount: '5000.00', memo: 'SALARIO', id: '2' },
  { on: '20261103', amount: '-8.00', memo: 'PADARIA', id: '3' },
  { on: '20261103', amount: '-8.00', memo: 'PADARIA', id: '4' },
]

async function upload(content: string | Buffer, fields: Record<string, string> = {}): Promise<Answer> {
  return client.upload('/imports', { name: 'extrato.ofx', content }, fields)
}

async function balance(accountId: string): Promise<number> {
  return (await client.get(`/accounts/${accountId}`)).body.balanceMinor
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not come to that')
}

describe('POST /imports', () => {
  it('keeps one upload of a repeated Idempotency-Key, at once or later, and refuses it for another file', async () => {
    const key = { 'idempotency-key': 'november' }
    const send = (rows: readonly Row[]): Promise<Answer> =>
      client.upload('/imports', { name: 'extrato.ofx', content: statement('1234-5', rows) }, {}, key)
    const both = await Promise.all([send(ROWS), send(ROWS)])
    const again = await send(ROWS)
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true'])
    for (const { status, body } of both) {
      if (status === 201) expect(body.id).toBe(again.body.id)
      else expect([status, body.code]).toEqual([409, 'idempotency_in_progress'])
    }
    const other = await send(ROWS.slice(1))
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch'])
    expect((await client.get('/imports')).body.items).toHaveLength(1)
    const bea = await harness.signUp()
    const hers = await bea.upload('/imports', { name: 'a.ofx', content: statement('9', ROWS) }, {}, key)
    expect(hers.status).toBe(201)
  })

  it('shows what a statement holds and books nothing', async () => {
    const answer = await upload(statement('1234-5', ROWS))
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      status: 'ready',
      format: 'ofx',
      accounts: [
        { key: '1234-5', number: '1234-5', currency: 'BRL', count: 4, sumMinor: 493110, accountId: null },
      ],
      counts: { new: 4, duplicate: 0, refused: 0 },
      errors: [],
    })
    expect((await client.get('/transactions')).body.items).toEqual([])
    const rows = await client.get(`/imports/${answer.body.id}/rows?limit=3`)
    expect(rows.body.items.map((row: { amountMinor: number }) => row.amountMinor)).toEqual([
      -5290, 500000, -800,
    ])
    expect(rows.body.items[0].categoryId).not.toBeNull()
    const rest = await client.get(`/imports/${answer.body.id}/rows?limit=3&cursor=${rows.body.nextCursor}`)
    expect([rest.body.items.length, rest.body.nextCursor]).toEqual([1, null])
  })

  it('refuses a file with an impossible date by its line, and keeps nothing of it', async () => {
    const answer = await upload(statement('1', [...ROWS, { on: '20260231', amount: '-1.00', memo: 'x' }]))
    expect([answer.status, answer.body.code]).toEqual([422, 'unreadable_file'])
    expect(answer.body.lines.length).toBeGreaterThan(0)
    expect((await client.get('/imports')).body.items).toEqual([])
  })

  it.each([
    ['an empty file', '', 422],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), 415],
  ])('refuses %s', async (_what, content, status) => {
    expect((await upload(content)).status).toBe(status)
  })

  it('says so of a valid statement without transactions', async () => {
    const answer = await upload(statement('1', []))
    expect(answer.status).toBe(201)
    expect(answer.body.counts).toEqual({ new: 0, duplicate: 0, refused: 0 })
    expect(answer.body.message).toMatch(/no transactions/)
  })

  it('answers an upload that ends in the middle, and one of two files, with 400', async () => {
    const headers = {
      authorization: `Bearer ${client.session.accessToken}`,
      'content-type': 'multipart/form-data; boundary=x',
    }
    const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\ndate,amount\n'
    for (const payload of [part, `${part}\r\n${part}\r\n--x--\r\n`]) {
      const answer = await harness.request({ method: 'POST', url: '/api/v1/imports', headers, payload })
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    }
  })

  it('answers a body that is no upload with 4xx', async () => {
    expect((await client.post('/imports', { file: 'x' })).status).toBe(415)
    expect(
      (await client.upload('/imports', { name: 'x', content: 'x' }, { accountId: 'nonsense' })).status,
    ).toBe(400)
  })
})

describe('POST /imports/{id}/apply', () => {
  it('books the rows into a new account that carries the number, once', async () => {
    const { body: uploaded } = await upload(statement('1234-5', ROWS))
    const applied = await client.post(`/imports/${uploaded.id}/apply`, { accounts: { '1234-5': 'create' } })
    expect(applied.status).toBe(200)
    expect(applied.body).toMatchObject({ status: 'applied', created: 4, duplicate: 0 })
    const accountId: string = applied.body.accounts['1234-5']
    expect((await client.get(`/accounts/${accountId}`)).body).toMatchObject({
      number: '1234-5',
      currency: 'BRL',
      balanceMinor: 493110,
    })
    expect((await client.get('/transactions')).body.items).toHaveLength(4)

    const again = await client.post(`/imports/${uploaded.id}/apply`, { accounts: { '1234-5': 'create' } })
    expect([again.status, again.body]).toEqual([200, applied.body])
    expect(await balance(accountId)).toBe(493110)
  })

  it('adds nothing when the file comes again, knows where it goes, and reuses the account of that number', async () => {
    const first = await upload(statement('1234-5', ROWS))
    const applied = await client.post(`/imports/${first.body.id}/apply`, { accounts: { '1234-5': 'create' } })
    const accountId: string = applied.body.accounts['1234-5']
    const second = await upload(
      statement('1234-5', [...ROWS, { on: '20261104', amount: '-1.00', memo: 'NOVO', id: '5' }]),
    )
    expect(second.body).toMatchObject({ accounts: [{ accountId }], counts: { new: 1, duplicate: 4 } })
    const states = (await client.get(`/imports/${second.body.id}/rows`)).body.items.map(
      (row: { state: string }) => row.state,
    )
    expect(states).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'new'])
    const reapplied = await client.post(`/imports/${second.body.id}/apply`, {
      accounts: { '1234-5': 'create' },
    })
    expect(reapplied.body).toMatchObject({ created: 1, duplicate: 4, accounts: { '1234-5': accountId } })
    expect(await balance(accountId)).toBe(493010)
  })

  it('asks where a file without an account goes, and takes the account of the upload otherwise', async () => {
    const { body: account } = await client.post('/accounts', {
      name: 'Minha',
      type: 'checking',
      currency: 'BRL',
    })
    const csv = 'data;descricao;valor\n25/11/2026;Mercado;-10,50\n26/11/2026;Padaria;-3,00\n'
    const lost = await client.upload('/imports', { name: 'x.csv', content: csv })
    expect(lost.body).toMatchObject({ status: 'ready', accounts: [{ key: 'default', number: null }] })
    const asked = await client.post(`/imports/${lost.body.id}/apply`, {})
    expect([asked.status, asked.body.code]).toEqual([422, 'account_required'])
    const chosen = await client.upload('/imports', { name: 'x.csv', content: csv }, { accountId: account.id })
    const applied = await client.post(`/imports/${chosen.body.id}/apply`, {})
    expect(applied.body).toMatchObject({ status: 'applied', created: 2, accounts: { default: account.id } })
    expect(await balance(account.id)).toBe(-1350)
  })

  it('leaves what is refused as it was, to be booked elsewhere', async () => {
    const account = (await client.post('/accounts', { name: 'Full', type: 'cash', currency: 'BRL' })).body
    await client.post('/transactions', {
      accountId: account.id,
      occurredOn: '2026-11-01',
      amountMinor: 1,
      description: 'x',
    })
    await harness.database.admin.query('update app.account_totals set net_minor = $2 where account_id = $1', [
      account.id,
      Number.MAX_SAFE_INTEGER,
    ])
    const { id } = (await upload(statement('77', ROWS))).body
    const refused = await client.post(`/imports/${id}/apply`, { accounts: { 77: account.id } })
    expect([refused.status, refused.body.code]).toEqual([422, 'amount_overflow'])
    expect((await client.get(`/imports/${id}`)).body.status).toBe('ready')
    const booked = await client.post(`/imports/${id}/apply`, { accounts: { 77: 'create' } })
    expect([booked.status, booked.body.created]).toEqual([200, 4])
  })

  it('makes one account of a number however many files of it are applied at once', async () => {
    const ids: string[] = []
    for (let n = 0; n < 4; n += 1) ids.push((await upload(statement('4711', ROWS))).body.id)
    const answers = await Promise.all(
      ids.map((id) => client.post(`/imports/${id}/apply`, { accounts: { 4711: 'create' } })),
    )
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    expect(answers.map((answer) => answer.body.created).sort()).toEqual([0, 0, 0, 4])
    expect((await client.get('/accounts')).body.items).toHaveLength(1)
  })

  it('knows a file that names no account when it comes again: nothing changes, no second account', async () => {
    const csv = 'data;descricao;valor\n25/11/2026;Mercado;-10,50\n26/11/2026;Padaria;-3,00\n'
    const first = await client.upload('/imports', { name: 'x.csv', content: csv })
    const applied = await client.post(`/imports/${first.body.id}/apply`, { accounts: { default: 'create' } })
    const accountId: string = applied.body.accounts.default
    const second = await client.upload('/imports', { name: 'x.csv', content: csv })
    expect(second.body).toMatchObject({ accounts: [{ accountId }], counts: { new: 0, duplicate: 2 } })
    const again = await client.post(`/imports/${second.body.id}/apply`, { accounts: { default: 'create' } })
    expect(again.body).toMatchObject({ created: 0, duplicate: 2, accounts: { default: accountId } })
    expect((await client.get('/accounts')).body.items).toHaveLength(1)
    // The next month's file of the same layout is suggested the same account, and may go elsewhere.
    const next = await client.upload('/imports', {
      name: 'y.csv',
      content: 'data;descricao;valor\n25/12/2026;Feira;-1,50\n',
    })
    expect(next.body).toMatchObject({ accounts: [{ accountId }], counts: { new: 1 } })
    const elsewhere = await client.post(`/imports/${next.body.id}/apply`, { accounts: { default: 'create' } })
    expect(elsewhere.body.accounts.default).not.toBe(accountId)
  })

  it('refuses an account in another currency', async () => {
    const { body: account } = await client.post('/accounts', {
      name: 'Dólares',
      type: 'checking',
      currency: 'USD',
    })
    const { body: uploaded } = await upload(statement('9', ROWS))
    const answer = await client.post(`/imports/${uploaded.id}/apply`, { accounts: { '9': account.id } })
    expect([answer.status, answer.body.code]).toEqual([422, 'currency_mismatch'])
    expect((await client.get(`/imports/${uploaded.id}`)).body.status).toBe('ready')
  })

  it('books more than 5,000 rows in a job, in pieces, with the same totals', async () => {
    const lines = Array.from(
      { length: 12_001 },
      (_, index) => `2026-0${(index % 9) + 1}-15;Compra ${index};-${index % 50},10`,
    )
    const { body: account } = await client.post('/accounts', {
      name: 'Grande',
      type: 'checking',
      currency: 'BRL',
    })
    const { body: uploaded } = await client.upload(
      '/imports',
      { name: 'g.csv', content: `data;descricao;valor\n${lines.join('\n')}\n` },
      { accountId: account.id },
    )
    expect(uploaded.counts.new).toBe(12_001)
    const started = await client.post(`/imports/${uploaded.id}/apply`, {})
    expect([started.status, started.body.status]).toEqual([202, 'applying'])
    await until(async () => (await client.get(`/imports/${uploaded.id}`)).body.status === 'applied')
    const expected = lines.reduce((sum, _line, index) => sum - (index % 50) * 100 - 10, 0)
    expect(await balance(account.id)).toBe(expected)
    const { rows } = await harness.database.admin.query(
      `select actor_type, actor_id::text, count(*)::int as audits from app.audit_logs
       where tenant_id = $1 and entity = 'transactions' group by 1, 2`,
      [client.session.tenant.id],
    )
    expect(rows).toEqual([{ actor_type: 'import', actor_id: client.session.user.id, audits: 12_001 }])
    // Statistics at once, not when autovacuum comes by; twice within a minute they are left to it.
    await until(async () => {
      const { rowCount } = await harness.database.admin.query(
        `select from pg_stat_user_tables
         where schemaname = 'app' and relname in ('transactions', 'transaction_lines') and last_analyze is not null`,
      )
      return rowCount === 2
    })
    expect(await analyzeImported(harness.context.control)).toBe(false)
  })
})

describe('POST /imports/{id}/undo', () => {
  it('takes the rows back; they are no duplicates later', async () => {
    const { body: uploaded } = await upload(statement('77', ROWS))
    const applied = await client.post(`/imports/${uploaded.id}/apply`, { accounts: { '77': 'create' } })
    const accountId: string = applied.body.accounts['77']
    const undone = await client.post(`/imports/${uploaded.id}/undo`)
    expect([undone.status, undone.body.status]).toEqual([200, 'undone'])
    expect((await client.get('/transactions')).body.items).toEqual([])
    expect(await balance(accountId)).toBe(0)
    expect((await client.post(`/imports/${uploaded.id}/undo`)).body.status).toBe('undone')
    const again = await upload(statement('77', ROWS))
    expect(again.body.counts).toMatchObject({ new: 4, duplicate: 0 })
  })
})
