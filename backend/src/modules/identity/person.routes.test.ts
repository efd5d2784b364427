import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
})
afterAll(() => harness.close())

const NEW_PASSWORD = 'four quiet lanterns drift'
const SUBJECTS = { verify: /Confirme seu e-mail/, reset: /nova senha/i, change: /novo e-mail/i }

function post(url: string, payload: object): Promise<Answer> {
  return harness.request({ method: 'POST', url: `/api/v1${url}`, payload })
}
const login = (email: string, password: string): Promise<Answer> =>
  post('/auth/login', { email, password, includeRefreshToken: true })
const reset = (token: string, password = NEW_PASSWORD): Promise<Answer> =>
  post('/auth/password-reset/confirm', { token, password })

let people = 0
async function signUp(): Promise<Client> {
  people += 1
  return harness.signUp({ email: `pessoa-${people}@exemplo.com.br`, name: `Pessoa ${people}` })
}

async function resetLink(email: string): Promise<string> {
  harness.mails.length = 0
  expect((await post('/auth/password-reset', { email })).status).toBe(202)
  return (await harness.mailTo(email, SUBJECTS.reset)).token
}

async function changeLink(client: Client, email: string): Promise<string> {
  expect((await client.post('/me/email', { email })).status).toBe(202)
  return (await harness.mailTo(email, SUBJECTS.change)).token
}

/** Waits until every mail that was asked for has left or was found to have nobody to go to. */
async function settled(): Promise<void> {
  await expect
    .poll(
      async () =>
        (await harness.database.admin.query('select 1 from control.mails where sent_at is null')).rowCount,
      { timeout: 15_000, interval: 30 },
    )
    .toBe(0)
}

describe('the link that verifies an e-mail', () => {
  it('comes with registering, works once, and holds from the next request on', async () => {
    const client = await signUp()
    expect((await client.get('/me')).body.user.emailVerified).toBe(false)
    const { token, mail } = await harness.mailTo(client.email, SUBJECTS.verify)
    expect(mail.text).toContain('/verify-email#token=')
    expect((await client.post('/auth/verify-email', { token })).status).toBe(204)
    expect((await client.get('/me')).body.user.emailVerified).toBe(true)
    const again = await client.post('/auth/verify-email', { token })
    expect([again.status, again.body.code]).toEqual([410, 'link_invalid'])
    const resend = await client.post('/me/verification-mail')
    expect([resend.status, resend.body.code]).toEqual([409, 'conflict'])
  })

  it('is void once another was asked for, and when its time is over', async () => {
    const client = await signUp()
    const { token: first } = await harness.mailTo(client.email, SUBJECTS.verify)
    await settled()
    harness.mails.length = 0
    expect((await client.post('/me/verification-mail')).status).toBe(202)
    const { token: second } = await harness.mailTo(client.email, SUBJECTS.verify)
    expect((await client.post('/auth/verify-email', { token: first })).status).toBe(410)
    harness.clock.advance(72 * 3_600_000 + 1)
    expect((await client.post('/auth/verify-email', { token: second })).status).toBe(410)
  })

  it('does nothing that another purpose asks for', async () => {
    const client = await signUp()
    const { token } = await harness.mailTo(client.email, SUBJECTS.verify)
    expect((await reset(token)).body.code).toBe('link_invalid')
    expect((await client.post('/auth/email-change', { token })).body.code).toBe('link_invalid')
    expect((await client.post('/auth/verify-email', { token })).status).toBe(204)
  })

  it('keeps no secret at rest: neither table nor queue holds it', async () => {
    const client = await signUp()
    const { token } = await harness.mailTo(client.email, SUBJECTS.verify)
    const { rows } = await harness.database.admin.query(
      `select (select json_agg(l)::text from control.link_tokens l) || (select json_agg(m)::text from control.mails m)
        || coalesce((select json_agg(j)::text from pgboss.job j), '') as text`,
    )
    expect(rows[0].text).toContain(client.email)
    expect(rows[0].text).not.toContain(token)
  })
})

describe('a password reset', () => {
  it('answers alike for a person and for nobody, and looks nobody up while it answers', async () => {
    const client = await signUp()
    await settled()
    harness.mails.length = 0
    const known = await post('/auth/password-reset', { email: client.email })
    const nobody = await post('/auth/password-reset', { email: 'ninguem@exemplo.com.br' })
    expect([known.status, known.body]).toEqual([202, { status: 'mail_sent' }])
    expect([nobody.status, nobody.body]).toEqual([known.status, known.body])
    await settled()
    expect(harness.mails.map((mail) => mail.to)).toEqual([client.email])
  })

  it('sets the password, ends every session, signs nobody in, verifies the address, and tells by mail', async () => {
    const client = await signUp()
    const elsewhere = await login(client.email, client.password)
    const answer = await reset(await resetLink(client.email))
    // A browser that is known from now on, and no session.
    expect([answer.status, answer.body, answer.headers['set-cookie']]).toEqual([
      204,
      '',
      expect.stringMatching(/^chronos_device=[\w-]{43};/),
    ])
    expect((await client.get('/me')).body.code).toBe('session_ended')
    expect((await post('/auth/refresh', { refreshToken: elsewhere.body.refreshToken })).status).toBe(401)
    expect((await login(client.email, client.password)).status).toBe(401)
    const fresh = await login(client.email, NEW_PASSWORD)
    expect([fresh.status, fresh.body.user.emailVerified]).toEqual([200, true])
    await harness.mailTo(client.email, /senha foi alterada/i)
  })

  it('works once, also where two follow the link at once', async () => {
    const client = await signUp()
    const token = await resetLink(client.email)
    const statuses = (await Promise.all([reset(token), reset(token, 'five loud trumpets sleep')])).map(
      (answer) => answer.status,
    )
    expect(statuses.sort()).toEqual([204, 410])
    expect((await reset(token)).status).toBe(410)
  })

  it('keeps its link when the new password is too weak, and loses it with its hour', async () => {
    const client = await signUp()
    const token = await resetLink(client.email)
    const weak = await reset(token, 'password1')
    expect([weak.status, weak.body.code, weak.body.fields[0].path]).toEqual([
      422,
      'weak_password',
      'password',
    ])
    harness.clock.advance(3_600_001)
    expect((await reset(token)).body.code).toBe('link_invalid')
  })

  it('voids older links: another reset, and a change of the e-mail that somebody had begun', async () => {
    const client = await signUp()
    const change = await changeLink(client, 'intruso-1@exemplo.com.br')
    const first = await resetLink(client.email)
    const second = await resetLink(client.email)
    expect((await reset(first)).status).toBe(410)
    expect((await reset(second)).status).toBe(204)
    const fresh = harness.clientFor((await login(client.email, NEW_PASSWORD)).body, client)
    expect((await fresh.post('/auth/email-change', { token: change })).status).toBe(410)
  })

  it('sends an address five links an hour and no more', async () => {
    const client = await signUp()
    await settled()
    harness.mails.length = 0
    for (let i = 0; i < 7; i += 1) {
      await post('/auth/password-reset', { email: client.email })
      await settled()
    }
    expect(harness.mails.filter((mail) => mail.to === client.email)).toHaveLength(5)
    harness.clock.advance(3_600_001)
    await resetLink(client.email)
  })
})

describe('POST /me/password', () => {
  it('asks for the current one, ends every other session and keeps this one', async () => {
    const client = await signUp()
    const elsewhere = await login(client.email, client.password)
    const body = { currentPassword: 'not this one', newPassword: NEW_PASSWORD }
    expect((await client.post('/me/password', body)).body.code).toBe('invalid_credentials')
    expect((await client.post('/me/password', { newPassword: NEW_PASSWORD })).body.code).toBe(
      'invalid_credentials',
    )
    expect((await client.post('/me/password', { ...body, currentPassword: client.password })).status).toBe(
      204,
    )
    expect((await client.get('/me')).status).toBe(200)
    expect((await post('/auth/refresh', { refreshToken: elsewhere.body.refreshToken })).status).toBe(401)
    expect((await login(client.email, NEW_PASSWORD)).status).toBe(200)
    await harness.mailTo(client.email, /senha foi alterada/i)
  })

  it('lets one of two that change it at once', async () => {
    const client = await signUp()
    const change = (newPassword: string): Promise<Answer> =>
      client.post('/me/password', { currentPassword: client.password, newPassword })
    const answers = await Promise.all([change(NEW_PASSWORD), change('five loud trumpets sleep')])
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401])
  })

  it('refuses what is made of the own name', async () => {
    const client = await harness.signUp({ name: 'Gumercindo Albuquerque' })
    const body = { currentPassword: client.password, newPassword: 'gumercindoalbuquerque' }
    const answer = await client.post('/me/password', body)
    expect([answer.status, answer.body.code, answer.body.fields[0].path]).toEqual([
      422,
      'weak_password',
      'newPassword',
    ])
  })
})

describe('a change of the e-mail', () => {
  it('happens when the new address follows its link; sign-in, workspaces and the old address know of it', async () => {
    const client = await signUp()
    const elsewhere = await login(client.email, client.password)
    const token = await changeLink(client, 'nova@exemplo.com.br')
    await harness.mailTo(client.email, /pediu|pedido|alterar|troca/i)
    expect((await client.get('/me')).body.user.email).toBe(client.email)
    expect((await client.post('/auth/email-change', { token })).status).toBe(204)
    const me = await client.get('/me')
    expect(me.body.user).toMatchObject({ email: 'nova@exemplo.com.br', emailVerified: true })
    expect((await post('/auth/refresh', { refreshToken: elsewhere.body.refreshToken })).status).toBe(401)
    expect((await login(client.email, client.password)).status).toBe(401)
    expect((await login('nova@exemplo.com.br', client.password)).status).toBe(200)
    const { rows } = await harness.database.admin.query('select email from app.users where id = $1', [
      client.session.user.id,
    ])
    expect(rows).toEqual([{ email: 'nova@exemplo.com.br' }])
  })

  it('answers alike for a taken address, whose owner is told, and changes nothing', async () => {
    const [client, owner] = [await signUp(), await signUp()]
    await settled()
    harness.mails.length = 0
    const free = await client.post('/me/email', { email: 'livre@exemplo.com.br' })
    const taken = await client.post('/me/email', { email: owner.email })
    expect([taken.status, taken.body]).toEqual([free.status, free.body])
    await settled()
    const told = harness.mails.filter((mail) => mail.to === owner.email)
    expect(told).toHaveLength(1)
    expect(told[0]?.text).not.toContain('#token=')
    expect((await client.get('/me')).body.user.email).toBe(client.email)
  })

  it('is refused when somebody has taken the address before the link was followed', async () => {
    const client = await signUp()
    const token = await changeLink(client, 'disputado@exemplo.com.br')
    await harness.signUp({ email: 'disputado@exemplo.com.br' })
    expect((await client.post('/auth/email-change', { token })).body.code).toBe('link_invalid')
    expect((await login(client.email, client.password)).status).toBe(200)
  })

  it('voids the links that went to the old address', async () => {
    const client = await signUp()
    const { token: verify } = await harness.mailTo(client.email, SUBJECTS.verify)
    const old = await resetLink(client.email)
    const token = await changeLink(client, 'mudou@exemplo.com.br')
    expect((await client.post('/auth/email-change', { token })).status).toBe(204)
    expect((await reset(old)).status).toBe(410)
    expect((await client.post('/auth/verify-email', { token: verify })).status).toBe(410)
  })

  it('asks for a new proof of who it is when the last is old', async () => {
    const client = await signUp()
    harness.clock.advance(15 * 60_000 + 1)
    const answer = await client.post('/me/email', { email: 'tarde@exemplo.com.br' })
    expect([answer.status, answer.body.code]).toEqual([403, 'step_up_required'])
  })
})

describe('PATCH /me', () => {
  it('changes name and language in every workspace of the person', async () => {
    const client = await signUp()
    const answer = await client.patch('/me', { name: 'Outro Nome', locale: 'es' })
    expect([answer.status, answer.body.user]).toEqual([
      200,
      expect.objectContaining({ name: 'Outro Nome', locale: 'es' }),
    ])
    const { rows } = await harness.database.admin.query(
      `select u.name, u.locale, i.name as own from app.users u join control.identities i on i.id = u.identity_id where u.id = $1`,
      [client.session.user.id],
    )
    expect(rows).toEqual([{ name: 'Outro Nome', locale: 'es', own: 'Outro Nome' }])
    expect((await client.patch('/me', { email: 'x@exemplo.com.br' })).status).toBe(400)
  })
})

describe('GET /auth/options', () => {
  it('says what this server offers', async () => {
    const answer = await harness.request({ method: 'GET', url: '/api/v1/auth/options' })
    expect(answer.body).toEqual({
      registration: 'open',
      verifyFirst: false,
      passwordReset: false,
      provider: null,
    })
  })
})
