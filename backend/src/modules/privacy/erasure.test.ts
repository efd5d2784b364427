/** After an erasure, nothing of the person is found in a dump of the whole database as text; the rest stays. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createHarness,
  TEST_WHATSAPP,
  type Answer,
  type Client,
  type Harness,
} from '../../../test/harness.ts'
import { sign } from '../../integrations/whatsapp/signature.ts'
import { sealedPerson } from '../identity/personal-copies.ts'
import { recordSecurityEvent } from '../identity/security-log.ts'
import { queueMail } from '../mail/mail.service.ts'
import { erasePerson } from './erasure.service.ts'

const NAME = 'Zenaide Quixabeira'
const EMAIL = 'zenaide.quixabeira@example.com'
const PHONE = '5511987650042'
const SAID = 'anota aí que a Zuleica ligou'

let harness: Harness
let ana: Client
let owner: Client
/** Ana as a member of the owner's workspace. */
let memberId: string
let identityId: string

beforeAll(async () => {
  harness = await createHarness()
  await harness.startJobs()
  owner = await harness.signUp({ name: 'Olga', workspaceName: 'Firma' })
  ana = await harness.signUp({ name: NAME, email: EMAIL, workspaceName: 'Casa' })
  const { rows } = await harness.database.admin.query('select id from control.identities where email = $1', [
    EMAIL,
  ])
  identityId = (rows as [{ id: string }])[0].id
  memberId = await join(owner, identityId, { name: NAME, email: EMAIL }, 'member')
})
afterAll(() => harness.close())

/** Makes somebody a member of a workspace, as an accepted invitation does. */
async function join(
  host: Client,
  identity: string,
  person: { name: string; email: string },
  role: string,
): Promise<string> {
  const { tenancy, dataKeys, clock, control } = harness.context
  const [tenantId, userId, now] = [host.session.tenant.id, crypto.randomUUID(), clock.now()]
  const sealed = await sealedPerson(dataKeys, identity, person)
  const actor = { type: 'user', userId: host.session.user.id, hiddenAccounts: [] } as const
  await tenancy.enter({ tenantId, actor, requestId: null }).command((tx) =>
    tx.prisma.user.create({
      data: {
        ...{ tenantId, id: userId, identityId: identity, role, locale: 'pt-BR', status: 'active' },
        ...person,
        ...sealed,
        createdAt: now,
        updatedAt: now,
      },
    }),
  )
  await control.query(
    `insert into control.memberships (identity_id, tenant_id, user_id, tenant_name, state, created_at)
     values ($1, $2, $3, 'Firma', 'active', $4)`,
    identity,
    tenantId,
    userId,
    now,
  )
  return userId
}

/** Every table of every schema of ours as text, bytes decoded. */
async function dump(): Promise<string> {
  const { admin } = harness.database
  const { rows } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_catalog.pg_tables where schemaname in ('app', 'control', 'pgboss')`,
  )
  const parts: string[] = []
  for (const { name } of rows) {
    const table = await admin.query<{ row: string }>(`select t::text as row from ${name} t`)
    parts.push(...table.rows.map(({ row }) => `${name} ${row}`))
  }
  return parts.join('\n')
}

async function found(): Promise<string[]> {
  const lines = (await dump()).split('\n')
  return [NAME, EMAIL, PHONE, SAID].filter((word) => lines.some((line) => line.includes(word)))
}

async function say(client: Client, text: string): Promise<void> {
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '1', phone_number_id: TEST_WHATSAPP.phoneNumberId },
              contacts: [{ profile: { name: NAME }, wa_id: PHONE }],
              messages: [
                {
                  from: PHONE,
                  id: `wamid.${PHONE}.${crypto.randomUUID()}`,
                  timestamp: String(Math.floor(harness.clock.now().getTime() / 1000)),
                  type: 'text',
                  text: { body: text },
                },
              ],
            },
          },
        ],
      },
    ],
  })
  const signature = sign(TEST_WHATSAPP.secret, Buffer.from(body))
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
  const url = '/api/v1/webhooks/whatsapp'
  expect((await harness.request({ method: 'POST', url, payload: body, headers })).status).toBe(200)
  await vi.waitFor(
    async () => {
      const { rows } = await harness.database.admin.query(
        'select count(*)::int as n from control.inbound_events where processed_at is null',
      )
      expect(rows).toEqual([{ n: 0 }])
    },
    { timeout: 20_000, interval: 50 },
  )
  expect(client).toBeDefined()
}

function erase(client: Client, email: string): Promise<Answer> {
  return client.post('/me/erasure', { email })
}

describe('erasing a person', () => {
  beforeAll(async () => {
    await harness.verify(ana)
    const { code } = (await ana.post('/whatsapp/link-codes')).body
    await say(ana, code)
    await say(ana, SAID)
    await say(ana, 'mercado 50')
    const { control, clock } = harness.context
    const membership = { tenantId: ana.session.tenant.id, userId: ana.session.user.id }
    const circumstances = { sessionId: null, ip: '203.0.113.9', userAgent: 'Test', requestId: null }
    const event = { event: 'session.proved', identityId, membership, ...circumstances } as const
    await recordSecurityEvent(harness.context, event, clock.now())
    const mail = { kind: 'invitation', to: 'x@example.com', locale: 'en', params: { inviter: NAME } } as const
    await queueMail(control, mail, clock.now())
    await ana.post('/accounts', { name: 'Conta', type: 'cash', currency: 'BRL' }, { 'idempotency-key': 'k' })
  })

  it('asks for her own e-mail', async () => {
    const answer = await erase(ana, owner.email)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect((await ana.get('/me')).status).toBe(200)
  })

  it('keeps what she wrote, and who wrote it, as ciphertext all along', async () => {
    const text = await dump()
    expect(text).not.toContain(SAID)
    const chats = text.split('\n').filter((line) => line.startsWith('app.whatsapp_chats'))
    expect(chats.join('\n')).not.toContain(PHONE)
    const logs = text.split('\n').filter((line) => line.startsWith('app.audit_logs'))
    for (const word of [NAME, EMAIL, PHONE]) expect(logs.join('\n')).not.toContain(word)
    const { items } = (await owner.get(`/audit-logs?entity=users&entityId=${memberId}`)).body
    expect(items[0].after).toMatchObject({ name: NAME, email: EMAIL })
    const chat = (await ana.get('/whatsapp/chats')).body.items[0]
    const said = (await ana.get(`/whatsapp/chats/${chat.id}/messages`)).body.items
    expect(said.map((message: { text: string }) => message.text)).toContain(SAID)
  })

  it('is refused while others work in a workspace of which she is the only owner', async () => {
    const { rows } = await harness.database.admin.query(
      'select id from control.identities where email = $1',
      [owner.email],
    )
    const answer = await erase(owner, owner.email)
    expect([answer.status, answer.body.code]).toEqual([409, 'last_owner'])
    expect(answer.body.detail).toContain('Firma')
    expect(rows).toHaveLength(1)
  })

  it('leaves nothing of her in any table, and no byte of the audit log changed', async () => {
    const audit = async (): Promise<string[]> =>
      (await dump()).split('\n').filter((line) => line.startsWith('app.audit_logs'))
    const before = await audit()
    expect(await found()).toEqual([NAME, EMAIL, PHONE])
    expect((await erase(ana, ` ${EMAIL.toUpperCase()} `)).status).toBe(204)
    expect(await found()).toEqual([])
    const after = new Set(await audit())
    expect(before.filter((line) => !after.has(line))).toEqual([])
  })

  it('ends every session at once, and her sign-in', async () => {
    expect((await ana.get('/me')).status).toBe(401)
    const payload = { email: EMAIL, password: ana.password }
    const answer = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload })
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_credentials'])
  })

  it('shows others that somebody was there, and no longer who', async () => {
    const { items } = (await owner.get(`/audit-logs?entityId=${memberId}&limit=50`)).body
    expect(items.map((log: { action: string }) => log.action)).toEqual(
      expect.arrayContaining(['privacy.erased', 'update', 'insert']),
    )
    const made = items.find((log: { action: string }) => log.action === 'insert')
    expect(made.after).toMatchObject({ name: null, email: null, role: 'member' })
    expect(items.find((log: { action: string }) => log.action === 'privacy.erased').actor.name).toBe(
      'Pessoa apagada',
    )
  })

  it('orders the end of the workspace that nobody is left in, and leaves the shared one', async () => {
    const { rows } = await harness.database.admin.query(
      `select t.name, t.delete_after is not null as ends, r.status from app.tenants t
       join control.registered_tenants r using (tenant_id) order by 1`,
    )
    expect(rows).toEqual([
      { name: 'Casa', ends: true, status: 'deleting' },
      { name: 'Firma', ends: false, status: 'active' },
    ])
  })

  it('keeps the books: what she booked by message is still there', async () => {
    const { rows } = await harness.database.admin.query(
      'select amount_minor::int as amount from app.transactions where tenant_id = $1',
      [ana.session.tenant.id],
    )
    expect(rows).toEqual([{ amount: -5000 }])
  })

  it('can be done again: a job that finishes what was begun finds nothing to do', async () => {
    const deps = { ...harness.context, log: harness.context.logger }
    const before = await dump()
    await erasePerson(deps, identityId)
    expect((await dump()).split('\n').filter((line) => line.startsWith('app.'))).toEqual(
      before.split('\n').filter((line) => line.startsWith('app.')),
    )
    expect(await found()).toEqual([])
  })

  it('is finished from wherever it was cut off', async () => {
    const bea = await harness.signUp({ name: 'Beatriz Inacabada', email: 'bea.inacabada@example.com' })
    const { rows } = await harness.database.admin.query(
      'select id from control.identities where email = $1',
      [bea.email],
    )
    const id = (rows as [{ id: string }])[0].id
    const broken = {
      ...harness.context,
      log: harness.context.logger,
      control: {
        ...harness.context.control,
        transaction: () => Promise.reject(new Error('the process died')),
      },
    }
    await expect(erasePerson(broken, id)).rejects.toThrow('the process died')
    await harness.context.control.query("select control.enqueue('privacy.erasures', null, $1, null)", id)
    await vi.waitFor(async () => expect(await dump()).not.toContain('Beatriz Inacabada'), { timeout: 20_000 })
    expect(await dump()).not.toContain(bea.email)
  })
})
