import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM } from '../../platform/tenancy.ts'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { assertFeature, assertRoom, forgetPlans, planOf, usageOf } from './plans.service.ts'

let harness: Harness
let client: Client

beforeAll(async () => {
  harness = await createHarness()
  client = await harness.signUp()
})
afterAll(() => harness.close())

async function limited(limits: object, features: object = {}): Promise<void> {
  await harness.database.admin.query(
    'update control.registered_tenants set overrides = $2 where tenant_id = $1',
    [client.session.tenant.id, JSON.stringify({ limits, features })],
  )
  await forgetPlans(harness.context, [client.session.tenant.id])
}

const tenant = () =>
  harness.context.tenancy.enter({ tenantId: client.session.tenant.id, actor: SYSTEM, requestId: null })

describe('the plan of a workspace', () => {
  it('is the default one, without limits, as soon as somebody belongs to it', async () => {
    const plan = await planOf(harness.context, client.session.tenant.id)
    expect(plan).toMatchObject({ id: 'free', status: 'active' })
    expect(new Set(Object.values(plan.limits))).toEqual(new Set([null]))
    expect(new Set(Object.values(plan.features))).toEqual(new Set([true]))
  })

  it('is what was set for the one tenant, where something was', async () => {
    await limited({ members: 3, accounts: null }, { imports: false })
    const plan = await planOf(harness.context, client.session.tenant.id)
    expect([plan.limits.members, plan.limits.accounts, plan.features.imports, plan.features.exports]).toEqual(
      [3, null, false, true],
    )
    await expect(assertFeature(harness.context, client.session.tenant.id, 'imports')).rejects.toMatchObject({
      code: 'feature_off',
    })
  })

  it('lets in what fits and nothing more, and warns from four fifths on', async () => {
    await limited({ transactionsPerMonth: 5 })
    const { body: account } = await client.post('/accounts', {
      name: 'Conta',
      type: 'checking',
      currency: 'BRL',
    })
    const entry = { accountId: account.id, occurredOn: '2020-01-31', amountMinor: -1, description: 'x' }
    for (let made = 0; made < 3; made += 1) await client.post('/transactions', entry)
    const room = (adding: number): Promise<void> =>
      tenant().bulk((tx) => assertRoom(harness.context, tx, 'transactionsPerMonth', adding))
    expect((await usageOf(harness.context, tenant())).usage.transactionsPerMonth).toEqual({
      limit: 5,
      used: 3,
      warning: false,
    })
    await expect(room(2)).resolves.toBeUndefined()
    await expect(room(3)).rejects.toMatchObject({ code: 'plan_limit' })
    await client.post('/transactions', entry)
    expect((await usageOf(harness.context, tenant())).usage.transactionsPerMonth.warning).toBe(true)
  })

  it('counts each of its limits', async () => {
    await limited({})
    const { usage } = await usageOf(harness.context, tenant())
    expect(usage).toMatchObject({
      members: { used: 1, limit: null, warning: false },
      accounts: { used: 1 },
      storageBytes: { used: 0 },
      whatsappMessagesPerMonth: { used: 0 },
    })
  })
})

describe('a suspended workspace', () => {
  it('is closed to its people from the next request on, and opens again with everything in it', async () => {
    const other = await harness.signUp()
    const { id } = other.session.tenant
    const { admin } = harness.database
    const forget = () =>
      admin
        .query<{ id: string }>('select id from control.sessions where tenant_id = $1', [id])
        .then(({ rows }) => harness.context.store.delete(...rows.map((row) => `session:${row.id}`)))
    await admin.query("update control.registered_tenants set status = 'suspended' where tenant_id = $1", [id])
    await forget()
    expect(await other.get('/accounts')).toMatchObject({ status: 403, body: { code: 'workspace_suspended' } })
    const login = { email: other.email, password: other.password }
    const refused = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload: login })
    expect(refused).toMatchObject({ status: 403, body: { code: 'workspace_suspended' } })
    await admin.query("update control.registered_tenants set status = 'active' where tenant_id = $1", [id])
    expect((await other.get('/accounts')).status).toBe(200)
  })
})
