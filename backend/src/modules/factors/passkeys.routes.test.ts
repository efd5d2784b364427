/** Passkeys against an authenticator in software, honest and not. PUBLIC_URL of the tests is http://localhost:3000. */
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Authenticator, type Bent } from '../../../test/authenticator.ts'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

const ORIGIN = 'http://localhost:3000'
let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
})
afterAll(() => harness.close())

const post = (path: string, payload?: object): Promise<Answer> =>
  harness.request({ method: 'POST', url: `/api/v1/auth${path}`, ...(payload ? { payload } : {}) })

async function register(
  client: Client,
  key: Authenticator,
  bent: Bent = {},
  name = 'Celular',
): Promise<Answer> {
  const options = await client.post('/me/passkeys/options')
  expect(options.status).toBe(200)
  return client.post('/me/passkeys', { name, passkey: key.create(options.body, bent) })
}

async function withPasskey(): Promise<{
  client: Client
  key: Authenticator
  id: string
  recoveryCodes: string[]
}> {
  const client = await harness.signUp()
  const key = new Authenticator(ORIGIN)
  const made = await register(client, key)
  expect(made.status).toBe(201)
  return { client, key, id: made.body.passkey.id, recoveryCodes: made.body.recoveryCodes }
}

async function signInWith(key: Authenticator, bent: Bent = {}): Promise<Answer> {
  const { challenge, options } = (await post('/passkey/options')).body
  return post('/passkey', { challenge, passkey: key.get(options, bent) })
}

async function waiting(client: Client): Promise<string> {
  const answer = await post('/login', { email: client.email, password: client.password })
  expect(answer.body.code).toBe('second_factor_required')
  return answer.body.challenge.token
}

const refusal = (answer: Answer): unknown[] => [answer.status, answer.body.code]

describe('making a passkey', () => {
  it('asks for one that verifies its user, and brings recovery codes with the first', async () => {
    const client = await harness.signUp()
    const options = (await client.post('/me/passkeys/options')).body
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'CHRONOS' },
      user: { name: client.email },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    })
    const key = new Authenticator(ORIGIN, { synced: true })
    const made = await client.post('/me/passkeys', { name: 'Celular', passkey: key.create(options) })
    expect(made.status).toBe(201)
    expect(made.body.passkey).toMatchObject({ name: 'Celular', lastUsedAt: null, synced: true })
    expect(made.body.recoveryCodes).toHaveLength(10)
    const second = await register(client, new Authenticator(ORIGIN), {}, 'Chaveiro')
    expect(second.body.recoveryCodes).toBeNull()
    const factors = (await client.get('/me/factors')).body
    expect(factors.passkeys.map((each: { name: string }) => each.name)).toEqual(['Celular', 'Chaveiro'])
    // One mail for each, in whatever order the workers send them.
    await vi.waitFor(
      () => {
        const texts = harness.mails.filter((mail) => mail.to === client.email).map((mail) => mail.text)
        for (const name of ['Celular', 'Chaveiro']) expect(texts.join()).toContain(name)
      },
      { timeout: 15_000, interval: 20 },
    )
    const again = (await client.post('/me/passkeys/options')).body
    expect(again.excludeCredentials).toHaveLength(2)
  })

  it.each<[string, Bent]>([
    ['from a page of another origin', { origin: 'https://chronos.example.evil' }],
    ['for another site', { rpId: 'evil.example' }],
    ['without its user verified', { userVerified: false }],
    ['for another challenge', { challenge: Buffer.from('x'.repeat(32)).toString('base64url') }],
    ['that is a sign-in and no making', { type: 'webauthn.get' }],
  ])('refuses one %s', async (_what, bent) => {
    const client = await harness.signUp()
    expect(refusal(await register(client, new Authenticator(ORIGIN), bent))).toEqual([422, 'passkey_refused'])
    expect((await client.get('/me/factors')).body.passkeys).toEqual([])
  })

  it('takes a challenge once, of the session that asked for it', async () => {
    const [client, other] = [await harness.signUp(), await harness.signUp()]
    const options = (await client.post('/me/passkeys/options')).body
    const stolen = new Authenticator(ORIGIN).create(options)
    expect(refusal(await other.post('/me/passkeys', { name: 'x', passkey: stolen }))).toEqual([
      422,
      'passkey_refused',
    ])
    const body = { name: 'x', passkey: new Authenticator(ORIGIN).create(options) }
    expect((await client.post('/me/passkeys', body)).status).toBe(201)
    expect(refusal(await client.post('/me/passkeys', body))).toEqual([422, 'passkey_refused'])
    const late = (await client.post('/me/passkeys/options')).body
    harness.clock.advance(5 * 60_000)
    const answer = await client.post('/me/passkeys', {
      name: 'x',
      passkey: new Authenticator(ORIGIN).create(late),
    })
    expect(refusal(answer)).toEqual([422, 'passkey_refused'])
  })

  it('refuses a credential that somebody has already, whoever it is', async () => {
    const { key } = await withPasskey()
    const other = await harness.signUp()
    expect(refusal(await register(other, key))).toEqual([409, 'already_enrolled'])
    expect((await other.get('/me/factors')).body.recoveryCodesLeft).toBe(0)
  })

  it('ends every other session', async () => {
    const client = await harness.signUp()
    const other = await post('/login', { email: client.email, password: client.password })
    await register(client, new Authenticator(ORIGIN))
    const there = { authorization: `Bearer ${other.body.accessToken}` }
    const me = await harness.request({ method: 'GET', url: '/api/v1/me', headers: there })
    expect(me.body.code).toBe('session_ended')
    expect((await client.get('/me')).status).toBe(200)
  })
})

describe('signing in with a passkey alone', () => {
  it('is both factors', async () => {
    const { client, key } = await withPasskey()
    const { challenge, options } = (await post('/passkey/options')).body
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(options.allowCredentials).toBeUndefined()
    const answer = await post('/passkey', { challenge, passkey: key.get(options), includeRefreshToken: true })
    expect(answer.status).toBe(200)
    expect(answer.body.user.email).toBe(client.email)
    const { rows } = await harness.database.admin.query(
      'select distinct method from control.sessions where tenant_id = $1 and ended_at is null order by 1',
      [client.session.tenant.id],
    )
    expect(rows).toEqual([{ method: 'passkey' }, { method: 'password' }])
    const [passkey] = (await client.get('/me/factors')).body.passkeys
    expect(passkey.lastUsedAt).toBe(harness.clock.now().toISOString())
  })

  it.each<[string, Bent]>([
    ['from a page of another origin', { origin: 'https://chronos.example.evil' }],
    ['for another site', { rpId: 'evil.example' }],
    ['without its user verified', { userVerified: false }],
    ['for another challenge', { challenge: Buffer.from('x'.repeat(32)).toString('base64url') }],
    ['that names another person', { userHandle: Buffer.from('somebody else').toString('base64url') }],
    ['that is a making and no sign-in', { type: 'webauthn.create' }],
  ])('refuses an answer %s', async (_what, bent) => {
    const { key } = await withPasskey()
    expect(refusal(await signInWith(key, bent))).toEqual([422, 'passkey_refused'])
    expect((await signInWith(key)).status).toBe(200)
  })

  it('refuses a counter that does not go up: the key was copied', async () => {
    const { key } = await withPasskey()
    for (const counter of [5, 6]) expect((await signInWith(key, { counter })).status).toBe(200)
    for (const counter of [6, 3, 0]) {
      expect(refusal(await signInWith(key, { counter }))).toEqual([422, 'passkey_refused'])
    }
    expect((await signInWith(key, { counter: 7 })).status).toBe(200)
  })

  it('takes authenticators that do not count', async () => {
    const { key } = await withPasskey()
    for (const counter of [0, 0]) expect((await signInWith(key, { counter })).status).toBe(200)
  })

  it('refuses a signature of another key', async () => {
    const { key } = await withPasskey()
    const { challenge, options } = (await post('/passkey/options')).body
    const honest = key.get(options) as { response: { signature: string } }
    const forged = new Authenticator(ORIGIN).get(options) as { response: { signature: string } }
    const passkey = { ...honest, response: { ...honest.response, signature: forged.response.signature } }
    expect(refusal(await post('/passkey', { challenge, passkey }))).toEqual([422, 'passkey_refused'])
  })

  it('takes a challenge once, for five minutes', async () => {
    const { key } = await withPasskey()
    const { challenge, options } = (await post('/passkey/options')).body
    const passkey = key.get(options)
    expect((await post('/passkey', { challenge, passkey })).status).toBe(200)
    expect(refusal(await post('/passkey', { challenge, passkey }))).toEqual([410, 'link_invalid'])
    const late = (await post('/passkey/options')).body
    harness.clock.advance(5 * 60_000)
    const answer = await post('/passkey', { challenge: late.challenge, passkey: key.get(late.options) })
    expect(refusal(answer)).toEqual([410, 'link_invalid'])
  })

  it('takes no passkey that nobody has, and no nonsense', async () => {
    const stranger = await signInWith(new Authenticator(ORIGIN))
    expect(refusal(stranger)).toEqual([422, 'passkey_refused'])
    const { challenge } = (await post('/passkey/options')).body
    const nonsense = await post('/passkey', { challenge, passkey: { id: 1, response: [] } })
    expect(refusal(nonsense)).toEqual([422, 'passkey_refused'])
  })
})

describe('a passkey as second factor', () => {
  it('finishes a sign-in that a password began', async () => {
    const { client, key } = await withPasskey()
    const challenge = await waiting(client)
    const options = await post('/second-factor/passkey-options', { challenge })
    expect(options.body.allowCredentials).toHaveLength(1)
    const done = await post('/second-factor', { challenge, passkey: key.get(options.body) })
    expect([done.status, done.body.user?.email]).toEqual([200, client.email])
  })

  it('must be of the person who waits, and for the challenge of theirs, once', async () => {
    const [a, b] = [await withPasskey(), await withPasskey()]
    const challenge = await waiting(a.client)
    const offer = async (): Promise<Record<string, unknown>> =>
      (await post('/second-factor/passkey-options', { challenge })).body
    const foreign = b.key.get(await offer())
    expect(refusal(await post('/second-factor', { challenge, passkey: foreign }))).toEqual([
      422,
      'passkey_refused',
    ])
    const own = a.key.get(await offer())
    await offer()
    expect(refusal(await post('/second-factor', { challenge, passkey: own }))).toEqual([
      422,
      'passkey_refused',
    ])
    // Nothing was offered since: an answer without its challenge is none.
    expect(refusal(await post('/second-factor', { challenge, passkey: own }))).toEqual([
      422,
      'passkey_refused',
    ])
    expect((await post('/second-factor', { challenge, passkey: a.key.get(await offer()) })).status).toBe(200)
  })

  it('is not kept waiting by wrong codes', async () => {
    const { client, key } = await withPasskey()
    for (let n = 0; n < 3; n += 1) {
      await post('/second-factor', { challenge: await waiting(client), recoveryCode: 'wrong-wrong-wrong' })
    }
    const challenge = await waiting(client)
    const code = await post('/second-factor', { challenge, recoveryCode: 'wrong-wrong-wrong' })
    expect(code.status).toBe(429)
    const options = await post('/second-factor/passkey-options', { challenge })
    expect((await post('/second-factor', { challenge, passkey: key.get(options.body) })).status).toBe(200)
  })

  it('proves a step-up, once, in the session that asked', async () => {
    const { client, key } = await withPasskey()
    harness.clock.advance(16 * 60_000)
    expect((await client.post('/me/totp')).body.code).toBe('step_up_required')
    const passkey = key.get((await client.post('/auth/step-up/passkey-options')).body)
    expect((await client.post('/auth/step-up', { passkey })).status).toBe(200)
    expect((await client.post('/me/totp')).status).toBe(201)
    expect(refusal(await client.post('/auth/step-up', { passkey }))).toEqual([422, 'passkey_refused'])
  })
})

describe('the passkeys of a person', () => {
  it('are renamed and forgotten by that person alone', async () => {
    const [a, b] = [await withPasskey(), await withPasskey()]
    expect((await b.client.patch(`/me/passkeys/${a.id}`, { name: 'x' })).status).toBe(404)
    expect((await b.client.delete(`/me/passkeys/${a.id}`)).status).toBe(404)
    expect((await a.client.patch(`/me/passkeys/${a.id}`, { name: 'Novo' })).body.name).toBe('Novo')
    expect((await a.client.delete(`/me/passkeys/${a.id}`)).status).toBe(204)
    expect((await harness.mailTo(a.client.email, /removid/i)).mail.text).toContain('Novo')
    expect(refusal(await signInWith(a.key))).toEqual([422, 'passkey_refused'])
    const plain = await post('/login', { email: a.client.email, password: a.client.password })
    expect(plain.status).toBe(200)
    expect((await a.client.get('/me/factors')).body.recoveryCodesLeft).toBe(0)
  })

  it('keep their recovery codes as long as another factor is left', async () => {
    const { client, id } = await withPasskey()
    const { secret } = (await client.post('/me/totp')).body
    const code = generateSync({ secret, epoch: Math.floor(harness.clock.now().getTime() / 1000) })
    expect((await client.post('/me/totp/confirm', { code })).status).toBe(200)
    expect((await client.delete(`/me/passkeys/${id}`)).status).toBe(204)
    expect((await client.get('/me/factors')).body.recoveryCodesLeft).toBe(10)
  })

  it('cannot lose the last way in', async () => {
    const { client, id } = await withPasskey()
    await harness.database.admin.query(
      'update control.identities set password_hash = null where email = $1',
      [client.email],
    )
    expect(refusal(await client.delete(`/me/passkeys/${id}`))).toEqual([409, 'in_use'])
    expect((await client.get('/me/factors')).body).toMatchObject({ hasPassword: false, passkeys: [{ id }] })
  })
})
