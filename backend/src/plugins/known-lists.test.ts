import { ENDPOINTS } from '@chronos/contracts/endpoints'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../test/harness.ts'
import { addAccount, addTransactions, tenantOf } from '../../test/ledger.ts'
import { joinAs } from '../../test/members.ts'
import { isList } from './known-lists.ts'

const SUMMARY = '/reports/summary?from=2026-01&to=2026-03'
let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())

/** Asks with the ETag of an answer before. */
async function again(client: Client, path: string, etag: unknown): Promise<number> {
  const answer = await client.get(path, { 'if-none-match': String(etag) })
  if (answer.status === 304) expect([answer.body, answer.headers['content-type']]).toEqual(['', undefined])
  return answer.status
}

async function book(): Promise<{ owner: Client; shown: string; hidden: string }> {
  const owner = await harness.signUp()
  const tenant = tenantOf(harness, owner)
  const [shown, hidden] = [await addAccount(tenant), await addAccount(tenant, 'BRL', 'Hidden')]
  await addTransactions(tenant, [
    { accountId: shown, occurredOn: '2026-02-01', amountMinor: -5 },
    { accountId: hidden, occurredOn: '2026-02-01', amountMinor: -700 },
  ])
  return { owner, shown, hidden }
}

describe('a list or report that somebody has already', () => {
  const lists = ENDPOINTS.filter((spec) => isList(spec) && spec.params === undefined)
  it.each(lists.map((spec) => [spec.id, spec.path === '/reports/summary' ? SUMMARY : spec.path] as const))(
    '%s is not sent again',
    async (_id, path) => {
      const owner = await harness.signUp()
      const first = await owner.get(path)
      expect([first.status, first.headers['etag']]).toEqual([200, expect.stringMatching(/^W\/"[\w-]{27}"$/)])
      expect(await again(owner, path, first.headers['etag'])).toBe(304)
      expect(await again(owner, path, `"other", ${first.headers['etag']}`)).toBe(304)
      expect(await again(owner, path, '"other"')).toBe(200)
    },
  )

  it('is sent again once it differs: the list, the balances and the report, after a booking', async () => {
    const { owner, shown } = await book()
    const paths = ['/transactions', '/accounts', SUMMARY]
    const etags = await Promise.all(paths.map(async (path) => (await owner.get(path)).headers['etag']))
    const made = await owner.post('/transactions', {
      accountId: shown,
      occurredOn: '2026-03-01',
      description: 'x',
      amountMinor: -1,
    })
    expect(made.status).toBe(201)
    for (const [index, path] of paths.entries())
      expect([path, await again(owner, path, etags[index])]).toEqual([path, 200])
  })

  it('is another one for whom an account is kept from, before and after', async () => {
    const { owner, hidden } = await book()
    const member = await joinAs(harness, owner, 'admin')
    for (const path of ['/transactions', '/accounts', SUMMARY]) {
      const { etag } = (await owner.get(path)).headers
      expect([path, await again(member, path, etag)]).toEqual([path, 304])
    }
    const kept = await joinAs(harness, owner, 'admin', [hidden])
    for (const path of ['/transactions', '/accounts', SUMMARY]) {
      const { etag } = (await owner.get(path)).headers
      expect([path, await again(kept, path, etag)]).toEqual([path, 200])
    }
  })

  it('tells nobody who may not ask: neither a stranger, nor who is not signed in', async () => {
    const { owner } = await book()
    const viewer = await joinAs(harness, owner, 'viewer')
    const { etag } = (await owner.get('/audit-logs')).headers
    const url = '/api/v1/audit-logs'
    const nobody = await harness.request({ method: 'GET', url, headers: { 'if-none-match': '*' } })
    expect([await again(viewer, '/audit-logs', etag), nobody.status]).toEqual([403, 401])
    const stranger = await harness.signUp()
    expect(await again(stranger, '/transactions', (await owner.get('/transactions')).headers['etag'])).toBe(
      200,
    )
  })

  it('is on no disk: browsers are told to store nothing', async () => {
    const owner = await harness.signUp()
    const first = await owner.get('/accounts')
    const known = await owner.get('/accounts', { 'if-none-match': String(first.headers['etag']) })
    expect([first.headers['cache-control'], known.headers['cache-control']]).toEqual(['no-store', 'no-store'])
  })

  it('is told apart from one row, whose ETag is its version', async () => {
    const { owner, shown } = await book()
    const row = await owner.get(`/accounts/${shown}`, { 'if-none-match': '"1"' })
    expect([row.status, row.headers['etag']]).toEqual([200, '"1"'])
  })
})
