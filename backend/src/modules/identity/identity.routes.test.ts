import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Harness } from '../../../test/harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())

const person = {
  name: 'Ana',
  email: 'Ana@Example.com',
  password: 'uma senha bem comprida',
  workspaceName: 'Casa',
  currency: 'BRL',
  locale: 'pt-BR',
  timezone: 'America/Sao_Paulo',
}

function post(url: string, payload?: object, headers: Record<string, string> = {}): Promise<Answer> {
  return harness.request({ method: 'POST', url: `/api/v1${url}`, headers, ...(payload ? { payload } : {}) })
}

/** Cookies of an answer as a browser would send them back. */
function cookies(answer: Answer): Record<string, string> {
  const list = [answer.headers['set-cookie'] ?? []].flat().map(String)
  return Object.fromEntries(list.map((cookie) => (cookie.split(';')[0] ?? '').split('=') as [string, string]))
}

function cookieHeader(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

describe('POST /auth/register', () => {
  it('makes person, workspace and a tree of categories in their language, and signs in', async () => {
    const answer = await post('/auth/register', person)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      expiresIn: 900,
      user: { name: 'Ana', email: 'ana@example.com', role: 'owner' },
      tenant: { name: 'Casa', currency: 'BRL' },
    })
    expect(answer.body).not.toHaveProperty('refreshToken')
    const categories = await harness.request({
      method: 'GET',
      url: '/api/v1/categories',
      headers: { authorization: `Bearer ${answer.body.accessToken}` },
    })
    expect(categories.body.items.length).toBeGreaterThan(20)
  })

  it('answers a taken e-mail with 409 and keeps nothing of the second', async () => {
    const answer = await post('/auth/register', { ...person, email: 'ana@example.com' })
    expect([answer.status, answer.body.code]).toEqual([409, 'email_taken'])
    const { rows } = await harness.database.admin.query(
      "select count(*)::int as n from control.memberships where tenant_name = 'Casa'",
    )
    expect(rows).toEqual([{ n: 1 }])
  })

  it.each([
    ['an unknown key', { ...person, email: 'b@example.com', admin: true }, 'admin'],
    ['an unknown currency', { ...person, email: 'b@example.com', currency: 'XXX' }, 'currency'],
    [
      'a time zone that does not exist',
      { ...person, email: 'b@example.com', timezone: 'Mars/Base' },
      'timezone',
    ],
    ['a short password', { ...person, email: 'b@example.com', password: 'short' }, 'password'],
  ])('refuses %s by name', async (_what, body, field) => {
    const answer = await post('/auth/register', body)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect(answer.body.fields.map((each: { path: string }) => each.path)).toContain(field)
  })

  it('is completed at the next sign-in when it was cut off between its two transactions', async () => {
    const signedUp = await post('/auth/register', { ...person, email: 'cut@example.com' })
    const id: string = signedUp.body.tenant.id
    const { admin } = harness.database
    await admin.query('delete from app.categories where tenant_id = $1', [id])
    await admin.query('delete from app.users where tenant_id = $1', [id])
    await admin.query('delete from app.tenants where tenant_id = $1', [id])
    await admin.query(
      `update control.memberships set state = 'pending', setup = '{"currency":"BRL","locale":"pt-BR","timezone":"America/Sao_Paulo"}' where tenant_id = $1`,
      [id],
    )
    const answer = await post('/auth/login', { email: 'cut@example.com', password: person.password })
    expect(answer.status).toBe(200)
    expect(answer.body.tenant).toMatchObject({ id, name: 'Casa' })
  })
})

describe('POST /auth/login', () => {
  it('signs in, and refuses a wrong password and an unknown e-mail in the same words', async () => {
    const good = await post('/auth/login', { email: 'ANA@example.com ', password: person.password })
    expect(good.status).toBe(200)
    const wrong = await post('/auth/login', { email: person.email, password: 'wrong password' })
    const nobody = await post('/auth/login', { email: 'nobody@example.com', password: 'wrong password' })
    expect([wrong.status, nobody.status]).toEqual([401, 401])
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...nobody.body, requestId: '' })
  })

  it('ignores nothing past 72 bytes of a password', async () => {
    const long = 'uma frase tão comprida que passa de setenta e dois bytes e ainda continua depois deles '
    await post('/auth/register', { ...person, email: 'long@example.com', password: `${long}1` })
    expect((await post('/auth/login', { email: 'long@example.com', password: `${long}2` })).status).toBe(401)
    expect((await post('/auth/login', { email: 'long@example.com', password: `${long}1` })).status).toBe(200)
  })
})

describe('a session', () => {
  it('ends at once, everywhere, when it is signed out', async () => {
    const client = await harness.signUp()
    expect((await client.get('/me')).status).toBe(200)
    expect((await client.post('/auth/logout')).status).toBe(204)
    const after = await client.get('/me')
    expect([after.status, after.body.code]).toEqual([401, 'session_ended'])
    expect((await post('/auth/refresh', { refreshToken: client.session.refreshToken })).status).toBe(401)
  })

  it('takes a refresh token once; a used one ends the whole session', async () => {
    const client = await harness.signUp()
    const first = client.session.refreshToken
    const second = await post('/auth/refresh', { refreshToken: first })
    expect(second.status).toBe(200)
    const third = await post('/auth/refresh', { refreshToken: second.body.refreshToken })
    expect(third.status).toBe(200)
    // The token before the last is a theft, even within the moments in which two tabs may refresh at once.
    expect((await post('/auth/refresh', { refreshToken: first })).status).toBe(401)
    expect((await post('/auth/refresh', { refreshToken: third.body.refreshToken })).status).toBe(401)
    expect((await client.get('/me')).status).toBe(401)
  })

  it('takes the last token again for some seconds, since two tabs refresh at once, and then no more', async () => {
    const client = await harness.signUp()
    const first = client.session.refreshToken
    expect((await post('/auth/refresh', { refreshToken: first })).status).toBe(200)
    expect((await post('/auth/refresh', { refreshToken: first })).status).toBe(200)
    harness.clock.advance(11_000)
    expect((await post('/auth/refresh', { refreshToken: first })).status).toBe(401)
  })

  it('gives all who exchange a token at once the same one, which then works for any of them', async () => {
    const client = await harness.signUp()
    const first = client.session.refreshToken
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => post('/auth/refresh', { refreshToken: first })),
    )
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
    expect(new Set(answers.map((answer) => answer.body.refreshToken)).size).toBe(1)
    // Long after, whichever answer it was that a browser kept.
    harness.clock.advance(840_000)
    const later = await post('/auth/refresh', { refreshToken: answers[0]?.body.refreshToken })
    expect(later.status).toBe(200)
  })

  it('answers what only looks like a refresh token with 401', async () => {
    for (const refreshToken of [
      'x',
      `${'a'.repeat(36)}.${'b'.repeat(43)}`,
      `${'-'.repeat(36)}.${'b'.repeat(43)}`,
    ]) {
      const answer = await post('/auth/refresh', { refreshToken })
      expect([answer.status, answer.body.code]).toEqual([401, 'session_ended'])
    }
  })

  it('works by cookies with a CSRF token on unsafe methods, and ignores cookies where Authorization is present', async () => {
    const signedIn = await post('/auth/login', { email: person.email, password: person.password })
    const jar = cookies(signedIn)
    const cookie = cookieHeader(jar)
    expect((await harness.request({ method: 'GET', url: '/api/v1/me', headers: { cookie } })).status).toBe(
      200,
    )
    const refused = await post('/auth/logout', undefined, { cookie })
    expect([refused.status, refused.body.code]).toEqual([403, 'csrf_failed'])
    const badHeader = await harness.request({
      method: 'GET',
      url: '/api/v1/me',
      headers: { cookie, authorization: 'Bearer nonsense' },
    })
    expect(badHeader.status).toBe(401)
    const refreshed = await post('/auth/refresh', undefined, {
      cookie,
      'x-csrf-token': signedIn.body.csrfToken,
    })
    expect(refreshed.status).toBe(200)
    expect(refreshed.body).not.toHaveProperty('refreshToken')
    expect(
      (await post('/auth/logout', undefined, { cookie, 'x-csrf-token': signedIn.body.csrfToken })).status,
    ).toBe(204)
  })

  it('is asked for on every address that is not public', async () => {
    for (const url of ['/api/v1/me', '/api/v1/accounts', '/api/v1/transactions', '/api/v1/audit-logs']) {
      const answer = await harness.request({ method: 'GET', url })
      expect([url, answer.status, answer.headers['content-type']]).toEqual([
        url,
        401,
        'application/problem+json',
      ])
    }
  })
})
