/**
 * Somebody registers with an address that is not theirs, puts everything on the account that they can, and waits until
 * the owner of the address comes.
 */
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Authenticator } from '../../../test/authenticator.ts'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { createTenant } from '../control-plane/tenants.service.ts'
import { endSessionsOf, lockIdentity } from './person.queries.ts'

const ORIGIN = 'http://localhost:3000'
const CHOSEN = 'four quiet lanterns drift'

let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
})
afterAll(() => harness.close())

const post = (path: string, payload: object): Promise<Answer> =>
  harness.request({ method: 'POST', url: `/api/v1/auth${path}`, payload })
const login = (email: string, password: string): Promise<Answer> =>
  post('/login', { email, password, includeRefreshToken: true })
const sql = (text: string, ...values: unknown[]): Promise<{ rows: Record<string, unknown>[] }> =>
  harness.database.admin.query(text, values)

async function identityOf(email: string): Promise<string> {
  return String((await sql('select id from control.identities where email = $1', email)).rows[0]?.['id'])
}

async function resetBy(email: string, password = CHOSEN): Promise<Answer> {
  harness.mails.length = 0
  await post('/password-reset', { email })
  return post('/password-reset/confirm', {
    token: (await harness.mailTo(email, /nova senha/i)).token,
    password,
  })
}

interface Squatter {
  client: Client
  key: Authenticator
  code(): string
  recoveryCode: string
}

/** With a passkey, an authenticator app, recovery codes and, as if the server had let them, token, provider and chat. */
async function squatter(): Promise<Squatter> {
  const client = await harness.signUp()
  const { secret } = (await client.post('/me/totp')).body
  const code = (): string => generateSync({ secret, epoch: Math.floor(harness.clock.now().getTime() / 1000) })
  const { recoveryCodes } = (await client.post('/me/totp/confirm', { code: code() })).body
  const key = new Authenticator(ORIGIN)
  const options = (await client.post('/me/passkeys/options')).body
  expect((await client.post('/me/passkeys', { name: 'x', passkey: key.create(options) })).status).toBe(201)
  const id = await identityOf(client.email)
  await sql(
    "insert into control.provider_links (issuer, subject, identity_id, connected_at) values ('https://id.example', $1::text, $1::uuid, now())",
    id,
  )
  await sql(
    `insert into control.whatsapp_senders (phone_number_id, sender_key, tenant_id, user_id, chat_id, linked_at)
     select '1', $1::text, tenant_id, user_id, gen_random_uuid(), now() from control.memberships where identity_id = $1::uuid`,
    id,
  )
  await sql(
    `insert into control.whatsapp_link_codes (code_hash, tenant_id, user_id, created_at, expires_at)
     select $1::text, tenant_id, user_id, now(), now() + interval '1 day' from control.memberships where identity_id = $1::uuid`,
    id,
  )
  return { client, key, code, recoveryCode: recoveryCodes[0] }
}

/** A token that was made while the address counted as proved. */
async function tokenOf(client: Client): Promise<string> {
  await harness.verify(client)
  const body = { name: 'x', scopes: ['ledger.read'], expiresInDays: 30 }
  const made = await client.post('/me/tokens', body)
  expect(made.status).toBe(201)
  await sql('update control.identities set email_verified_at = null where email = $1', client.email)
  return made.body.token
}

const withToken = (token: string): Promise<Answer> =>
  harness.request({ url: '/api/v1/accounts', headers: { authorization: `Bearer ${token}` } })

const KEPT = [
  'passkeys',
  'totp_factors',
  'recovery_codes',
  'factor_challenges',
  'factor_tries',
  'provider_links',
]

async function leftOf(email: string): Promise<string[]> {
  const id = await identityOf(email)
  const left: string[] = []
  for (const table of KEPT)
    if ((await sql(`select 1 from control.${table} where identity_id = $1`, id)).rows.length > 0)
      left.push(table)
  for (const table of ['whatsapp_senders', 'whatsapp_link_codes'])
    if (
      (
        await sql(
          `select 1 from control.${table} t join control.memberships m using (tenant_id, user_id) where m.identity_id = $1`,
          id,
        )
      ).rows.length > 0
    )
      left.push(table)
  return left
}

describe('a reset of the password that is the first proof of the address', () => {
  it('leaves nothing that opened the account before, and says in the audit log what went', async () => {
    const { client, key, code, recoveryCode } = await squatter()
    const token = await tokenOf(client)
    expect((await withToken(token)).status).toBe(200)
    const waiting = (await login(client.email, client.password)).body.challenge.token
    expect((await resetBy(client.email)).status).toBe(204)

    expect(await leftOf(client.email)).toEqual([])
    expect((await client.get('/me')).body.code).toBe('session_ended')
    expect((await post('/refresh', { refreshToken: client.session.refreshToken })).status).toBe(401)
    expect((await withToken(token)).status).toBe(401)
    const { challenge, options } = (await post('/passkey/options', {})).body
    expect((await post('/passkey', { challenge, passkey: key.get(options) })).body.code).toBe(
      'passkey_refused',
    )
    harness.clock.advance(30_000)
    for (const proof of [{ code: code() }, { recoveryCode }])
      expect((await post('/second-factor', { challenge: waiting, ...proof })).status).toBe(410)
    expect((await login(client.email, client.password)).status).toBe(401)

    const owner = await login(client.email, CHOSEN)
    expect([owner.status, owner.body.user.emailVerified]).toEqual([200, true])
    const mine = harness.clientFor(owner.body, { email: client.email, password: CHOSEN })
    const log = await mine.get('/audit-logs?action=password.changed')
    expect(log.body.items[0].after).toEqual({
      by: 'link',
      dropped: {
        sessions: 1,
        tokens: 1,
        passkeys: 1,
        authenticatorApps: 1,
        recoveryCodes: 10,
        providers: 1,
        chats: 1,
        devices: 1,
      },
    })
    await harness.mailTo(client.email, /endereço agora é seu/)
  })

  it('takes back consents beyond those of registering', async () => {
    const client = await harness.signUp()
    await client.post('/me/consents', { kind: 'product_mail', given: true })
    harness.clock.advance(1000)
    await resetBy(client.email)
    const { rows } = await sql(
      'select kind, given from control.consents where identity_id = $1 order by at desc, id desc limit 1',
      await identityOf(client.email),
    )
    expect(rows).toEqual([{ kind: 'product_mail', given: false }])
  })

  it('keeps second factors where the address was proved before: they are its owner’s', async () => {
    const { client, key } = await squatter()
    await harness.verify(client)
    expect((await resetBy(client.email)).status).toBe(204)
    const { challenge, options } = (await post('/passkey/options', {})).body
    expect((await post('/passkey', { challenge, passkey: key.get(options) })).status).toBe(200)
    const { rows } = await sql(
      "select after from app.audit_logs where tenant_id = $1 and action = 'password.changed'",
      client.session.tenant.id,
    )
    expect(rows).toEqual([{ after: { by: 'link' } }])
  })
})

describe('a sign-in that was on its way when all sessions ended', () => {
  it('makes no session: the password that it proved is none any more', async () => {
    const client = await harness.signUp()
    // The row is held as a reset holds it, until the sign-in has checked the old password and waits for it.
    const id = await identityOf(client.email)
    const waits = 'select 1 from pg_stat_activity where datname = current_database() and wait_event_type = $1'
    const { late } = await harness.context.control.transaction(async (control) => {
      await lockIdentity(control, id)
      const begun = login(client.email, client.password)
      await expect
        .poll(async () => (await sql(waits, 'Lock')).rows.length, { timeout: 8000 })
        .toBeGreaterThan(0)
      await endSessionsOf(control, id, null, 'password changed', harness.clock.now())
      return { late: begun }
    })
    expect([(await late).status, (await late).body.code]).toEqual([401, 'invalid_credentials'])
    expect((await login(client.email, client.password)).status).toBe(200)
  })

  it('does not go on in another workspace either', async () => {
    const client = await harness.signUp()
    const [first, second] = [await login(client.email, client.password), client]
    await second.post('/me/sessions/end-others')
    const ended = harness.clientFor(first.body, client)
    const answer = await ended.post('/auth/switch', { tenantId: client.session.tenant.id })
    expect(answer.status).toBe(401)
  })
})

describe('a link that goes to the address', () => {
  it('proves nothing to who is not signed in, or as somebody else, and stays good for the person', async () => {
    const [client, other] = [await harness.signUp(), await harness.signUp()]
    const { token } = await harness.mailTo(client.email, /Confirme seu e-mail/)
    expect((await post('/verify-email', { token })).body.code).toBe('unauthenticated')
    expect((await other.post('/auth/verify-email', { token })).body.code).toBe('forbidden')
    expect((await client.get('/me')).body.user.emailVerified).toBe(false)
    expect((await client.post('/auth/verify-email', { token })).status).toBe(204)
  })

  it('does not make a new address somebody’s who is not signed in to the account that asked for it', async () => {
    const [client, other] = [await harness.signUp(), await harness.signUp()]
    const email = 'cobicado@exemplo.com.br'
    expect((await client.post('/me/email', { email })).status).toBe(202)
    const { token } = await harness.mailTo(email)
    expect((await post('/email-change', { token })).body.code).toBe('unauthenticated')
    expect((await other.post('/auth/email-change', { token })).body.code).toBe('forbidden')
    expect((await login(email, client.password)).status).toBe(401)
    expect((await client.post('/auth/email-change', { token })).status).toBe(204)
  })
})

describe('a workspace that an operator makes for an address that somebody has registered with and not proved', () => {
  it('is nobody’s until the link of the mail is followed', async () => {
    const { client, key } = await squatter()
    harness.mails.length = 0
    const input = { name: 'Firma', ownerEmail: client.email, currency: 'BRL' as const, locale: 'pt-BR' }
    const by = { operatorId: null, name: 'test', ip: null, requestId: null }
    const made = await createTenant(
      { ...harness.context, bcryptRounds: 4 },
      { ...input, timezone: 'America/Sao_Paulo' },
      by,
    )
    expect((await client.post('/auth/switch', { tenantId: made.id })).status).toBe(401)
    expect((await login(client.email, client.password)).status).toBe(401)
    const { challenge, options } = (await post('/passkey/options', {})).body
    expect((await post('/passkey', { challenge, passkey: key.get(options) })).status).toBe(422)
    const { token } = await harness.mailTo(client.email, /Firma/)
    expect((await post('/password-reset/confirm', { token, password: CHOSEN })).status).toBe(204)
    const owner = await login(client.email, CHOSEN)
    expect(owner.body.tenants.map((each: { name: string }) => each.name)).toContain('Firma')

    // The workspace that the other one had opened with the address tells its owner what went, and that an operator did it.
    const { admin } = harness.database
    const { rows } = await admin.query(
      "select after from app.audit_logs where tenant_id = $1 and action = 'password.changed' order by at",
      [client.session.tenant.id],
    )
    expect(rows[0].after).toMatchObject({
      by: 'operator',
      dropped: { sessions: 1, passkeys: 1, authenticatorApps: 1 },
    })
  })
})

describe('who has not proved their address', () => {
  it.each([
    ['a code for WhatsApp', '/whatsapp/link-codes', undefined],
    ['an API token', '/me/tokens', { name: 'x', scopes: ['ledger.read'], expiresInDays: 30 }],
    ['an export', '/exports', {}],
    ['an invitation', '/invitations', { email: 'x@example.com', role: 'viewer' }],
  ])('gets no %s', async (_what, path, body) => {
    const client = await harness.signUp()
    const answer = await client.post(path, body)
    expect([answer.status, answer.body.code]).toEqual([403, 'email_unverified'])
  })
})
