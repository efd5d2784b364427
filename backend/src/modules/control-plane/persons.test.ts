import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { COMMAND_LINE } from './command-line.ts'
import { createOperator } from './operators.service.ts'
import { resetLink } from './persons.service.ts'

const OPERATOR = { email: 'olga@example.com', name: 'Olga', password: 'an operator has a long password' }

let harness: Harness
let token: string

beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
  const { secret } = await createOperator({ ...harness.context, bcryptRounds: 4 }, OPERATOR)
  const epoch = Math.floor(harness.clock.now().getTime() / 1000)
  const { email, password } = OPERATOR
  const payload = { email, password, code: generateSync({ secret, epoch }), includeToken: true }
  token = (await harness.request({ method: 'POST', url: '/api/v1/control/sessions', payload })).body.token
})
afterAll(() => harness.close())

const endSessions = (payload: object, bearer = token): Promise<Answer> =>
  harness.request({
    method: 'POST',
    url: '/api/v1/control/persons/end-sessions',
    headers: { authorization: `Bearer ${bearer}` },
    payload,
  })

async function signInAgain(client: Client): Promise<Client> {
  const { email, password } = client
  const payload = { email, password, includeRefreshToken: true }
  const answer = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload })
  return harness.clientFor(answer.body, client)
}

/** With an e-mail that is verified. */
async function verified(client: Client): Promise<Client> {
  const { admin } = harness.database
  await admin.query('update control.identities set email_verified_at = now() where email = $1', [
    client.email,
  ])
  return signInAgain(client)
}

async function tokenOf(client: Client): Promise<Client> {
  const made = await client.post('/me/tokens', {
    name: 'Script',
    scopes: ['ledger.read'],
    expiresInDays: 30,
  })
  expect(made.status).toBe(201)
  return harness.clientFor({ ...client.session, accessToken: made.body.token }, client)
}

describe('POST /control/persons/end-sessions', () => {
  it('ends every session of the person at once, in all their workspaces, and of nobody else', async () => {
    const unverified = await harness.signUp()
    const other = await harness.signUp()
    const person = await verified(unverified)
    const elsewhere = (await person.post('/workspaces', HOME)).body.id as string
    const second = await signInAgain(person)
    const moved = await second.post('/auth/switch', { tenantId: elsewhere, includeRefreshToken: true })
    const there = harness.clientFor(moved.body, person)
    const third = await signInAgain(person)
    const sessions = [unverified, person, there, third]
    for (const each of sessions) expect((await each.get('/me')).status).toBe(200)

    const answer = await endSessions({ email: person.email.toUpperCase(), reason: 'stolen laptop' })
    expect([answer.status, answer.body]).toEqual([200, { sessions: 4, tokens: 0 }])

    for (const { session, get } of sessions) {
      expect((await get('/me')).status).toBe(401)
      const payload = { refreshToken: session.refreshToken }
      const refreshed = await harness.request({ method: 'POST', url: '/api/v1/auth/refresh', payload })
      expect([refreshed.status, refreshed.body.code]).toEqual([401, 'session_ended'])
    }
    expect((await other.get('/me')).status).toBe(200)
    expect((await (await signInAgain(person)).get('/me')).status).toBe(200)
  })

  it('is told to the workspace, to the person and to other operators, who see no e-mail in it', async () => {
    const person = await harness.signUp()
    expect((await endSessions({ email: person.email, reason: 'leaked password' })).status).toBe(200)
    const again = await signInAgain(person)
    const log = (await again.get('/audit-logs?action=operator.sessions_ended')).body.items
    expect(log).toHaveLength(1)
    expect(log[0]).toMatchObject({
      actor: { type: 'operator' },
      entityId: person.session.user.id,
      after: { operator: 'Olga', reason: 'leaked password', sessions: 1 },
    })
    const events = (await again.get('/me/security-events')).body.items
    expect(events.map((each: { event: string }) => each.event)).toContain('operator.sessions_ended')
    expect((await harness.mailTo(person.email, /desconectado/)).mail.text).toContain('/sign-in')
    const headers = { authorization: `Bearer ${token}` }
    const acts = await harness.request({ method: 'GET', url: '/api/v1/control/acts', headers })
    const [act] = acts.body.items
    expect(act).toMatchObject({ operator: 'Olga', act: 'person.sessions_ended', tenantId: null })
    expect(act.detail).toContain('leaked password')
    expect(act.detail).not.toContain(person.email)
  })

  it('ends API tokens where that is asked, and only then', async () => {
    const person = await verified(await harness.signUp())
    const program = await tokenOf(person)
    expect((await endSessions({ email: person.email, reason: 'x' })).body.tokens).toBe(0)
    expect((await program.get('/accounts')).status).toBe(200)
    expect((await endSessions({ email: person.email, reason: 'x', tokens: true })).body).toEqual({
      sessions: 0,
      tokens: 1,
    })
    expect((await program.get('/accounts')).status).toBe(401)
  })

  it('knows nobody by an e-mail that nobody has, and is for operators alone', async () => {
    const refused = await endSessions({ email: 'nobody@example.com', reason: 'x' })
    expect([refused.status, refused.body.code]).toEqual([404, 'not_found'])
    const person = await harness.signUp()
    const answer = await endSessions({ email: person.email, reason: 'x' }, person.session.accessToken)
    expect([answer.status, (await person.get('/me')).status]).toEqual([401, 200])
  })
})

const HOME = { name: 'Second', currency: 'BRL', locale: 'pt-BR', timezone: 'America/Sao_Paulo' }

describe('a link to a new password, made by who runs the server', () => {
  const CHOSEN = 'quatro gatos dormem na varanda azul'
  const follow = (path: string): Promise<Answer> =>
    harness.request({
      method: 'POST',
      url: '/api/v1/auth/password-reset/confirm',
      payload: { token: path.split('#token=')[1], password: CHOSEN },
    })

  it('opens the way in once, for an hour, and voids the one before it', async () => {
    const person = await verified(await harness.signUp())
    const [first, second] = [
      await resetLink(harness.context, person.email, COMMAND_LINE),
      await resetLink(harness.context, person.email, COMMAND_LINE),
    ]
    expect(second.path).toMatch(/^\/reset-password#token=[\w-]{43}$/)
    expect((await follow(first.path)).body.code).toBe('link_invalid')
    expect((await follow(second.path)).status).toBe(204)
    expect((await follow(second.path)).body.code).toBe('link_invalid')
    expect((await signInAgain({ ...person, password: CHOSEN })).session.user.email).toBe(person.email)
    const late = await resetLink(harness.context, person.email, COMMAND_LINE)
    harness.clock.advance(3_600_001)
    expect((await follow(late.path)).body.code).toBe('link_invalid')
  })

  it('stands in the log of acts, with the person’s id and neither address nor secret', async () => {
    const person = await harness.signUp()
    const { path } = await resetLink(harness.context, person.email, COMMAND_LINE)
    const { rows } = await harness.database.admin.query(
      "select detail, operator_name, (select id::text from control.identities where email = $1) as id from control.operator_acts where act = 'person.reset_link_made' order by at desc, id desc limit 1",
      [person.email],
    )
    expect(rows).toEqual([{ detail: rows[0].id, operator_name: 'command line', id: rows[0].id }])
    const { rows: kept } = await harness.database.admin.query(
      'select count(*)::int as plain from control.link_tokens t where to_jsonb(t)::text like $1',
      [`%${path.split('#token=')[1] ?? '-'}%`],
    )
    expect(kept).toEqual([{ plain: 0 }])
  })

  it('outlives a mail that somebody else asks for, and voids the one that went before', async () => {
    const person = await verified(await harness.signUp())
    const mailed = async (): Promise<string> => {
      const payload = { email: person.email }
      await harness.request({ method: 'POST', url: '/api/v1/auth/password-reset', payload })
      return `#token=${(await harness.mailTo(person.email, /senha|password/i)).token}`
    }
    const before = await mailed()
    const { path } = await resetLink(harness.context, person.email, COMMAND_LINE)
    expect((await follow(before)).body.code).toBe('link_invalid')
    harness.mails.length = 0
    await mailed()
    expect((await follow(path)).status).toBe(204)
  })

  it('is of nobody who is not there', async () => {
    await expect(resetLink(harness.context, 'nobody@example.com', COMMAND_LINE)).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
