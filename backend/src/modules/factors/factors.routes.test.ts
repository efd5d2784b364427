import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
})
afterAll(() => harness.close())

const post = (path: string, payload: object): Promise<Answer> =>
  harness.request({ method: 'POST', url: `/api/v1/auth${path}`, payload })
const signIn = (client: Client): Promise<Answer> =>
  post('/login', { email: client.email, password: client.password })

/** The code that an app shows, `steps` of 30 seconds from now. */
function codeOf(secret: string, steps = 0): string {
  return generateSync({ secret, epoch: Math.floor(harness.clock.now().getTime() / 1000) + steps * 30 })
}
const wrong = (secret: string): string => {
  const taken = new Set([-2, -1, 0, 1, 2].map((step) => codeOf(secret, step)))
  return ['123456', '654321', '111111', '222222', '333333', '444444'].find((code) => !taken.has(code)) ?? ''
}

interface Enrolled {
  client: Client
  secret: string
  recoveryCodes: string[]
}

/** Somebody with an authenticator app; the clock then stands at a fresh step. */
async function enrolled(): Promise<Enrolled> {
  const client = await harness.signUp()
  const { secret } = (await client.post('/me/totp')).body
  const confirmed = await client.post('/me/totp/confirm', { code: codeOf(secret) })
  expect([confirmed.status, confirmed.body.recoveryCodes?.length]).toEqual([200, 10])
  harness.clock.advance(60_000)
  return { client, secret, recoveryCodes: confirmed.body.recoveryCodes }
}

async function challengeOf(client: Client): Promise<string> {
  const answer = await signIn(client)
  expect([answer.status, answer.body.code]).toEqual([401, 'second_factor_required'])
  expect(answer.headers['set-cookie']).toBeUndefined()
  return answer.body.challenge.token
}

const later = (minutes: number): void => harness.clock.advance(minutes * 60_000)

describe('POST /auth/step-up', () => {
  it('opens what asks for a proof, for a quarter of an hour, by the password of who has no second factor', async () => {
    const client = await harness.signUp()
    later(16)
    const refused = await client.post('/me/totp')
    expect([refused.status, refused.body.code]).toEqual([403, 'step_up_required'])
    const proved = await client.post('/auth/step-up', { password: client.password })
    expect(proved.status).toBe(200)
    expect(proved.body.provedUntil).toBe(new Date(harness.clock.now().getTime() + 15 * 60_000).toISOString())
    expect((await client.get('/me')).body.provedUntil).toBe(proved.body.provedUntil)
    expect((await client.post('/me/totp')).status).toBe(201)
    later(16)
    expect((await client.post('/me/totp')).body.code).toBe('step_up_required')
  })

  it('refuses a wrong password, and makes the next tries wait longer and longer', async () => {
    const client = await harness.signUp()
    const tries: Answer[] = []
    for (let n = 0; n < 4; n += 1) tries.push(await client.post('/auth/step-up', { password: 'wrong' }))
    expect(tries.map((each) => each.body.code)).toEqual([
      'invalid_credentials',
      'invalid_credentials',
      'invalid_credentials',
      'too_many_requests',
    ])
    expect(tries[3]?.headers['retry-after']).toBe('2')
    harness.clock.advance(2000)
    expect((await client.post('/auth/step-up', { password: 'wrong' })).status).toBe(401)
    expect((await client.post('/auth/step-up', { password: client.password })).headers['retry-after']).toBe(
      '4',
    )
    harness.clock.advance(4000)
    expect((await client.post('/auth/step-up', { password: client.password })).status).toBe(200)
    expect((await client.post('/auth/step-up', { password: 'wrong' })).status).toBe(401)
  })

  it('takes the second factor and no password from who has one, and none of two at once', async () => {
    const { client, secret, recoveryCodes } = await enrolled()
    const code = codeOf(secret)
    expect((await client.post('/auth/step-up', { password: client.password })).body.code).toBe(
      'invalid_request',
    )
    expect((await client.post('/auth/step-up', { code, recoveryCode: recoveryCodes[0] })).body.code).toBe(
      'invalid_request',
    )
    expect((await client.post('/auth/step-up', { code })).status).toBe(200)
    expect((await client.post('/auth/step-up', { code })).body.code).toBe('invalid_code')
  })

  it('is of one session alone, and is written down', async () => {
    const client = await harness.signUp()
    const other = await signIn(client)
    later(16)
    await client.post('/auth/step-up', { password: client.password })
    const headers = { authorization: `Bearer ${other.body.accessToken}` }
    const there = await harness.request({ method: 'POST', url: '/api/v1/me/totp', headers })
    expect([there.status, there.body.code]).toEqual([403, 'step_up_required'])
    const log = await client.get('/audit-logs?action=session.proved')
    expect(log.body.items).toHaveLength(1)
    expect(log.body.items[0].after).toEqual({ by: 'password' })
  })

  it('is not won by going to another workspace', async () => {
    const client = await harness.signUp()
    later(14)
    const { admin } = harness.database
    const { tenant } = client.session
    const moved = await client.post('/auth/switch', { tenantId: tenant.id, includeRefreshToken: true })
    expect(moved.status).toBe(200)
    const { rows } = await admin.query(
      'select (now_session.created_at - now_session.proved_at)::text as age from control.sessions now_session where tenant_id = $1 and ended_at is null',
      [tenant.id],
    )
    expect(rows).toEqual([{ age: '00:14:00' }])
  })
})

describe('an authenticator app', () => {
  it('is on once a code of it is confirmed, and not before', async () => {
    const client = await harness.signUp()
    const started = await client.post('/me/totp')
    expect(started.status).toBe(201)
    expect(started.body.uri).toBe(
      `otpauth://totp/CHRONOS:${encodeURIComponent(client.email)}?secret=${started.body.secret}&issuer=CHRONOS`,
    )
    expect((await signIn(client)).status).toBe(200)
    const refused = await client.post('/me/totp/confirm', { code: wrong(started.body.secret) })
    expect([refused.status, refused.body.code]).toEqual([422, 'invalid_code'])
    expect((await client.get('/me/factors')).body).toEqual({
      hasPassword: true,
      totp: { enabled: false, since: null },
      passkeys: [],
      recoveryCodesLeft: 0,
      provider: null,
      demanded: false,
    })
    await client.post('/me/totp/confirm', { code: codeOf(started.body.secret) })
    expect((await client.get('/me/factors')).body).toMatchObject({
      totp: { enabled: true, since: harness.clock.now().toISOString() },
      recoveryCodesLeft: 10,
    })
    expect((await client.post('/me/totp')).body.code).toBe('already_enrolled')
  })

  it('forgets a secret that waited for its code too long', async () => {
    const client = await harness.signUp()
    const { secret } = (await client.post('/me/totp')).body
    later(14)
    await client.post('/auth/step-up', { password: client.password })
    later(14)
    await client.post('/auth/step-up', { password: client.password })
    later(5)
    expect((await client.post('/me/totp/confirm', { code: codeOf(secret) })).body.code).toBe('not_ready')
  })

  it('ends every other session when it comes and when it goes, and tells the person by mail', async () => {
    const client = await harness.signUp()
    const other = await signIn(client)
    const there = { authorization: `Bearer ${other.body.accessToken}` }
    const { secret } = (await client.post('/me/totp')).body
    await client.post('/me/totp/confirm', { code: codeOf(secret) })
    const me = await harness.request({ method: 'GET', url: '/api/v1/me', headers: there })
    expect([me.status, me.body.code]).toEqual([401, 'session_ended'])
    expect((await client.get('/me')).status).toBe(200)
    expect((await harness.mailTo(client.email, /segundo fator/i)).mail.text).toContain('TOTP')

    harness.clock.advance(60_000)
    const second = await post('/second-factor', {
      challenge: await challengeOf(client),
      code: codeOf(secret),
    })
    expect((await client.delete('/me/totp')).status).toBe(204)
    const ended = await harness.request({
      method: 'GET',
      url: '/api/v1/me',
      headers: { authorization: `Bearer ${second.body.accessToken}` },
    })
    expect(ended.body.code).toBe('session_ended')
    expect((await signIn(client)).status).toBe(200)
    expect((await client.get('/me/factors')).body.recoveryCodesLeft).toBe(0)
    expect((await client.delete('/me/totp')).status).toBe(404)
    const actions = (await client.get('/audit-logs?limit=200')).body.items.map(
      (row: { action: string }) => row.action,
    )
    expect(actions).toEqual(expect.arrayContaining(['factor.added', 'factor.removed']))
  })

  it('has its secret encrypted, and bound to its person', async () => {
    const { client, secret } = await enrolled()
    const other = await enrolled()
    const { admin } = harness.database
    const { rows } = await admin.query<{ secret: string; identity_id: string }>(
      `select secret, identity_id::text from control.totp_factors f join control.identities i on i.id = f.identity_id
       where i.email = any ($1) order by i.email = $2 desc`,
      [[client.email, other.client.email], client.email],
    )
    expect(JSON.stringify(rows)).not.toContain(secret)
    await admin.query('update control.totp_factors set secret = $2 where identity_id = $1', [
      rows[0]?.identity_id,
      rows[1]?.secret,
    ])
    const moved = await post('/second-factor', {
      challenge: await challengeOf(client),
      code: codeOf(other.secret),
    })
    expect(moved.status).toBe(500)
  })
})

describe('signing in with a second factor', () => {
  it('needs password and code, and says how it was proved', async () => {
    const { client, secret } = await enrolled()
    const answer = await signIn(client)
    expect(answer.body.challenge.methods).toEqual(['totp', 'recovery_code'])
    const done = await post('/second-factor', {
      challenge: answer.body.challenge.token,
      code: codeOf(secret),
      includeRefreshToken: true,
    })
    expect(done.status).toBe(200)
    expect(done.body).toMatchObject({ user: { email: client.email }, refreshToken: expect.any(String) })
    // Access, refresh and CSRF, and by what the browser is known again.
    expect(done.headers['set-cookie']).toHaveLength(4)
    const { rows } = await harness.database.admin.query(
      "select method from control.sessions where tenant_id = $1 and method <> 'password'",
      [client.session.tenant.id],
    )
    expect(rows).toEqual([{ method: 'password+totp' }])
  })

  it('takes a code of the step before and after, none further off, and none twice', async () => {
    const { client, secret } = await enrolled()
    const after = codeOf(secret, 1)
    const by = async (code: string): Promise<number> =>
      (await post('/second-factor', { challenge: await challengeOf(client), code })).status
    expect(await by(codeOf(secret, -2))).toBe(422)
    expect(await by(codeOf(secret, 2))).toBe(422)
    expect(await by(codeOf(secret, -1))).toBe(200)
    expect(await by(codeOf(secret, -1))).toBe(422)
    expect(await by(after)).toBe(200)
    // The one before the last taken is as used as that one.
    expect(await by(codeOf(secret, 0))).toBe(422)
  })

  it('takes a code once, however many bring it at the same time', async () => {
    const { client, secret } = await enrolled()
    const challenges = [await challengeOf(client), await challengeOf(client)]
    const code = codeOf(secret)
    const answers = await Promise.all(
      challenges.map((challenge) => post('/second-factor', { challenge, code })),
    )
    expect(answers.map((each) => each.status).sort((a, b) => a - b)).toEqual([200, 422])
  })

  it('takes a challenge once, for five minutes, and voids it after five wrong tries', async () => {
    const { client, secret } = await enrolled()
    const used = await challengeOf(client)
    await post('/second-factor', { challenge: used, code: codeOf(secret) })
    harness.clock.advance(60_000)
    expect((await post('/second-factor', { challenge: used, code: codeOf(secret) })).body.code).toBe(
      'link_invalid',
    )

    const old = await challengeOf(client)
    later(5)
    expect((await post('/second-factor', { challenge: old, code: codeOf(secret) })).body.code).toBe(
      'link_invalid',
    )

    const guessed = await challengeOf(client)
    for (let n = 0; n < 5; n += 1) {
      const answer = await post('/second-factor', { challenge: guessed, code: wrong(secret) })
      expect(answer.body.code).toBe('invalid_code')
      harness.clock.advance(20_000)
    }
    later(1)
    const right = await post('/second-factor', { challenge: guessed, code: codeOf(secret) })
    expect([right.status, right.body.code]).toEqual([410, 'link_invalid'])
  })

  it('counts wrong codes of all challenges together, and makes the next one wait', async () => {
    const { client, secret } = await enrolled()
    const answers: Answer[] = []
    for (let n = 0; n < 4; n += 1) {
      answers.push(
        await post('/second-factor', { challenge: await challengeOf(client), code: wrong(secret) }),
      )
    }
    expect(answers.map((each) => each.status)).toEqual([422, 422, 422, 429])
    const right = await post('/second-factor', { challenge: await challengeOf(client), code: codeOf(secret) })
    expect([right.status, right.headers['retry-after']]).toEqual([429, '2'])
    harness.clock.advance(2000)
    expect(
      (await post('/second-factor', { challenge: await challengeOf(client), code: codeOf(secret) })).status,
    ).toBe(200)
    const events = (await client.get('/audit-logs?action=session.refused')).body.items
    expect(events).toHaveLength(3)
  })

  it('lets nobody in by guessing many codes at once', async () => {
    const { client, secret } = await enrolled()
    const challenges = await Promise.all(Array.from({ length: 12 }, () => challengeOf(client)))
    const answers = await Promise.all(
      challenges.map((challenge) => post('/second-factor', { challenge, code: wrong(secret) })),
    )
    expect(answers.filter((each) => each.status === 422).length).toBe(3)
    expect(answers.filter((each) => each.status === 429).length).toBe(9)
  })

  it('cannot be finished with the challenge of another person', async () => {
    const [a, b] = [await enrolled(), await enrolled()]
    const answer = await post('/second-factor', {
      challenge: await challengeOf(a.client),
      code: codeOf(b.secret),
    })
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_code'])
  })

  it('starts anew when the password was changed in between', async () => {
    const { client, secret } = await enrolled()
    const challenge = await challengeOf(client)
    harness.clock.advance(1000)
    await harness.database.admin.query(
      'update control.identities set password_hash = password_hash, updated_at = $2 where email = $1',
      [client.email, harness.clock.now()],
    )
    expect((await post('/second-factor', { challenge, code: codeOf(secret) })).body.code).toBe('link_invalid')
  })
})

describe('a recovery code', () => {
  it('stands in for the second factor once, however it is written, and its person is told', async () => {
    const { client, recoveryCodes } = await enrolled()
    const [first = '', second = ''] = recoveryCodes
    expect(first).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){5}$/)
    const typed = first.toUpperCase().replaceAll('-', ' ')
    const by = async (recoveryCode: string): Promise<Answer> =>
      post('/second-factor', { challenge: await challengeOf(client), recoveryCode })
    expect((await by(typed)).status).toBe(200)
    expect((await by(first)).body.code).toBe('invalid_code')
    expect((await harness.mailTo(client.email, /recupera/i)).mail.text).toContain('9')
    expect((await by(second)).status).toBe(200)
    expect((await client.get('/me/factors')).body.recoveryCodesLeft).toBe(8)
  })

  it('is taken once by two at the same time', async () => {
    const { client, recoveryCodes } = await enrolled()
    const challenges = [await challengeOf(client), await challengeOf(client)]
    const answers = await Promise.all(
      challenges.map((challenge) => post('/second-factor', { challenge, recoveryCode: recoveryCodes[3] })),
    )
    expect(answers.map((each) => each.status).sort((a, b) => a - b)).toEqual([200, 422])
  })

  it('is kept as a hash alone', async () => {
    const { recoveryCodes } = await enrolled()
    const { rows } = await harness.database.admin.query('select * from control.recovery_codes')
    const kept = JSON.stringify(rows)
    for (const code of recoveryCodes) {
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(code.replaceAll('-', ''))
    }
  })

  it('is void when new ones are made, which takes a second factor', async () => {
    const { client, recoveryCodes } = await enrolled()
    const renewed = await client.post('/me/recovery-codes')
    expect([renewed.status, renewed.body.recoveryCodes.length]).toEqual([201, 10])
    const by = async (recoveryCode: string | undefined): Promise<number> =>
      (await post('/second-factor', { challenge: await challengeOf(client), recoveryCode })).status
    expect(await by(recoveryCodes[0])).toBe(422)
    expect(await by(renewed.body.recoveryCodes[0])).toBe(200)
    const plain = await harness.signUp()
    expect((await plain.post('/me/recovery-codes')).body.code).toBe('not_ready')
  })
})
