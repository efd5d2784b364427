import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM, type TenantQueries } from '../../platform/tenancy.ts'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { joinAs } from '../../../test/members.ts'
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

describe('a member who is kept from an account', () => {
  let member: Client
  let seen: string
  let hidden: string

  beforeAll(async () => {
    client = await harness.signUp()
    const account = async (name: string): Promise<string> =>
      (await client.post('/accounts', { name, type: 'cash', currency: 'BRL' })).body.id as string
    seen = await account('Carteira')
    hidden = await account('Cofre')
    for (let made = 0; made < 3; made += 1) await client.post('/transactions', entryOn(hidden))
    const csv = { name: 'a.csv', content: 'data;descricao;valor\n22/11/2026;Padaria;-12,00\n' }
    expect((await client.upload('/imports', csv, { accountId: hidden })).status).toBe(201)
    member = await joinAs(harness, client, 'member', [hidden])
  })

  const entryOn = (accountId: string): object => ({
    accountId,
    occurredOn: '2020-01-31',
    amountMinor: -1,
    description: 'x',
  })
  const upload = (): ReturnType<Client['upload']> => {
    const csv = { name: 'b.csv', content: 'data;descricao;valor\n23/11/2026;Feira;-9,00\n' }
    return member.upload('/imports', csv, { accountId: seen })
  }

  it('passes no limit that hidden rows have used up, and is not told how many there are', async () => {
    await limited({ accounts: 2, transactionsPerMonth: 3, storageBytes: 60 })
    const another = { name: 'Minha', type: 'cash', currency: 'BRL' }
    const refused = [
      await member.post('/accounts', another),
      await member.post('/transactions', entryOn(seen)),
      await upload(),
    ]
    for (const { body } of refused) {
      expect(body.code).toBe('plan_limit')
      expect(body.detail).toMatch(/ allows \d+ [a-z ]+$/)
    }
    expect((await client.post('/transactions', entryOn(seen))).body.detail).toMatch(/; 3 are used$/)
    await limited({ accounts: 3, transactionsPerMonth: 4, storageBytes: 1000 })
    expect((await member.post('/accounts', another)).status).toBe(201)
    expect((await member.post('/transactions', entryOn(seen))).status).toBe(201)
    expect((await upload()).status).toBe(201)
  })

  it('sees no more after a count than before it, in the same transaction', async () => {
    await limited({ accounts: 20 })
    const restricted = harness.context.tenancy.enter({
      tenantId: client.session.tenant.id,
      actor: { type: 'user', userId: member.session.user.id, hiddenAccounts: [hidden] },
      requestId: null,
    })
    const ids = async (tx: TenantQueries): Promise<string[]> =>
      (
        await tx.query<{ id: string }>(
          'select id::text as id from app.accounts where tenant_id = $1::uuid',
          tx.tenantId,
        )
      ).map(({ id }) => id)
    await restricted.bulk(async (tx) => {
      const before = await ids(tx)
      await assertRoom(harness.context, tx, 'accounts')
      expect(await ids(tx)).toEqual(before)
      expect(before).toContain(seen)
      expect(before).not.toContain(hidden)
    })
  })

  it('counts what was written in the transaction itself, and no other workspace', async () => {
    const other = await harness.signUp()
    const own = harness.context.tenancy.enter({
      tenantId: other.session.tenant.id,
      actor: SYSTEM,
      requestId: null,
    })
    const counted = (tx: TenantQueries, tenantId: string): Promise<{ used: number }[]> =>
      tx.query('select app.count_used($1::uuid, $2, null) as used', tenantId, 'accounts')
    await own.bulk(async (tx) => {
      expect(await counted(tx, client.session.tenant.id)).toEqual([{ used: 0 }])
      expect(await counted(tx, tx.tenantId)).toEqual([{ used: 0 }])
      await tx.query(
        `insert into app.accounts (tenant_id, id, name, type, currency, created_at, updated_at)
         values ($1::uuid, gen_random_uuid(), 'x', 'cash', 'BRL', now(), now())`,
        tx.tenantId,
      )
      expect(await counted(tx, tx.tenantId)).toEqual([{ used: 1 }])
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
