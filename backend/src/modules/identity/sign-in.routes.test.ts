import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
let strict: Harness

beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
  strict = await createHarness({
    environment: { REGISTRATION_VERIFY_FIRST: 'true', RATE_LIMITS: 'on' },
  })
  await strict.startJobs()
})
afterAll(async () => {
  await harness.close()
  await strict.close()
})

function post(
  to: Harness,
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
  remoteAddress = '127.0.0.1',
): Promise<Answer> {
  return to.request({
    method: 'POST',
    url: `/api/v1${url}`,
    headers,
    remoteAddress,
    ...(payload ? { payload } : {}),
  })
}

const events = async (client: Client): Promise<string[]> =>
  (await client.get('/me/security-events')).body.items.map((each: { event: string }) => each.event)

describe('sessions of a person', () => {
  it('are listed, this one first, and ended one by one or all others at once', async () => {
    const client = await harness.signUp()
    const body = { email: client.email, password: client.password, includeRefreshToken: true }
    const agent = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0'
    const others = [
      await post(harness, '/auth/login', body, { 'user-agent': agent }),
      await post(harness, '/auth/login', body),
      await post(harness, '/auth/login', body),
    ]
    const list = (await client.get('/me/sessions')).body.items
    expect(list.map((each: { current: boolean }) => each.current)).toEqual([true, false, false, false])
    const firefox = list.find((each: { device: string }) => each.device === 'Firefox on Windows')
    expect(firefox).toMatchObject({ method: 'password', ip: '127.0.0.1' })
    const paged = await client.get('/me/sessions?limit=1')
    const rest = await client.get(`/me/sessions?limit=3&cursor=${paged.body.nextCursor}`)
    expect([...paged.body.items, ...rest.body.items]).toEqual(list)
    const stranger = await harness.signUp()
    expect((await stranger.delete(`/me/sessions/${firefox.id}`)).status).toBe(404)
    expect((await client.delete(`/me/sessions/${firefox.id}`)).status).toBe(204)
    expect(
      (await post(harness, '/auth/refresh', { refreshToken: others[0]?.body.refreshToken })).status,
    ).toBe(401)
    expect((await client.post('/me/sessions/end-others')).body).toEqual({ ended: 2 })
    expect((await client.get('/me')).status).toBe(200)
    for (const other of others.slice(1)) {
      const headers = { authorization: `Bearer ${other.body.accessToken}` }
      const answer = await harness.request({ method: 'GET', url: '/api/v1/me', headers })
      expect(answer.body.code).toBe('session_ended')
    }
  })

  it('end after 14 days without use, and after 60 days however much they are used', async () => {
    const idle = await harness.signUp()
    harness.clock.advance(14 * 86_400_000 + 1)
    expect((await idle.get('/me')).body.code).toBe('session_ended')
    expect((await post(harness, '/auth/refresh', { refreshToken: idle.session.refreshToken })).status).toBe(
      401,
    )
    const busy = await harness.signUp()
    for (let day = 0; day < 59; day += 1) {
      harness.clock.advance(86_400_000)
      expect((await busy.get('/me')).status).toBe(200)
    }
    harness.clock.advance(86_400_000 + 1)
    expect((await busy.get('/me')).body.code).toBe('session_ended')
  })

  it('are not ended by somebody who knows their id and no token of theirs', async () => {
    const client = await harness.signUp()
    const [id = ''] = client.session.refreshToken.split('.')
    const forged = `${id}.${Buffer.alloc(32, 7).toString('base64url')}`
    expect((await post(harness, '/auth/refresh', { refreshToken: forged })).status).toBe(401)
    expect((await client.get('/me')).status).toBe(200)
    const good = await post(harness, '/auth/refresh', { refreshToken: client.session.refreshToken })
    expect(good.status).toBe(200)
  })

  it('end with the second use of a token, which is noted and told by mail', async () => {
    const client = await harness.signUp()
    const first = client.session.refreshToken
    expect((await post(harness, '/auth/refresh', { refreshToken: first })).status).toBe(200)
    harness.clock.advance(11_000)
    expect((await post(harness, '/auth/refresh', { refreshToken: first })).status).toBe(401)
    expect((await client.get('/me')).body.code).toBe('session_ended')
    await harness.mailTo(client.email, /sessão/i)
    const { rows } = await harness.database.admin.query(
      `select action from app.audit_logs where tenant_id = $1 and action like 'session.%' order by at`,
      [client.session.tenant.id],
    )
    expect(rows.map((row) => row.action)).toEqual(['session.started', 'session.reused'])
  })
})

describe('a sign-in', () => {
  it('is noted, and so is a refused one, alike for a person and for nobody', async () => {
    const client = await harness.signUp()
    const wrong = { email: client.email, password: 'not this one' }
    const known = await post(harness, '/auth/login', wrong)
    const nobody = await post(harness, '/auth/login', { ...wrong, email: 'ninguem@exemplo.com.br' })
    expect({ ...known.body, requestId: '' }).toEqual({ ...nobody.body, requestId: '' })
    await expect.poll(() => events(client), { timeout: 15_000 }).toContain('session.refused')
    expect(await events(client)).toContain('session.started')
    await expect
      .poll(
        async () => (await harness.database.admin.query('select 1 from control.sign_in_refusals')).rowCount,
        { timeout: 15_000 },
      )
      .toBe(0)
  })

  it('from a new device is told by mail, from a known one is not', async () => {
    const client = await harness.signUp()
    harness.mails.length = 0
    const body = { email: client.email, password: client.password }
    expect((await post(harness, '/auth/login', body)).status).toBe(200)
    expect((await post(harness, '/auth/login', body, {}, '203.0.113.9')).status).toBe(200)
    const { mail } = await harness.mailTo(client.email, /dispositivo|acesso|entrada|login/i)
    expect(mail.text).toContain('203.0.113.9')
    expect((await post(harness, '/auth/login', body, {}, '203.0.113.9')).status).toBe(200)
    const { rows } = await harness.database.admin.query(
      "select count(*)::int as n from control.mails where kind = 'new_sign_in' and recipient = $1",
      [client.email],
    )
    expect(rows).toEqual([{ n: 1 }])
  })

  it('from a page of another origin is refused, with or without a session', async () => {
    const client = await harness.signUp()
    const body = { email: client.email, password: client.password }
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      const answer = await post(harness, '/auth/login', body, headers)
      expect([answer.status, answer.body.code]).toEqual([403, 'csrf_failed'])
    }
    for (const headers of [
      { 'sec-fetch-site': 'same-origin' },
      { origin: 'http://localhost:3000' },
    ] as Record<string, string>[]) {
      expect((await post(harness, '/auth/login', body, headers)).status).toBe(200)
    }
  })
})

describe('registering where the server verifies first', () => {
  const person = {
    name: 'Ana',
    email: 'ana@exemplo.com.br',
    password: 'uma senha bem comprida',
    workspaceName: 'Casa',
    currency: 'BRL',
    locale: 'pt-BR',
    timezone: 'America/Sao_Paulo',
  }
  const chosen = 'four quiet lanterns drift'

  it('answers everybody alike, makes nothing before the link, and signs in who chooses the password', async () => {
    const first = await post(strict, '/auth/register', person)
    expect([first.status, first.body]).toEqual([202, { status: 'mail_sent' }])
    const { rows } = await strict.database.admin.query('select 1 from control.identities')
    expect(rows).toEqual([])
    expect((await post(strict, '/auth/login', person)).status).toBe(400)
    const { token } = await strict.mailTo(person.email)
    expect((await post(strict, '/auth/register/finish', { token, password: 'password1' })).status).toBe(422)
    const done = await post(strict, '/auth/register/finish', { token, password: chosen })
    expect(done.status).toBe(201)
    expect(done.body).toMatchObject({
      user: { emailVerified: true, role: 'owner' },
      tenant: { name: 'Casa' },
    })
    expect((await post(strict, '/auth/register/finish', { token, password: chosen })).status).toBe(410)
    const login = (password: string): Promise<Answer> =>
      post(strict, '/auth/login', { email: person.email, password })
    expect((await login(person.password)).status).toBe(401)
    expect((await login(chosen)).status).toBe(200)
    strict.mails.length = 0
    const taken = await post(strict, '/auth/register', { ...person, name: 'Outra' })
    expect([taken.status, taken.body]).toEqual([first.status, first.body])
    const { mail } = await strict.mailTo(person.email)
    expect(mail.text).not.toContain('#token=')
  })

  it('lets guesses at one e-mail wait, from everywhere together, and not its known device', async () => {
    const guess = (i: number): Promise<Answer> =>
      post(strict, '/auth/login', { email: person.email, password: 'wrong' }, {}, `198.51.100.${i}`)
    let refused = 0
    for (let i = 0; i < 110; i += 1) if ((await guess(i)).status === 429) refused += 1
    expect(refused).toBeGreaterThanOrEqual(8)
    const right = { email: person.email, password: chosen }
    const elsewhere = await post(strict, '/auth/login', right, {}, '192.0.2.77')
    expect([elsewhere.status, Number(elsewhere.headers['retry-after']) > 0]).toEqual([429, true])
    expect((await post(strict, '/auth/login', right)).status).toBe(200)
  })

  it('lets a network that tries many e-mails wait, and not a device in it that its person is known to use', async () => {
    const agent = (name: string): Record<string, string> => ({ 'user-agent': name })
    const known = agent('Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0')
    const right = { email: person.email, password: chosen }
    expect((await post(strict, '/auth/login', right)).status).toBe(200)
    let refused = 0
    for (let i = 0; i < 70; i += 1) {
      const wrong = { email: `nobody-${i}@example.com`, password: 'wrong' }
      if ((await post(strict, '/auth/login', wrong, known)).status === 429) refused += 1
    }
    expect(refused).toBe(10)
    const stranger = await post(strict, '/auth/login', { ...right, email: 'other@example.com' }, known)
    expect(stranger.status).toBe(429)
    expect((await post(strict, '/auth/login', right)).status).toBe(200)
  })
})

describe('secrets that are rolled', () => {
  it('leave tokens of before good: access, CSRF and refresh; and others are refused', async () => {
    const { createTokens, readRefreshToken } = await import('./tokens.ts')
    const [old, fresh] = ['o'.repeat(32), 'f'.repeat(32)]
    const before = createTokens([old], [old])
    const rolled = createTokens([fresh, old], [fresh, old])
    const after = createTokens([fresh], [fresh])
    const claims = { sid: crypto.randomUUID(), tid: crypto.randomUUID() }
    expect(rolled.verify(before.sign(claims))).toEqual(claims)
    expect(after.verify(before.sign(claims))).toBeNull()
    expect(rolled.isCsrfToken(claims.sid, before.csrfToken(claims.sid))).toBe(true)
    expect(after.isCsrfToken(claims.sid, before.csrfToken(claims.sid))).toBe(false)
    const given = readRefreshToken(before.newRefreshToken(claims.sid).token)
    if (!given) throw new Error('no refresh token')
    expect([rolled.wasGivenOut(given), after.wasGivenOut(given)]).toEqual([true, false])
    expect(rolled.refreshTokensAfter(given).map((each) => each.hash)).toContain(
      before.refreshTokensAfter(given)[0].hash,
    )
  })

  it('sign with one algorithm, type, issuer and audience, and take no other', async () => {
    const { createTokens } = await import('./tokens.ts')
    const { createSigner } = await import('fast-jwt')
    const key = 's'.repeat(32)
    const tokens = createTokens([key], [key])
    const claims = { sid: crypto.randomUUID(), tid: crypto.randomUUID() }
    const [header = '', payload = ''] = tokens.sign(claims).split('.')
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
    const good = {
      key,
      algorithm: 'HS256' as const,
      kid,
      iss: 'chronos',
      aud: 'chronos-api',
      expiresIn: 60_000,
      notBefore: 1,
    }
    const typed = { header: { alg: 'HS256' as const, typ: 'at+jwt' } }
    expect(tokens.verify(createSigner({ ...good, ...typed })(claims))).toEqual(claims)
    for (const bad of [
      { ...good },
      { ...good, ...typed, kid: 'another1' },
      { ...good, ...typed, iss: 'other' },
      { ...good, ...typed, aud: 'other' },
      { ...good, ...typed, algorithm: 'HS512' as const },
      { ...good, ...typed, notBefore: 60_000 },
      { ...good, ...typed, key: 'x'.repeat(32) },
    ]) {
      expect(tokens.verify(createSigner(bad)(claims))).toBeNull()
    }
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString('base64url')
    expect(tokens.verify(`${none}.${payload}.`)).toBeNull()
  })
})
