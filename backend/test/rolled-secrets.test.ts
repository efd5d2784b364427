/**
 * Every secret can be replaced while people stay signed in: first the new one beside the old one, then alone. And no
 * encrypted column is forgotten: the list that `make rotate-keys` goes through is held to the catalogue and to the rows.
 */
import { createHmac, randomUUID } from 'node:crypto'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../src/integrations/whatsapp/signature.ts'
import { verifyChain } from '../src/modules/audit/audit-verify.service.ts'
import { createOperator } from '../src/modules/control-plane/operators.service.ts'
import { ENCRYPTED_COLUMNS } from '../src/platform/encrypted-columns.ts'
import { rotateKeys } from '../src/platform/key-rotation.ts'
import { SYSTEM } from '../src/platform/tenancy.ts'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'

const OLD = {
  JWT_SECRET: 'jwt-secret-of-last-year-0123456789',
  SESSION_SECRET: 'session-secret-of-last-year-0123456789',
  ENCRYPTION_KEY: '0f1e2d3c'.repeat(8),
  BILLING_SECRET: 'billing-secret-of-last-year-0123456789',
  WHATSAPP_WEBHOOK_SECRET: 'webhook-secret-of-last-year',
}
const NEW = {
  JWT_SECRET: 'jwt-secret-of-this-year-0123456789',
  SESSION_SECRET: 'session-secret-of-this-year-0123456789',
  ENCRYPTION_KEY: '9a8b7c6d'.repeat(8),
  BILLING_SECRET: 'billing-secret-of-this-year-0123456789',
  WHATSAPP_WEBHOOK_SECRET: 'webhook-secret-of-this-year',
}
const BEFORE = Object.fromEntries(Object.entries(OLD).map(([name, value]) => [`${name}_PREVIOUS`, value]))
const NAME = 'Quitéria Valadares'
const OPERATOR = { email: 'olga@example.com', name: 'Olga', password: 'an operator has a long password' }

/** The same server three times: before, while it rolls, and when the old secrets are gone. */
let before: Harness
let rolling: Harness
let after: Harness
let person: Client
let totp: string
let operatorTotp: string

beforeAll(async () => {
  before = await createHarness({ environment: OLD })
  const { database } = before
  rolling = await createHarness({ environment: { ...NEW, ...BEFORE }, database })
  after = await createHarness({ environment: NEW, database })
  person = await before.signUp({ name: NAME })
  for (let n = 0; n < 4; n += 1) await before.signUp()
  totp = (await person.post('/me/totp')).body.secret
  expect((await person.post('/me/totp/confirm', { code: codeOf(totp) })).status).toBe(200)
  operatorTotp = (await createOperator({ ...before.context, bcryptRounds: 4 }, OPERATOR)).secret
})
afterAll(async () => {
  await after.close()
  await rolling.close()
  await before.close()
})

/** Codes are taken once: each is of a step of its own, by the clocks of all three. */
function codeOf(secret: string): string {
  for (const each of [before, rolling, after]) each.clock.advance(30_000)
  return generateSync({ secret, epoch: Math.floor(before.clock.now().getTime() / 1000) })
}

const post = (at: Harness, url: string, payload: object): Promise<Answer> =>
  at.request({ method: 'POST', url: `/api/v1${url}`, payload })

async function signInWithCode(at: Harness): Promise<Answer> {
  const asked = await post(at, '/auth/login', { email: person.email, password: person.password })
  expect(asked.body.code).toBe('second_factor_required')
  return post(at, '/auth/second-factor', {
    challenge: asked.body.challenge.token,
    code: codeOf(totp),
    includeRefreshToken: true,
  })
}

const operatorSignIn = (at: Harness): Promise<Answer> =>
  post(at, '/control/sessions', {
    email: OPERATOR.email,
    password: OPERATOR.password,
    code: codeOf(operatorTotp),
    includeToken: true,
  })

function webhook(at: Harness, secret: string): Promise<Answer> {
  const payload = JSON.stringify({ object: 'whatsapp_business_account', entry: [] })
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature-256': sign(secret, Buffer.from(payload)),
  }
  return at.request({ method: 'POST', url: '/api/v1/webhooks/whatsapp', payload, headers })
}

function billing(at: Harness, secret: string): Promise<Answer> {
  const payload = JSON.stringify({ planId: 'free', reference: 'invoice' })
  const seconds = Math.floor(at.clock.now().getTime() / 1000)
  const signature = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex')
  return at.request({
    method: 'POST',
    url: `/api/v1/control/tenants/${person.session.tenant.id}/plan`,
    headers: { 'content-type': 'application/json', 'x-chronos-signature': `t=${seconds},v1=${signature}` },
    payload,
  })
}

const sessionAt = (at: Harness, token: string): Promise<Answer> =>
  at.request({ method: 'GET', url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } })

describe('a secret that rolls', () => {
  it('lets in what the one before it signed, while that one is still named, and no longer', async () => {
    const { accessToken } = person.session
    const statusAt = async (at: Harness): Promise<number[]> => [
      (await sessionAt(at, accessToken)).status,
      (await webhook(at, OLD.WHATSAPP_WEBHOOK_SECRET)).status,
      (await billing(at, OLD.BILLING_SECRET)).status,
    ]
    expect(await statusAt(rolling)).toEqual([200, 200, 200])
    expect(await statusAt(after)).toEqual([401, 401, 401])
    for (const at of [rolling, after]) {
      expect((await webhook(at, NEW.WHATSAPP_WEBHOOK_SECRET)).status).toBe(200)
      at.clock.advance(1000)
      expect((await billing(at, NEW.BILLING_SECRET)).status).toBe(200)
    }
  })

  it('signs nobody out: the next refresh carries the new one, which is then enough', async () => {
    const session = (await signInWithCode(before)).body
    const renewed = await post(rolling, '/auth/refresh', { refreshToken: session.refreshToken })
    expect(renewed.status).toBe(200)
    expect((await sessionAt(after, renewed.body.accessToken)).status).toBe(200)
    expect((await post(after, '/auth/refresh', { refreshToken: renewed.body.refreshToken })).status).toBe(200)
  })
})

describe('make rotate-keys', () => {
  /** The first segment of every value: the key that it has. */
  async function keysInUse(): Promise<Set<string>> {
    const used = new Set<string>()
    for (const [column, { waiting }] of Object.entries(ENCRYPTED_COLUMNS)) {
      const { rows } = await before.database.admin.query(waiting, ['0'.repeat(32), 'none', 1000])
      expect(rows.length, column).toBeGreaterThan(0)
      for (const { sealed } of rows as { sealed: string }[]) used.add(sealed.split('.')[0] ?? '')
    }
    return used
  }

  it('goes on where it was ended, in batches, and counts what it wrote', async () => {
    const { keyring, control } = rolling.context
    let statements = 0
    const dying = {
      query: <Row>(text: string, ...values: readonly unknown[]): Promise<Row[]> => {
        statements += 1
        // After two batches of the keys of persons, which come last.
        if (statements > 8) throw new Error('the machine went away')
        return control.query<Row>(text, ...values)
      },
    }
    await expect(rotateKeys({ control: dying, keyring }, 2)).rejects.toThrow('went away')
    expect((await keysInUse()).size).toBe(2)
    const rest = await rotateKeys({ control, keyring }, 2)
    expect(rest.map(({ rewritten, unreadable }) => [rewritten > 0, unreadable])).toEqual([
      [false, []],
      [false, []],
      [true, []],
    ])
    expect([...(await keysInUse())]).toEqual([keyring.currentId])
    const again = await rotateKeys({ control, keyring })
    expect(again.every(({ rewritten }) => rewritten === 0)).toBe(true)
  })

  it('leaves everybody able to sign in, names readable and the audit log whole without the old key', async () => {
    const signedIn = await signInWithCode(after)
    expect(signedIn.status).toBe(200)
    expect((await operatorSignIn(after)).status).toBe(201)
    const { body } = await after.clientFor(signedIn.body, person).get('/audit-logs?limit=50')
    expect(JSON.stringify(body.items)).toContain(NAME)
    const tenant = after.context.tenancy.enter({
      tenantId: person.session.tenant.id,
      actor: SYSTEM,
      requestId: null,
    })
    expect(await verifyChain(tenant, [])).toMatchObject({ ok: true, firstBroken: null })
  })

  it('names what no configured key opens, and changes the rest', async () => {
    const owner = randomUUID()
    const lost = before.context.keyring.seal('x', { owner, column: 'control.data_keys.sealed_key' })
    await before.database.admin.query(
      'insert into control.data_keys (owner_id, sealed_key, created_at) values ($1, $2, now())',
      [owner, lost],
    )
    const columns = await rotateKeys(after.context)
    expect(columns.flatMap(({ unreadable }) => unreadable)).toEqual([owner])
    await before.database.admin.query('delete from control.data_keys where owner_id = $1', [owner])
  })
})

describe('the list of encrypted columns', () => {
  /** Named as if they held a secret, and why they need no rotation. */
  const OTHERWISE: Record<string, RegExp> = {
    'a hash': /_hash$/,
    'public: a passkey is no secret of ours': /^control[.]passkeys[.]credential_id$/,
    'under the key of a person': /^(app\.(users|invitations)\.(name|email)_sealed)$/,
  }

  it('has every column whose name says that it holds a secret', async () => {
    const { rows } = await before.database.admin.query(`
      select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
      where table_schema in ('app', 'control') and data_type in ('text', 'bytea', 'jsonb')
        and column_name ~ '(secret|seal|cipher|crypt|credential|password|private|api_key|token)'
      order by 1`)
    const unknown = (rows as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => !(name in ENCRYPTED_COLUMNS))
      .filter((name) => !Object.values(OTHERWISE).some((pattern) => pattern.test(name)))
    expect(unknown).toEqual([])
  })

  it('has every column in which a value of the keyring stands', async () => {
    const { rows } = await before.database.admin.query(`
      select table_schema as schema, table_name as table, column_name as column from information_schema.columns
      join information_schema.tables using (table_schema, table_name)
      where table_schema in ('app', 'control') and table_type = 'BASE TABLE' and data_type in ('text', 'jsonb')`)
    const found: string[] = []
    for (const { schema, table, column } of rows as { schema: string; table: string; column: string }[]) {
      const hit = await before.database.admin.query(
        `select 1 from ${schema}.${table} where ${column}::text ~ '^"?k[0-9a-f]{8}[.][A-Za-z0-9_-]{38,}"?$' limit 1`,
      )
      if (hit.rows.length > 0) found.push(`${schema}.${table}.${column}`)
    }
    expect(found.sort()).toEqual(Object.keys(ENCRYPTED_COLUMNS).sort())
  })
})
