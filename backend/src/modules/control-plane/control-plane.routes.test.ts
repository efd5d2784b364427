import { createHmac } from 'node:crypto'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { measureTenant } from './measure.service.ts'
import { createOperator } from './operators.service.ts'

const BILLING_SECRET = 'billing-secret-of-tests-0123456789abcdef'
const PASSWORD = 'an operator has a long password'

let harness: Harness
let secret: string
let token: string
let client: Client
let tenantId: string
const email = 'olga@example.com'

beforeAll(async () => {
  harness = await createHarness({ environment: { BILLING_SECRET } })
  const deps = { ...harness.context, bcryptRounds: 4 }
  secret = (await createOperator(deps, { email, name: 'Olga', password: PASSWORD })).secret
})
beforeEach(async () => {
  client = await harness.signUp()
  tenantId = client.session.tenant.id
  token = (await signIn()).body.token
})
afterAll(() => harness.close())

function code(): string {
  const epoch = Math.floor(harness.clock.now().getTime() / 1000)
  return generateSync({ secret, strategy: 'totp', epoch })
}

/** Codes are taken once: each sign-in is in a step of its own. */
function signIn(overrides: object = {}): Promise<Answer> {
  harness.clock.advance(30_000)
  return harness.request({
    method: 'POST',
    url: '/api/v1/control/sessions',
    payload: { email, password: PASSWORD, code: code(), includeToken: true, ...overrides },
  })
}

function operator(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  payload?: object,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
): Promise<Answer> {
  return harness.request({
    method,
    url: `/api/v1/control${path}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  })
}

const REFUSED = { status: 401, body: { code: 'invalid_credentials' } }

describe('signing in as an operator', () => {
  it('takes e-mail, password and code together, and says the same for whatever is wrong', async () => {
    const answers = [
      await signIn({ password: 'wrong password' }),
      await signIn({ code: '000000' }),
      await signIn({ email: 'nobody@example.com' }),
      await signIn({ email: client.email, password: client.password }),
    ]
    for (const answer of answers) expect(answer).toMatchObject(REFUSED)
    const bodies = answers.map(({ body }) => ({ ...body, requestId: '' }))
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    expect((await signIn()).status).toBe(201)
  })

  it('writes a refusal into the log of acts: once an hour for each operator, and for each address of strangers', async () => {
    harness.clock.advance(3_600_000)
    token = (await signIn()).body.token
    const refusals = async (): Promise<object[]> =>
      (await operator('GET', '/acts?limit=50')).body.items.filter(
        (each: { act: string; at: string }) => each.act === 'operator.refused' && Date.parse(each.at) > since,
      )
    const since = harness.clock.now().getTime()
    for (let index = 0; index < 3; index += 1) {
      await signIn({ password: 'wrong password' })
      await signIn({ email: 'nobody@example.com' })
    }
    const used = { email, password: PASSWORD, code: code() }
    await harness.request({ method: 'POST', url: '/api/v1/control/sessions', payload: used })
    token = (await signIn()).body.token
    const found = await refusals()
    expect(found).toHaveLength(2)
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ operator: 'Olga' }),
        expect.objectContaining({ operator: null, ip: '127.0.0.1' }),
      ]),
    )
    harness.clock.advance(3_600_000)
    token = (await signIn()).body.token
    await signIn({ code: '000000' })
    expect(await refusals()).toHaveLength(3)
    expect(JSON.stringify(await refusals())).not.toMatch(/nobody@example|wrong password|000000/)
  })

  it('takes a code once, also when two come at once', async () => {
    harness.clock.advance(30_000)
    const payload = { email, password: PASSWORD, code: code() }
    const send = (): Promise<Answer> =>
      harness.request({ method: 'POST', url: '/api/v1/control/sessions', payload })
    const both = await Promise.all([send(), send()])
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 401])
    expect(await send()).toMatchObject(REFUSED)
  })

  it('sets a cookie that no script and no other site has, and demands a CSRF token with it', async () => {
    const answer = await signIn({ includeToken: false })
    expect(answer.body.token).toBeUndefined()
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toMatch(/^chronos_operator=.*HttpOnly.*SameSite=Strict/)
    const headers = { cookie: cookie.split(';')[0] ?? '' }
    expect((await operator('GET', '/tenants', undefined, headers)).status).toBe(200)
    const path = `/tenants/${tenantId}/limits`
    const body = { limits: {}, features: {} }
    expect((await operator('PUT', path, body, headers)).body.code).toBe('csrf_failed')
    const csrf = { ...headers, 'x-csrf-token': answer.body.csrfToken }
    expect((await operator('PUT', path, body, csrf)).status).toBe(200)
  })

  it('ends after half an hour without a request, after eight hours, and at once by signing out', async () => {
    harness.clock.advance(29 * 60_000)
    expect((await operator('GET', '/me')).body.operator.email).toBe(email)
    harness.clock.advance(31 * 60_000)
    expect((await operator('GET', '/me')).status).toBe(401)
    token = (await signIn()).body.token
    for (let minutes = 0; minutes < 8 * 60; minutes += 20) {
      expect((await operator('GET', '/me')).status).toBe(200)
      harness.clock.advance(20 * 60_000)
    }
    expect((await operator('GET', '/me')).status).toBe(401)
    token = (await signIn()).body.token
    expect((await operator('DELETE', '/sessions/current')).status).toBe(204)
    expect((await operator('GET', '/me')).status).toBe(401)
  })

  it('opens no workspace, and a session of a workspace opens nothing here', async () => {
    const accounts = await harness.request({
      method: 'GET',
      url: '/api/v1/accounts',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(accounts.status).toBe(401)
    expect((await client.get('/control/tenants')).status).toBe(401)
  })

  it('keeps no secret in plain text', async () => {
    const { rows } = await harness.database.admin.query(
      `select (select jsonb_agg(to_jsonb(o)) from control.operators o)::text
         || (select jsonb_agg(to_jsonb(s)) from control.operator_sessions s)::text as everything`,
    )
    for (const plain of [secret, PASSWORD, token.split('.')[1] ?? '-'])
      expect(rows[0].everything).not.toContain(plain)
  })
})

describe('tenants', () => {
  it('are listed newest first, by the beginning of a name or an id, with counts and no money', async () => {
    const account = await client.post('/accounts', { name: 'Segredo', type: 'checking', currency: 'BRL' })
    await client.post('/transactions', {
      accountId: account.body.id,
      occurredOn: '2026-11-20',
      amountMinor: -987_654,
      description: 'Segredo',
    })
    await measureTenant(harness.context, tenantId)
    const list = await operator('GET', '/tenants?limit=1')
    expect(list.body.items[0]).toMatchObject({ id: tenantId, status: 'active', planId: 'free' })
    expect(list.body.items[0].usage).toMatchObject({ members: { used: 1 }, accounts: { used: 1 } })
    const more = await operator('GET', `/tenants?limit=1&cursor=${list.body.nextCursor}`)
    expect(more.body.items[0].id).not.toBe(tenantId)
    expect(JSON.stringify(list.body)).not.toMatch(/987654|Segredo/)
    const named = await operator('GET', `/tenants?q=${encodeURIComponent(client.session.tenant.name)}`)
    expect(named.body.items.map((each: { id: string }) => each.id)).toContain(tenantId)
    const byId = await operator('GET', `/tenants?q=${tenantId}`)
    expect(byId.body.items).toHaveLength(1)
    expect((await operator('GET', `/tenants/${crypto.randomUUID()}`)).status).toBe(404)
  })

  it('are suspended at once and let go on, with their data, and their audit log tells it', async () => {
    await client.post('/accounts', { name: 'Conta', type: 'checking', currency: 'BRL' })
    const suspended = await operator('POST', `/tenants/${tenantId}/suspend`, { reason: 'Conta em atraso' })
    expect(suspended).toMatchObject({
      status: 200,
      body: { status: 'suspended', suspendedReason: 'Conta em atraso' },
    })
    expect(await client.get('/accounts')).toMatchObject({
      status: 403,
      body: { code: 'workspace_suspended' },
    })
    expect((await operator('POST', `/tenants/${tenantId}/suspend`, { reason: 'x' })).body.code).toBe(
      'conflict',
    )
    expect((await operator('POST', `/tenants/${tenantId}/resume`)).body.status).toBe('active')
    expect((await client.get('/accounts')).body.items).toHaveLength(1)
    expect((await operator('POST', `/tenants/${tenantId}/resume`)).body.code).toBe('conflict')
    const logs = await client.get('/audit-logs?entity=tenants')
    const told = logs.body.items.filter((each: { actor: { type: string } }) => each.actor.type === 'operator')
    expect(told.map((each: { action: string }) => each.action).sort()).toEqual([
      'operator.resumed',
      'operator.suspended',
      'update',
      'update',
    ])
    const acts = await operator('GET', `/acts?tenantId=${tenantId}`)
    expect(acts.body.items.map((each: { act: string }) => each.act)).toEqual([
      'tenant.resumed',
      'tenant.suspended',
    ])
    expect(acts.body.items[0].operator).toBe('Olga')
  })

  it('are limited one by one, from their next request on', async () => {
    const body = { limits: { accounts: 1 }, features: { imports: false } }
    const answer = await operator('PUT', `/tenants/${tenantId}/limits`, body)
    expect(answer.body).toMatchObject({
      limits: { accounts: 1, members: null },
      features: { imports: false },
    })
    const account = { type: 'checking', currency: 'BRL' }
    expect((await client.post('/accounts', { ...account, name: 'A' })).status).toBe(201)
    expect((await client.post('/accounts', { ...account, name: 'B' })).body.code).toBe('plan_limit')
    await operator('PUT', `/tenants/${tenantId}/limits`, { limits: {}, features: {} })
    expect((await client.post('/accounts', { ...account, name: 'B' })).status).toBe(201)
  })

  it('are made for somebody who chooses a password by the link that came, and is their owner', async () => {
    await harness.startJobs()
    const ownerEmail = `dona-${crypto.randomUUID()}@example.com`
    const body = {
      name: 'Padaria',
      ownerEmail,
      currency: 'BRL',
      locale: 'pt-BR',
      timezone: 'America/Sao_Paulo',
    }
    const made = await operator('POST', '/tenants', body)
    expect(made).toMatchObject({ status: 201, body: { name: 'Padaria', planId: 'free', status: 'active' } })
    expect((await harness.mailTo(ownerEmail)).token).not.toBe('')
    expect((await operator('POST', '/tenants', { ...body, planId: 'nothing' })).body.code).toBe(
      'unknown_reference',
    )
  })

  it('are made for a person who is here already', async () => {
    await harness.verify(client)
    const body = {
      name: 'Segunda',
      ownerEmail: client.email,
      currency: 'BRL',
      locale: 'pt-BR',
      timezone: 'America/Sao_Paulo',
    }
    const made = await operator('POST', '/tenants', body)
    const entered = await client.post('/auth/switch', { tenantId: made.body.id })
    expect(entered).toMatchObject({
      status: 200,
      body: { tenant: { name: 'Segunda' }, user: { role: 'owner' } },
    })
  })
})

describe('plans', () => {
  const plan = {
    name: 'Pequeno',
    limits: {
      members: 2,
      accounts: 1,
      transactionsPerMonth: null,
      storageBytes: null,
      whatsappMessagesPerMonth: null,
    },
    features: { whatsapp: true, imports: true, exports: true, apiTokens: true },
  }

  it('are data: made, changed for all on them, and one is the default', async () => {
    expect((await operator('PUT', '/plans/small', plan)).body).toMatchObject({
      id: 'small',
      isDefault: false,
    })
    await operator('POST', `/tenants/${tenantId}/plan`, { planId: 'small' })
    const account = { type: 'checking', currency: 'BRL' }
    expect((await client.post('/accounts', { ...account, name: 'A' })).status).toBe(201)
    expect((await client.post('/accounts', { ...account, name: 'B' })).body.code).toBe('plan_limit')
    const wider = { ...plan, limits: { ...plan.limits, accounts: 5 } }
    expect((await operator('PUT', '/plans/small', wider)).body.tenants).toBe(1)
    expect((await client.post('/accounts', { ...account, name: 'B' })).status).toBe(201)
    await operator('PUT', '/plans/small', { ...plan, isDefault: true })
    const plans = await operator('GET', '/plans')
    const defaults = plans.body.items.filter((each: { isDefault: boolean }) => each.isDefault)
    expect(defaults.map((each: { id: string }) => each.id)).toEqual(['small'])
    const free = plans.body.items.find((each: { id: string }) => each.id === 'free')
    const { name, limits, features } = free
    await operator('PUT', '/plans/free', { name, limits, features, isDefault: true })
  })

  function billing(
    to: string,
    planId: string,
    at = harness.clock.now(),
    key = BILLING_SECRET,
  ): Promise<Answer> {
    const payload = JSON.stringify({ planId, reference: 'invoice-1' })
    const seconds = Math.floor(at.getTime() / 1000)
    const signature = createHmac('sha256', key).update(`${seconds}.${payload}`).digest('hex')
    return harness.request({
      method: 'POST',
      url: `/api/v1/control/tenants/${to}/plan`,
      headers: { 'content-type': 'application/json', 'x-chronos-signature': `t=${seconds},v1=${signature}` },
      payload,
    })
  }

  it('are set by a billing system that signs, lately and once', async () => {
    await operator('PUT', '/plans/paid', { ...plan, name: 'Pago' })
    const old = new Date(harness.clock.now().getTime() - 301_000)
    expect((await billing(tenantId, 'paid', old)).status).toBe(401)
    expect((await billing(tenantId, 'paid', undefined, 'x'.repeat(40))).status).toBe(401)
    expect(await billing(tenantId, 'nothing')).toMatchObject({
      status: 422,
      body: { code: 'unknown_reference' },
    })
    expect((await billing(tenantId, 'paid')).body.planId).toBe('paid')
    await operator('POST', `/tenants/${tenantId}/plan`, { planId: 'free' })
    expect((await billing(tenantId, 'paid')).body.planId).toBe('free')
    const other = (await harness.signUp()).session.tenant.id
    expect((await billing(other, 'paid')).status).toBe(401)
    const acts = await operator('GET', `/acts?tenantId=${tenantId}`)
    expect(acts.body.items.map((each: { operator: string | null }) => each.operator)).toEqual(['Olga', null])
  })
})

describe('a look into a workspace', () => {
  const allow = (minutes: number | null): Promise<unknown> =>
    harness.database.admin.query(
      'update app.tenants set support_until = $2, support_reason = $3 where tenant_id = $1',
      minutes === null
        ? [tenantId, null, null]
        : [tenantId, new Date(harness.clock.now().getTime() + minutes * 60_000), 'Ajuda'],
    )
  const start = (): Promise<Answer> => operator('POST', `/tenants/${tenantId}/support-session`)
  const look = (support: string, method: 'GET' | 'POST', path: string, payload?: object): Promise<Answer> =>
    harness.request({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${support}` },
      ...(payload === undefined ? {} : { payload }),
    })

  it('takes the consent of its people, reads only, and stands in their audit log', async () => {
    expect(await start()).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    await allow(60)
    const { accessToken } = (await start()).body
    expect((await look(accessToken, 'GET', '/accounts')).status).toBe(200)
    const write = { name: 'X', type: 'checking', currency: 'BRL' }
    expect((await look(accessToken, 'POST', '/accounts', write)).status).toBe(403)
    expect((await look(accessToken, 'GET', '/me')).status).toBe(403)
    expect((await look(accessToken, 'GET', '/me/tokens')).status).toBe(403)
    await allow(null)
    expect((await look(accessToken, 'GET', '/accounts')).status).toBe(401)
    const logs = await client.get('/audit-logs?entity=tenants')
    const told = logs.body.items.filter((each: { action: string }) => each.action.startsWith('support.'))
    expect(told.map((each: { action: string }) => each.action)).toEqual(['support.ended', 'support.started'])
    expect(told[0]).toMatchObject({ actor: { type: 'operator', userId: null }, after: { operator: 'Olga' } })
  })

  it('ends after half an hour, or with the consent where that is sooner', async () => {
    await allow(10)
    const short = (await start()).body
    harness.clock.advance(10 * 60_000)
    expect((await look(short.accessToken, 'GET', '/accounts')).status).toBe(401)
    await allow(120)
    const long = (await start()).body
    harness.clock.advance(29 * 60_000)
    expect((await look(long.accessToken, 'GET', '/accounts')).status).toBe(200)
    harness.clock.advance(60_000)
    expect((await look(long.accessToken, 'GET', '/accounts')).status).toBe(401)
  })
})

describe('the log of acts', () => {
  it('cannot be changed by the login that writes it', async () => {
    const change = (text: string): Promise<unknown> => harness.context.control.query(text)
    await expect(change("update control.operator_acts set act = 'x'")).rejects.toMatchObject({
      code: '42501',
    })
    await expect(change('delete from control.operator_acts')).rejects.toMatchObject({ code: '42501' })
  })
})
