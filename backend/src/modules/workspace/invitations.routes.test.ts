import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { joinAs } from '../../../test/members.ts'

let harness: Harness
let owner: Client

beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
})
afterAll(() => harness.close())
beforeEach(async () => {
  owner = await verified(await harness.signUp())
})

async function verified(client: Client): Promise<Client> {
  const { admin } = harness.database
  await admin.query('update control.identities set email_verified_at = now() where email = $1', [
    client.email,
  ])
  const login = { email: client.email, password: client.password, includeRefreshToken: true }
  const answer = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload: login })
  expect(answer.status).toBe(200)
  return harness.clientFor(answer.body, client)
}

const invite = (by: Client, email: string, more: object = {}): Promise<Answer> =>
  by.post('/invitations', { email, role: 'member', ...more })
const tokenFor = async (email: string): Promise<string> => (await harness.mailTo(email, /convid/i)).token
const preview = (token: string): Promise<Answer> =>
  harness.request({ method: 'POST', url: '/api/v1/auth/invitation', payload: { token } })

describe('POST /invitations', () => {
  it('answers alike whether or not somebody is known, and mails a link that says what it invites to', async () => {
    const known = await harness.signUp()
    const [one, other] = [await invite(owner, known.email), await invite(owner, `ninguem-${known.email}`)]
    expect([one.status, other.status]).toEqual([201, 201])
    const shape = (answer: Answer): object => ({ ...answer.body, id: '', email: '' })
    expect(shape(one)).toEqual(shape(other))
    const seen = await preview(await tokenFor(known.email))
    expect(seen.body).toEqual({
      workspaceName: owner.session.tenant.name,
      invitedBy: owner.session.user.name,
      email: known.email,
      role: 'member',
      expiresAt: '2026-11-26T12:00:00.000Z',
    })
    expect((await owner.get('/invitations')).body.items).toHaveLength(2)
  })

  it('is for who manages members and has a verified e-mail, and gives nothing above their role', async () => {
    const unverified = await harness.signUp()
    expect((await invite(unverified, 'a@example.com')).body.code).toBe('email_unverified')
    const member = await joinAs(harness, owner, 'member')
    expect((await invite(member, 'a@example.com')).status).toBe(403)
    expect((await invite(owner, 'a@example.com', { role: 'owner' })).status).toBe(400)
    expect((await invite(owner, member.email)).body.code).toBe('already_member')
  })
})

describe('POST /auth/register-invited', () => {
  const register = (token: string, more: object = {}): Promise<Answer> =>
    harness.request({
      method: 'POST',
      url: '/api/v1/auth/register-invited',
      payload: {
        token,
        name: 'Lia Duarte',
        password: 'orgulho tranquilo 71',
        locale: 'pt-BR',
        includeRefreshToken: true,
        ...more,
      },
    })

  it('makes a person with a verified e-mail, who is a member as invited; the link works once', async () => {
    const account = await owner.post('/accounts', { name: 'Cofre', type: 'cash', currency: 'BRL' })
    const email = `lia-${crypto.randomUUID()}@example.com`
    await invite(owner, email, { hiddenAccountIds: [account.body.id] })
    const token = await tokenFor(email)
    const weak = await register(token, { password: 'password1' })
    expect([weak.status, weak.body.code]).toEqual([422, 'weak_password'])
    const answers = await Promise.all([register(token), register(token)])
    const made = answers.find(({ status }) => status === 201)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(made?.body).toMatchObject({
      user: { name: 'Lia Duarte', email, role: 'member', emailVerified: true },
      tenant: { id: owner.session.tenant.id },
    })
    const lia = harness.clientFor(made?.body, { ...owner, email })
    expect((await lia.get('/accounts')).body.items).toEqual([])
    expect((await owner.get('/members')).body.items).toHaveLength(2)
    expect([409, 410]).toContain((await register(token)).status)
    const login = { email, password: 'orgulho tranquilo 71' }
    const back = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload: login })
    expect(back.status).toBe(200)
  })

  it('goes on with the same person where it was cut off', async () => {
    const email = `cut-${crypto.randomUUID()}@example.com`
    await invite(owner, email)
    const token = await tokenFor(email)
    expect((await register(token)).status).toBe(201)
    const { admin } = harness.database
    await admin.query('delete from control.identities where email = $1', [email])
    await admin.query('update control.link_tokens set used_at = null where email = $1', [email])
    expect((await register(token)).status).toBe(201)
    expect((await owner.get('/members')).body.items).toHaveLength(2)
  })

  it('merges with nobody who is there already', async () => {
    const known = await harness.signUp()
    await invite(owner, known.email)
    const answer = await register(await tokenFor(known.email))
    expect([answer.status, answer.body.code]).toEqual([409, 'email_taken'])
    expect((await owner.get('/members')).body.items).toHaveLength(1)
  })
})

describe('POST /invitations/accept', () => {
  it('makes one membership with its hidden accounts, however often and fast the link is followed', async () => {
    const account = await owner.post('/accounts', { name: 'Cofre', type: 'cash', currency: 'BRL' })
    const guest = await harness.signUp()
    await invite(owner, guest.email, { hiddenAccountIds: [account.body.id] })
    const token = await tokenFor(guest.email)
    const answers = await Promise.all([
      guest.post('/invitations/accept', { token, includeRefreshToken: true }),
      guest.post('/invitations/accept', { token, includeRefreshToken: true }),
    ])
    const [won] = answers.filter(({ status }) => status === 200)
    expect(won?.body.tenant.id).toBe(owner.session.tenant.id)
    expect(answers.map(({ status }) => status).sort()[1]).toBeGreaterThanOrEqual(401)
    const joined = harness.clientFor(won?.body, guest)
    expect((await joined.get(`/accounts/${account.body.id}`)).status).toBe(404)
    expect((await joined.get('/me')).body.user.emailVerified).toBe(true)
    const people = await owner.get('/members')
    expect(people.body.items).toHaveLength(2)
    expect((await preview(token)).status).toBe(410)
  })

  it('takes nobody by a link that went to another address', async () => {
    const [guest, thief] = [await harness.signUp(), await harness.signUp()]
    await invite(owner, guest.email)
    const token = await tokenFor(guest.email)
    expect((await thief.post('/invitations/accept', { token })).status).toBe(403)
    expect((await guest.post('/invitations/accept', { token })).status).toBe(200)
  })

  it('takes no link that was taken back, sent again or is older than 72 hours', async () => {
    const guest = await harness.signUp()
    const { body } = await invite(owner, guest.email)
    const first = await tokenFor(guest.email)
    harness.mails.length = 0
    expect((await owner.post(`/invitations/${body.id}/resend`)).status).toBe(200)
    const second = await tokenFor(guest.email)
    expect((await preview(first)).status).toBe(410)
    expect((await preview(second)).status).toBe(200)
    expect((await owner.delete(`/invitations/${body.id}`)).status).toBe(204)
    expect((await guest.post('/invitations/accept', { token: second })).status).toBe(410)
  })

  it('lets somebody who was taken out come back', async () => {
    const guest = await joinAs(harness, owner, 'admin')
    expect((await owner.delete(`/members/${guest.session.user.id}`)).status).toBe(204)
    expect((await invite(owner, guest.email, { role: 'viewer' })).status).toBe(201)
    const again = await verified(guest)
    const answer = await again.post('/invitations/accept', { token: await tokenFor(guest.email) })
    expect([answer.status, answer.body.user.role]).toEqual([200, 'viewer'])
  })
})
