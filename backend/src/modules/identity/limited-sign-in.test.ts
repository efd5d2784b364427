import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await createHarness({ environment: { RATE_LIMITS: 'on' } })
  await harness.startJobs()
})
afterAll(() => harness.close())

const guess = (email: string, remoteAddress: string): Promise<Answer> =>
  harness.request({
    method: 'POST',
    url: '/api/v1/auth/login',
    remoteAddress,
    payload: { email, password: 'wrong' },
  })

/** @returns how many of these tries were refused by a limit */
async function flood(email: string, ip: string, tries: number): Promise<number> {
  let limited = 0
  for (let i = 0; i < tries; i += 1) if ((await guess(email, ip)).status === 429) limited += 1
  return limited
}

const noted = async (client: Client): Promise<{ after: { code?: string } | null; ip: string }[]> =>
  (await client.get('/audit-logs?action=session.refused&limit=100')).body.items

async function settled(): Promise<void> {
  await expect
    .poll(
      async () => (await harness.database.admin.query('select 1 from control.sign_in_refusals')).rows.length,
      { timeout: 15_000 },
    )
    .toBe(0)
}

it('notes one refusal by a limit an hour, for the person and the workspace, however many there are', async () => {
  const client = await harness.signUp()
  expect(await flood(client.email, '203.0.113.5', 25)).toBe(15)
  await settled()
  const rows = await noted(client)
  // Ten whose password was looked at, and one for the fifteen after them.
  expect(rows).toHaveLength(11)
  const byLimit = rows.filter((row) => row.after?.code === 'too_many_requests')
  expect(byLimit.map((row) => row.ip)).toEqual(['203.0.113.5'])
})

it('keeps nothing of an e-mail that nobody has', async () => {
  expect(await flood('ninguem@exemplo.com.br', '203.0.113.6', 14)).toBe(4)
  await settled()
  const { rows } = await harness.database.admin.query(
    "select 1 from control.security_events where ip = '203.0.113.6'",
  )
  expect(rows).toEqual([])
})
