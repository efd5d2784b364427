/** `make db-report` on a coordinator, which loads Citus and pg_stat_statements as the compose profile does. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { report } from '../../src/platform/database-report.ts'
import { createHarness, type Harness } from '../harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())

it('has the statements of the product', async () => {
  const ana = await harness.signUp()
  const account = { name: 'Conta', type: 'checking', currency: 'BRL' }
  expect((await ana.post('/accounts', account)).status).toBe(201)
  const lines = await report(harness.database.backupUrl)
  expect(lines.find((line) => line.startsWith('Statements since '))).toBeDefined()
  expect(lines.filter((line) => /\binsert into "?app"?\."?\w+/i.test(line))).not.toEqual([])
})
