import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { joinAs } from '../../../test/members.ts'

let harness: Harness
let owner: Client
const ANY = { 'if-match': '*' }

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())
beforeEach(async () => {
  owner = await harness.signUp()
})

const idOf = (client: Client): string => client.session.user.id

describe('PATCH /members/{id}', () => {
  it('gives a role that holds from the very next request on', async () => {
    const member = await joinAs(harness, owner, 'member')
    const category = { name: 'Livros' }
    expect((await member.post('/categories', category)).status).toBe(201)
    const answer = await owner.patch(`/members/${idOf(member)}`, { role: 'viewer' }, ANY)
    expect([answer.status, answer.body.role]).toEqual([200, 'viewer'])
    expect((await member.post('/categories', category)).status).toBe(403)
  })

  it('keeps an account from a member at once, and shows it again when they are promoted', async () => {
    const account = await owner.post('/accounts', { name: 'Cofre', type: 'cash', currency: 'BRL' })
    const member = await joinAs(harness, owner, 'member')
    const visible = async (): Promise<number> => (await member.get(`/accounts/${account.body.id}`)).status
    expect(await visible()).toBe(200)
    const hiding = { hiddenAccountIds: [account.body.id] }
    const kept = await owner.patch(`/members/${idOf(member)}`, hiding, ANY)
    expect(kept.body.hiddenAccountIds).toEqual([account.body.id])
    expect(await visible()).toBe(404)
    const promoted = await owner.patch(`/members/${idOf(member)}`, { role: 'admin' }, ANY)
    expect(promoted.body.hiddenAccountIds).toEqual([])
    expect(await visible()).toBe(200)
    expect((await owner.patch(`/members/${idOf(member)}`, hiding, ANY)).status).toBe(400)
  })

  it('tells a member who is kept from an account no count that it goes into', async () => {
    const account = await owner.post('/accounts', { name: 'Cofre', type: 'cash', currency: 'BRL' })
    const member = await joinAs(harness, owner, 'member')
    const counts = async (client: Client): Promise<string[]> =>
      Object.keys((await client.get('/workspace')).body.usage).sort()
    const all = ['accounts', 'members', 'storageBytes', 'transactionsPerMonth', 'whatsappMessagesPerMonth']
    expect(await counts(member)).toEqual(all)
    await owner.patch(`/members/${idOf(member)}`, { hiddenAccountIds: [account.body.id] }, ANY)
    expect(await counts(member)).toEqual(['members', 'whatsappMessagesPerMonth'])
    expect(await counts(owner)).toEqual(all)
  })

  it('names accounts that are not there, and refuses an old version', async () => {
    const member = await joinAs(harness, owner, 'viewer')
    const path = `/members/${idOf(member)}`
    expect((await owner.patch(path, { hiddenAccountIds: [crypto.randomUUID()] }, ANY)).status).toBe(422)
    expect((await owner.patch(path, { role: 'member' }, { 'if-match': '"7"' })).status).toBe(412)
    expect((await owner.patch(path, { role: 'member' })).status).toBe(428)
  })

  it('reaches nobody above the own role, and leaves no workspace without an owner', async () => {
    const admin = await joinAs(harness, owner, 'admin')
    const member = await joinAs(harness, owner, 'member')
    expect((await admin.patch(`/members/${idOf(owner)}`, { role: 'viewer' }, ANY)).status).toBe(403)
    expect((await admin.delete(`/members/${idOf(owner)}`)).status).toBe(403)
    expect((await member.patch(`/members/${idOf(member)}`, { role: 'admin' }, ANY)).status).toBe(403)
    expect((await owner.patch(`/members/${idOf(owner)}`, { role: 'admin' }, ANY)).body.code).toBe(
      'last_owner',
    )
    expect((await owner.post('/workspace/leave')).body.code).toBe('last_owner')
  })
})

describe('DELETE /members/{id}', () => {
  it('ends sessions, tokens and chats of theirs before it is answered; what they wrote stays', async () => {
    const member = await joinAs(harness, owner, 'member')
    const { admin } = harness.database
    const tenantId = owner.session.tenant.id
    await admin.query('update control.identities set email_verified_at = now() where email = $1', [
      member.email,
    ])
    await owner.patch(`/members/${idOf(member)}`, { role: 'member' }, ANY)
    const token = await member.post('/me/tokens', { name: 'x', scopes: ['ledger.read'], expiresInDays: 5 })
    expect([token.status, token.body.code]).toEqual([201, undefined])
    const category = await member.post('/categories', { name: 'Ficou' })
    const chatId = crypto.randomUUID()
    await admin.query(
      `insert into app.whatsapp_chats (tenant_id, id, user_id, phone_number_id, state, created_at, updated_at) values ($1, $2, $3, '1', 'linked', now(), now())`,
      [tenantId, chatId, idOf(member)],
    )
    await admin.query(
      `insert into control.whatsapp_senders (phone_number_id, sender_key, tenant_id, user_id, chat_id, linked_at) values ('1', $1, $2, $3, $4, now())`,
      [crypto.randomUUID(), tenantId, idOf(member), chatId],
    )
    const program = { authorization: `Bearer ${token.body.token}` }
    expect((await member.get('/accounts', program)).status).toBe(200)
    expect((await owner.delete(`/members/${idOf(member)}`)).status).toBe(204)
    expect((await member.get('/accounts')).body.code).toBe('session_ended')
    expect((await member.get('/accounts', program)).status).toBe(401)
    const refresh = { refreshToken: member.session.refreshToken }
    expect((await member.post('/auth/refresh', refresh)).status).toBe(401)
    const { rows } = await admin.query(
      `select (select state from app.whatsapp_chats where id = $1) as chat,
        (select count(*)::int from control.whatsapp_senders where user_id = $2) as senders,
        (select state from control.memberships where user_id = $2) as membership`,
      [chatId, idOf(member)],
    )
    expect(rows[0]).toEqual({ chat: 'unlinked', senders: 0, membership: 'removed' })
    expect((await owner.get(`/categories/${category.body.id}`)).status).toBe(200)
    const people = await owner.get('/members')
    expect(people.body.items.map((each: { id: string }) => each.id)).toEqual([idOf(owner)])
    const again = { email: member.email, password: member.password, tenantId }
    const login = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload: again })
    expect(login.body.code).toBe('invalid_credentials')
  })
})

describe('POST /workspace/leave and /workspace/owner', () => {
  it('hands the workspace over, after which the old owner may go', async () => {
    const heir = await joinAs(harness, owner, 'member')
    const answer = await owner.post('/workspace/owner', { memberId: idOf(heir) })
    expect([answer.status, answer.body.role]).toEqual([200, 'owner'])
    expect((await owner.post('/workspace/owner', { memberId: idOf(owner) })).status).toBe(403)
    expect((await heir.get('/me')).body.user.role).toBe('owner')
    expect((await owner.post('/workspace/leave')).status).toBe(204)
    expect((await owner.get('/me')).status).toBe(401)
  })

  it('keeps an owner when two leave at once', async () => {
    const other = await joinAs(harness, owner, 'owner')
    const answers = await Promise.all([owner.post('/workspace/leave'), other.post('/workspace/leave')])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })
})

describe('GET /members', () => {
  it('tells what is kept from whom to those alone who manage members', async () => {
    const account = await owner.post('/accounts', { name: 'Cofre', type: 'cash', currency: 'BRL' })
    const member = await joinAs(harness, owner, 'member', [account.body.id])
    const [all, own] = [await owner.get('/members'), await member.get('/members')]
    const seenBy = (answer: typeof all): unknown[] =>
      answer.body.items.map((each: Record<string, unknown>) => [
        each['hiddenAccountIds'],
        each['secondFactor'],
      ])
    expect(seenBy(all)).toContainEqual([[account.body.id], false])
    expect(seenBy(own)).toEqual([
      [[], null],
      [[], null],
    ])
  })
})

describe('PATCH /workspace', () => {
  it('changes settings by version, and renames it in the switcher', async () => {
    const before = await owner.get('/workspace')
    const match = { 'if-match': String(before.headers['etag']) }
    const answer = await owner.patch('/workspace', { name: 'Casa nova', idleMinutes: 30 }, match)
    expect([answer.status, answer.body.name, answer.body.idleMinutes]).toEqual([200, 'Casa nova', 30])
    expect((await owner.patch('/workspace', { name: 'x' }, match)).status).toBe(412)
    expect((await owner.get('/me')).body.tenants[0].name).toBe('Casa nova')
    expect(answer.body.usage.members).toEqual({ limit: null, used: 1, warning: false })
  })

  it('asks others for a second factor only by somebody who has one, and then at once', async () => {
    const member = await joinAs(harness, owner, 'member')
    expect((await owner.patch('/workspace', { requireSecondFactor: true }, ANY)).body.code).toBe(
      'second_factor_missing',
    )
    await harness.database.admin.query(
      `insert into control.totp_factors (identity_id, secret, created_at, confirmed_at)
       select id, 'x', now(), now() from control.identities where email = $1`,
      [owner.email],
    )
    expect((await member.get('/accounts')).status).toBe(200)
    const set = await owner.patch('/workspace', { requireSecondFactor: true }, ANY)
    expect([set.status, set.body.requireSecondFactor]).toEqual([200, true])
    expect((await member.get('/accounts')).body.code).toBe('second_factor_missing')
    expect((await owner.get('/accounts')).status).toBe(200)
  })

  it('lets operators in for some hours, says so in the audit log, and shuts them out again', async () => {
    const allowed = await owner.post('/workspace/support-access', { hours: 2, reason: 'Saldo errado' })
    expect(allowed.body.supportAccess).toEqual({ until: '2026-11-23T14:00:00.000Z', reason: 'Saldo errado' })
    const log = await owner.get('/audit-logs?action=support.allowed')
    expect(log.body.items).toHaveLength(1)
    expect((await owner.delete('/workspace/support-access')).body.supportAccess).toBeNull()
  })
})
