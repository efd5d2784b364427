import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../../test/harness.ts'
import { createOperator, signInOperator } from './operators.service.ts'

const EMAIL = 'olga@example.com'
let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
  const olga = { email: EMAIL, name: 'Olga', password: 'an operator has a long password' }
  await createOperator({ ...harness.context, bcryptRounds: 4 }, olga)
})
afterAll(() => harness.close())

async function refusals(): Promise<number> {
  const { rows } = await harness.database.admin.query<{ n: number }>(
    "select count(*)::int as n from control.operator_acts where act = 'operator.refused'",
  )
  return rows[0]?.n ?? 0
}

async function refused(ip: string, email = 'nobody@example.com'): Promise<void> {
  const deps = { ...harness.context, bcryptRounds: 4 }
  const given = { email, password: 'some other password', code: '000000' }
  await expect(signInOperator(deps, given, { ip, userAgent: null })).rejects.toMatchObject({
    code: 'invalid_credentials',
  })
}

it('lets no stranger fill the log of acts from many addresses, nor hide in them who tries an operator', async () => {
  for (let host = 1; host <= 5; host += 1) await refused(`2001:db8:1:2::${host}`)
  expect(await refusals()).toBe(1)
  for (let host = 1; host <= 70; host += 1) await refused(`192.0.2.${host}`)
  expect(await refusals()).toBe(60)
  await refused('192.0.2.99', EMAIL)
  expect(await refusals()).toBe(61)
})
