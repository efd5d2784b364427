import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { forgetPlans } from '../plans/plans.service.ts'
import { newApiToken, readApiToken } from './api-tokens.rules.ts'
import { endTokensOf, forgetTokensOf } from './api-tokens.service.ts'
import { forgetCallers } from './sessions.service.ts'

let harness: Harness
let client: Client

beforeAll(async () => {
  harness = await createHarness()
})
beforeEach(async () => {
  client = await verified(await harness.signUp())
})
afterAll(() => harness.close())

async function forget(of: Client): Promise<void> {
  const { rows } = await harness.database.admin.query<{ id: string }>(
    'select id::text from control.sessions where tenant_id = $1',
    [of.session.tenant.id],
  )
  await forgetCallers(
    harness.context,
    rows.map((row) => row.id),
  )
}

async function verified(of: Client): Promise<Client> {
  await harness.database.admin.query(
    'update control.identities set email_verified_at = $2 where email = $1',
    [of.email, harness.clock.now()],
  )
  await forget(of)
  return of
}

async function newToken(body: object = {}, of = client): Promise<{ id: string; token: string }> {
  const answer = await of.post('/me/tokens', { name: 'Script', scopes: ['ledger.read'], ...body })
  expect([answer.status, answer.body]).toEqual([201, expect.anything()])
  return answer.body
}

function as(
  token: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  payload?: object,
): Promise<Answer> {
  return harness.request({
    method,
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  })
}

const ACCOUNT = { name: 'Conta', type: 'checking', currency: 'BRL' }

describe('an API token', () => {
  it('has a known beginning, 190 random bits and a checksum, and says no more than its beginning', () => {
    const { token, hint, hash } = newApiToken()
    expect(token).toMatch(/^chr_[0-9A-Za-z]{38}$/)
    expect(hint).toBe(`${token.slice(0, 8)}…`)
    expect(readApiToken(token)).toBe(hash)
    const mistyped = token.slice(0, 10) + (token[10] === 'a' ? 'b' : 'a') + token.slice(11)
    expect(readApiToken(mistyped)).toBeNull()
    expect(readApiToken(`${token}x`)).toBeNull()
    expect(newApiToken().token).not.toBe(token)
  })

  it('is shown once, and kept as a hash alone', async () => {
    const { token } = await newToken()
    const list = await client.get('/me/tokens')
    expect(list.body.items).toHaveLength(1)
    expect(JSON.stringify(list.body)).not.toContain(token)
    const { rows } = await harness.database.admin.query(
      `select (select jsonb_agg(to_jsonb(t)) from control.api_tokens t)::text
         || (select jsonb_agg(to_jsonb(m)) from control.mails m)::text
         || (select jsonb_agg(to_jsonb(l)) from app.audit_logs l)::text as everything`,
    )
    expect(rows[0].everything).not.toContain(token)
    expect(rows[0].everything).not.toContain(token.slice(4, 20))
  })

  it('acts within its scopes and no further', async () => {
    const reader = await newToken()
    const writer = await newToken({ scopes: ['ledger.read', 'ledger.write'] })
    expect((await as(reader.token, 'GET', '/accounts')).status).toBe(200)
    expect(await as(reader.token, 'POST', '/accounts', ACCOUNT)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    expect((await as(writer.token, 'POST', '/accounts', ACCOUNT)).status).toBe(201)
    const { rows } = await harness.database.admin.query(
      "select actor_type, session_id::text from app.audit_logs where tenant_id = $1 and entity = 'accounts'",
      [client.session.tenant.id],
    )
    expect(rows).toEqual([{ actor_type: 'token', session_id: writer.id }])
  })

  it('is for nothing that a person does for themselves, whatever its scopes', async () => {
    const { token } = await newToken({ scopes: ['ledger.read', 'ledger.write', 'audit.read'] })
    const personal = ENDPOINTS.filter((each) => each.auth === 'session' && each.permission === null)
    expect(personal.length).toBeGreaterThan(3)
    for (const { method, path } of personal) {
      const answer = await harness.request({
        method,
        url: `/api/v1${path.replace('{id}', crypto.randomUUID())}`,
        headers: { authorization: `Bearer ${token}` },
      })
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden'])
    }
  })

  it('goes no further than its person does today', async () => {
    const { token } = await newToken({ scopes: ['ledger.read', 'ledger.write'] })
    expect((await as(token, 'POST', '/accounts', ACCOUNT)).status).toBe(201)
    const { admin } = harness.database
    const { tenant, user } = client.session
    await admin.query("update app.users set role = 'viewer' where tenant_id = $1 and id = $2", [
      tenant.id,
      user.id,
    ])
    await forgetTokensOf(harness.context, { tenantId: tenant.id, userId: user.id })
    expect((await as(token, 'POST', '/accounts', { ...ACCOUNT, name: 'Outra' })).status).toBe(403)
    expect((await as(token, 'GET', '/accounts')).status).toBe(200)
    await forget(client)
    const refused = await client.post('/me/tokens', { name: 'x', scopes: ['ledger.write'] })
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden'])
  })

  it('ends when its time is over, although it was used a moment before', async () => {
    const { token } = await newToken({ expiresInDays: 1 })
    harness.clock.advance(86_400_000 - 1000)
    expect((await as(token, 'GET', '/accounts')).status).toBe(200)
    harness.clock.advance(1000)
    expect((await as(token, 'GET', '/accounts')).status).toBe(401)
    harness.clock.advance(-86_400_000)
  })

  it('ends at once when it is revoked', async () => {
    const { token, id } = await newToken()
    expect((await as(token, 'GET', '/accounts')).status).toBe(200)
    expect((await client.delete(`/me/tokens/${id}`)).status).toBe(204)
    expect((await as(token, 'GET', '/accounts')).status).toBe(401)
    expect((await client.delete(`/me/tokens/${id}`)).status).toBe(404)
    expect((await client.get('/me/tokens')).body.items).toEqual([])
  })

  it('ends at once when its person is no longer of the workspace, or all of theirs are ended', async () => {
    const [first, second] = [await newToken(), await newToken()]
    const { tenant, user } = client.session
    for (const { token } of [first, second]) expect((await as(token, 'GET', '/accounts')).status).toBe(200)
    expect(await endTokensOf(harness.context, { tenantId: tenant.id, userId: user.id }, 'removed')).toBe(2)
    for (const { token } of [first, second]) expect((await as(token, 'GET', '/accounts')).status).toBe(401)
    const third = await newToken()
    await harness.database.admin.query(
      "update app.users set status = 'removed' where tenant_id = $1 and id = $2",
      [tenant.id, user.id],
    )
    expect((await as(third.token, 'GET', '/accounts')).status).toBe(401)
  })

  it('is closed with its workspace', async () => {
    const { token } = await newToken()
    const set = (status: string): Promise<unknown> =>
      harness.database.admin.query('update control.registered_tenants set status = $2 where tenant_id = $1', [
        client.session.tenant.id,
        status,
      ])
    await set('suspended')
    expect((await as(token, 'GET', '/accounts')).body.code).toBe('workspace_suspended')
    await set('active')
    expect((await as(token, 'GET', '/accounts')).status).toBe(200)
  })

  it('belongs to one workspace and one person', async () => {
    const other = await verified(await harness.signUp())
    const { token, id } = await newToken()
    const account = (await client.post('/accounts', ACCOUNT)).body
    expect((await other.delete(`/me/tokens/${id}`)).status).toBe(404)
    expect((await other.get('/me/tokens')).body.items).toEqual([])
    const theirs = await newToken({}, other)
    expect((await as(theirs.token, 'GET', `/accounts/${account.id}`)).status).toBe(404)
    expect((await as(token, 'GET', `/accounts/${account.id}`)).status).toBe(200)
  })

  it('notes its last use once a minute', async () => {
    const { token } = await newToken()
    const used = async (): Promise<unknown> => (await client.get('/me/tokens')).body.items[0].lastUsedAt
    expect(await used()).toBeNull()
    await as(token, 'GET', '/accounts')
    const first = await used()
    expect(first).toBe(harness.clock.now().toISOString())
    harness.clock.advance(30_000)
    await as(token, 'GET', '/accounts')
    expect(await used()).toBe(first)
    harness.clock.advance(31_000)
    await as(token, 'GET', '/accounts')
    expect(await used()).toBe(harness.clock.now().toISOString())
  })

  it('is told of by mail, to the person and in the audit log', async () => {
    await harness.startJobs()
    const { id } = await newToken({ name: 'Backup de casa' })
    expect((await harness.mailTo(client.email, /API/)).mail.text).toContain('Backup de casa')
    await client.delete(`/me/tokens/${id}`)
    const logs = await client.get('/audit-logs?entity=users')
    const events = logs.body.items.filter((each: { action: string }) => each.action.startsWith('token.'))
    expect(events.map((each: { action: string }) => each.action)).toEqual(['token.revoked', 'token.created'])
    expect(events[1].after).toMatchObject({ tokenId: id, name: 'Backup de casa', scopes: ['ledger.read'] })
  })

  it('takes a verified e-mail, a late proof and a plan with tokens to be made', async () => {
    const fresh = await harness.signUp()
    const make = (of: Client): Promise<Answer> =>
      of.post('/me/tokens', { name: 'x', scopes: ['ledger.read'] })
    expect((await make(fresh)).body.code).toBe('email_unverified')
    const { token } = await newToken()
    await harness.database.admin.query(
      'update control.registered_tenants set overrides = $2 where tenant_id = $1',
      [client.session.tenant.id, JSON.stringify({ limits: {}, features: { apiTokens: false } })],
    )
    await forgetPlans(harness.context, [client.session.tenant.id])
    await forgetTokensOf(harness.context, { tenantId: client.session.tenant.id })
    expect((await make(client)).body.code).toBe('feature_off')
    expect((await as(token, 'GET', '/accounts')).body.code).toBe('feature_off')
    const late = await verified(await harness.signUp())
    harness.clock.advance(16 * 60_000)
    expect((await make(late)).body.code).toBe('step_up_required')
    harness.clock.advance(-16 * 60_000)
  })

  it('is not taken from a cookie, and asks for no CSRF token', async () => {
    const { token } = await newToken({ scopes: ['ledger.read', 'ledger.write'] })
    const cookie = await harness.request({
      method: 'GET',
      url: '/api/v1/accounts',
      cookies: { chronos_access: token },
    })
    expect(cookie.status).toBe(401)
    expect((await as(token, 'POST', '/accounts', ACCOUNT)).status).toBe(201)
  })

  it('that nobody has is refused, and from one network not forever', async () => {
    const unknown = (): Promise<Answer> => as(newApiToken().token, 'GET', '/accounts')
    expect(await unknown()).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect((await as('chr_nonsense', 'GET', '/accounts')).status).toBe(401)
    const answers = await Promise.all(Array.from({ length: 310 }, unknown))
    expect(answers.some((each) => each.status === 429)).toBe(true)
  })
})
