/** REGISTRATION=open|invite|closed: who can come to a server, by each of its doors. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { createTenant } from '../control-plane/tenants.service.ts'
import { COMMAND_LINE } from '../control-plane/command-line.ts'

const PLACE = { currency: 'BRL', locale: 'pt-BR', timezone: 'America/Sao_Paulo' }
const PASSWORD = 'correct horse battery staple'

/** One database, and the same server in each of its three ways. */
let open: Harness
let invite: Harness
let closed: Harness
let owner: Client

beforeAll(async () => {
  open = await createHarness()
  const { database } = open
  invite = await createHarness({ environment: { REGISTRATION: 'invite' }, database })
  closed = await createHarness({ environment: { REGISTRATION: 'closed' }, database })
  await open.startJobs()
  owner = await signIn(open, await open.signUp())
})
afterAll(async () => {
  await closed.close()
  await invite.close()
  await open.close()
})

const post = (at: Harness, path: string, payload: object): Promise<Answer> =>
  at.request({ method: 'POST', url: `/api/v1${path}`, payload })

/** Signed in at one of the three, with an e-mail that was verified. */
async function signIn(at: Harness, { email, password }: Client): Promise<Client> {
  await at.database.admin.query('update control.identities set email_verified_at = now() where email = $1', [
    email,
  ])
  const answer = await post(at, '/auth/login', { email, password, includeRefreshToken: true })
  expect(answer.status).toBe(200)
  return at.clientFor(answer.body, { email, password })
}

const register = (at: Harness): Promise<Answer> =>
  post(at, '/auth/register', {
    ...PLACE,
    name: 'Nova Pessoa',
    email: `nova-${crypto.randomUUID()}@example.com`,
    password: PASSWORD,
    workspaceName: 'Casa nova',
  })

async function invited(): Promise<string> {
  const email = `convidada-${crypto.randomUUID()}@example.com`
  expect((await owner.post('/invitations', { email, role: 'viewer' })).status).toBeLessThan(300)
  return (await open.mailTo(email)).token
}

const registerInvited = (at: Harness, token: string): Promise<Answer> =>
  post(at, '/auth/register-invited', { token, name: 'Convidada', password: PASSWORD, locale: 'pt-BR' })

const people = async (): Promise<number> =>
  (await open.database.admin.query('select 1 from control.identities')).rowCount ?? 0

describe('a server that is open', () => {
  it('takes whoever registers', async () => {
    expect((await register(open)).status).toBe(201)
  })

  it('lets somebody open a further workspace', async () => {
    expect((await owner.post('/workspaces', { ...PLACE, name: 'Segunda' })).status).toBe(201)
  })
})

describe.each([
  ['invite', () => invite],
  ['closed', () => closed],
] as const)('a server that is %s', (mode, at) => {
  it('takes nobody who registers, and keeps nothing of them', async () => {
    const before = await people()
    const answer = await register(at())
    expect([answer.status, answer.body.code]).toEqual([403, 'registration_closed'])
    expect(await people()).toBe(before)
  })

  it('says so before anybody types', async () => {
    const options = await at().request({ method: 'GET', url: '/api/v1/auth/options' })
    expect(options.body.registration).toBe(mode)
  })

  it('lets nobody open a further workspace', async () => {
    const client = await signIn(at(), owner)
    const answer = await client.post('/workspaces', { ...PLACE, name: 'Terceira' })
    expect([answer.status, answer.body.code]).toEqual([403, 'registration_closed'])
  })

  it('lets who is here sign in as ever', async () => {
    expect((await (await signIn(at(), owner)).get('/accounts')).status).toBe(200)
  })

  it('has its workspaces made by those who run it', async () => {
    const deps = { ...at().context, bcryptRounds: 4 }
    const made = await createTenant(
      deps,
      { ...PLACE, name: 'Da operação', ownerEmail: owner.email },
      COMMAND_LINE,
    )
    const entered = await (await signIn(at(), owner)).post('/auth/switch', { tenantId: made.id })
    expect([entered.status, entered.body.user.role]).toEqual([200, 'owner'])
  })
})

describe('an invitation', () => {
  it('makes a person where the server takes who is invited', async () => {
    const answer = await registerInvited(invite, await invited())
    expect([answer.status, answer.body.user?.role]).toEqual([201, 'viewer'])
  })

  it('makes none where it is closed, and is still good when it opens', async () => {
    const token = await invited()
    const before = await people()
    const refused = await registerInvited(closed, token)
    expect([refused.status, refused.body.code]).toEqual([403, 'registration_closed'])
    expect(await people()).toBe(before)
    expect((await registerInvited(invite, token)).status).toBe(201)
  })

  it('brings who is here already into a workspace, also where it is closed', async () => {
    const guest = await open.signUp()
    expect((await owner.post('/invitations', { email: guest.email, role: 'member' })).status).toBeLessThan(
      300,
    )
    const { token } = await open.mailTo(guest.email, /convid/i)
    const there = await signIn(closed, guest)
    const accepted = await there.post('/invitations/accept', { token })
    expect([accepted.status, accepted.body.user?.role]).toEqual([200, 'member'])
  })
})
