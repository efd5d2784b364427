import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../../test/harness.ts'
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
