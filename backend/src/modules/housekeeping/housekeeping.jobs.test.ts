import { generateSync } from 'otplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../../test/harness.ts'
import { createOperator } from '../control-plane/operators.service.ts'
import { keepHouse } from './housekeeping.jobs.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())

it('forgets kept answers, uploads that were never applied and old codes, and nothing that is young', async () => {
  const client = await harness.signUp()
  const account = { name: 'Conta', type: 'checking', currency: 'BRL' }
  await client.post('/accounts', account, { 'idempotency-key': 'one' })
  await harness.verify(client)
  await client.post('/whatsapp/link-codes')
  const csv = { name: 'x.csv', content: 'data;descricao;valor\n25/11/2026;Mercado;-10,50\n' }
  await client.upload('/imports', csv)
  const { admin } = harness.database
  const rows = async (): Promise<unknown> =>
    (
      await admin.query(`select (select count(*) from app.idempotency_keys)::int as answers, (select count(*) from app.imports)::int as imports,
        (select count(*) from app.import_chunks)::int as chunks, (select count(*) from control.whatsapp_link_codes)::int as codes,
        (select count(*) from control.sessions)::int as sessions`)
    ).rows[0]
  await keepHouse(harness.context)
  expect(await rows()).toEqual({ answers: 1, imports: 1, chunks: 1, codes: 1, sessions: 1 })
  harness.clock.advance(31 * 86_400_000)
  await keepHouse(harness.context)
  expect(await rows()).toEqual({ answers: 0, imports: 0, chunks: 0, codes: 0, sessions: 1 })
})

it('forgets sessions of operators after a month, and programs’ tokens a year after their end', async () => {
  const person = await harness.signUp()
  const { admin } = harness.database
  await admin.query('update control.identities set email_verified_at = $1', [harness.clock.now()])
  const signedIn = await harness.request({
    method: 'POST',
    url: '/api/v1/auth/login',
    payload: { email: person.email, password: person.password, includeRefreshToken: true },
  })
  const client = harness.clientFor(signedIn.body, person)
  const made = await client.post('/me/tokens', {
    name: 'Script',
    scopes: ['ledger.read'],
    expiresInDays: 366,
  })
  expect(made.status).toBe(201)
  const kept = await client.post('/me/tokens', { name: 'Other', scopes: ['ledger.read'], expiresInDays: 366 })
  await admin.query('update control.api_tokens set revoked_at = $2 where id = $1', [
    made.body.id,
    harness.clock.now(),
  ])
  const operator = { email: 'olga@example.com', name: 'Olga', password: 'an operator has a long password' }
  const { secret } = await createOperator({ ...harness.context, bcryptRounds: 4 }, operator)
  const epoch = Math.floor(harness.clock.now().getTime() / 1000)
  const { status } = await harness.request({
    method: 'POST',
    url: '/api/v1/control/sessions',
    payload: { email: operator.email, password: operator.password, code: generateSync({ secret, epoch }) },
  })
  expect(status).toBe(201)
  const rows = async (): Promise<unknown> =>
    (
      await admin.query(`select (select count(*) from control.operator_sessions)::int as sessions,
        array(select id::text from control.api_tokens order by id) as tokens`)
    ).rows[0]
  harness.clock.advance(29 * 86_400_000)
  await keepHouse(harness.context)
  expect(await rows()).toEqual({ sessions: 1, tokens: [made.body.id, kept.body.id].sort() })
  harness.clock.advance(337 * 86_400_000)
  await keepHouse(harness.context)
  expect(await rows()).toEqual({ sessions: 0, tokens: [kept.body.id] })
})
