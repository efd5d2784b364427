import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
let ana: Client

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp({ name: 'Ana' })
})
afterAll(() => harness.close())

describe('consents', () => {
  it('begin with the terms and the privacy notice that were agreed to by registering, in their versions', async () => {
    const { items } = (await ana.get('/me/consents')).body
    expect(items.map((each: { kind: string }) => each.kind).sort()).toEqual(['privacy', 'terms'])
    for (const each of items) expect(each).toMatchObject({ given: true, version: '2026-11-01' })
  })

  it('are taken back by another row, and the audit log tells of it', async () => {
    const given = await ana.post('/me/consents', { kind: 'product_mail', given: true })
    expect([given.status, given.body]).toEqual([
      201,
      { kind: 'product_mail', version: '2026-11-01', given: true, at: harness.clock.now().toISOString() },
    ])
    harness.clock.advance(1000)
    await ana.post('/me/consents', { kind: 'product_mail', given: false })
    const first = (await ana.get('/me/consents?limit=1')).body
    expect(first.items).toMatchObject([{ kind: 'product_mail', given: false }])
    const second = (await ana.get(`/me/consents?limit=1&cursor=${first.nextCursor}`)).body
    expect(second.items).toMatchObject([{ kind: 'product_mail', given: true }])
    const logs = (await ana.get('/audit-logs?action=privacy.consent')).body.items
    expect(logs.map((log: { after: unknown }) => log.after)).toEqual([
      { kind: 'product_mail', version: '2026-11-01', given: false },
      { kind: 'product_mail', version: '2026-11-01', given: true },
    ])
  })

  it('can be neither changed nor removed by the server', async () => {
    const { control } = harness.context
    for (const statement of ['update control.consents set given = false', 'delete from control.consents']) {
      await expect(control.query(statement)).rejects.toMatchObject({ code: '42501' })
    }
  })

  it("are nobody else's to see", async () => {
    const bea = await harness.signUp({ name: 'Bea' })
    const { items } = (await bea.get('/me/consents')).body
    expect(items).toHaveLength(2)
    expect((await bea.post('/me/consents', { kind: 'cookies', given: true })).status).toBe(400)
  })
})
