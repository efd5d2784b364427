/** One workspace into a file and back: as it was, on another server and on its own, and never over anything. */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { newBackupKey } from '../src/platform/backup-key.ts'
import { backUpTenant, CONTROL_TABLES, tenantTables } from '../../scripts/backup/tenant-backup.ts'
import { readTenantFile, writeTenantFile } from '../../scripts/backup/tenant-file.ts'
import { restoreTenant } from '../../scripts/backup/tenant-restore.ts'
import { verifyChain } from '../src/modules/audit/audit-verify.service.ts'
import { deleteWorkspace } from '../src/modules/workspace/deletion.service.ts'
import { erasePerson } from '../src/modules/privacy/erasure.service.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createHarness, type Client, type Harness } from './harness.ts'
import { addAccount, addTransactions, tenantOf } from './ledger.ts'
import { joinAs } from './members.ts'

const DESCRIPTION = 'Feira do Guará'
const key = await newBackupKey()
const folder = mkdtempSync(path.join(tmpdir(), 'tenant backups '))

let harness: Harness
let ana: Client
let bea: Client
let tenantId: string
let keyIds: string[]
let file: string

/** The administrator's address of a test database. */
function adminUrlOf(database: TestDatabase): string {
  const url = new URL(inject('adminUrl'))
  url.pathname = new URL(database.ownerUrl).pathname
  return url.href
}

beforeAll(async () => {
  harness = await createHarness()
  keyIds = [harness.context.keyring.currentId]
  ana = await harness.signUp({ name: 'Ana Prado', workspaceName: 'Casa' })
  tenantId = ana.session.tenant.id
  await harness.signUp({ workspaceName: 'Vizinhança Alheia' })
  bea = await joinAs(harness, ana, 'member')
  const tenant = tenantOf(harness, ana)
  const account = await addAccount(tenant)
  await addTransactions(
    tenant,
    Array.from({ length: 1200 }, (_, index) => ({
      accountId: account,
      occurredOn: `2026-10-${String((index % 28) + 1).padStart(2, '0')}`,
      amountMinor: index * 100 - 999,
    })),
  )
  const entry = { accountId: account, occurredOn: '2026-11-20', amountMinor: -700, description: DESCRIPTION }
  await ana.post('/transactions', { ...entry, tags: ['casa'], payee: 'Feira', notes: 'um\ttab e\numa linha' })
  const categoryId = (await ana.get('/categories?limit=1')).body.items[0].id
  await ana.post('/budgets', { categoryId, amountMinor: 100_00 })
  await ana.upload('/imports', {
    name: 'x.csv',
    content: 'data;descricao;valor\n25/11/2026;Mercado;-10,50\n',
  })
  await addMessages()
  const sealed = await harness.database.admin.query('select 1 from app.users where name_sealed is not null')
  expect(sealed.rowCount).toBeGreaterThan(0)
  await harness.context.tenancy
    .enter({ tenantId, actor: { type: 'system', userId: null }, requestId: null })
    .bulk((tx) => tx.query('select 1 as one'))
  file = path.join(folder, 'casa.chronos')
  await backUpTenant(harness.database.backupUrl, key, tenantId, file)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await harness.close()
})

/** A message of a chat, and the reply to it. */
async function addMessages(): Promise<void> {
  const { admin } = harness.database
  const chat = randomUUID()
  await admin.query(
    `insert into app.whatsapp_chats (tenant_id, id, user_id, phone_number_id, state, created_at, updated_at)
     values ($1, $2, $3, '1', 'linked', now(), now())`,
    [tenantId, chat, ana.session.user.id],
  )
  const message = `insert into app.whatsapp_messages
    (tenant_id, id, chat_id, direction, wamid, type, state, in_reply_to, occurred_at, created_at, updated_at)`
  const asked = randomUUID()
  await admin.query(
    `${message} values ($1, $2, $3, 'inbound', 'wamid.kept', 'text', 'received', null, now(), now(), now()),
       ($1, $4, $3, 'outbound', null, 'text', 'queued', $2, now(), now(), now())`,
    [tenantId, asked, chat, randomUUID()],
  )
}

/** All rows of the workspace, by table, as the administrator sees them. */
async function everything(database: TestDatabase): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const table of await tenantTables(database.admin)) {
    const { rows } = await database.admin.query<{ row: string }>(
      `select to_jsonb(t)::text as row from ${table} t where tenant_id = $1 order by 1`,
      [tenantId],
    )
    all[table] = rows.map(({ row }) => row)
  }
  return all
}

async function elsewhere<Result>(work: (database: TestDatabase) => Promise<Result>): Promise<Result> {
  const database = await createTestDatabase(inject('adminUrl'))
  try {
    return await work(database)
  } finally {
    await database.drop()
  }
}

/** The file again, with something done to its rows: those that `change` says no to are left out. */
async function rewritten(
  name: string,
  change: (table: string, row: Record<string, unknown>) => boolean,
): Promise<string> {
  const rows: { table: string; json: string }[] = []
  let header: Parameters<typeof writeTenantFile>[2] | undefined
  await readTenantFile(file, key, {
    header: async (read) => void (header = read),
    async row(row) {
      const parsed = JSON.parse(row.json) as Record<string, unknown>
      if (change(row.table, parsed)) rows.push({ table: row.table, json: JSON.stringify(parsed) })
    },
  })
  const out = path.join(folder, name)
  if (header)
    await writeTenantFile(
      out,
      key,
      header,
      (async function* () {
        yield* rows
      })(),
    )
  return out
}

describe('a backup of one workspace', () => {
  it('is one file that nobody reads without the key, for its owner alone, with its sum beside', () => {
    const bytes = readFileSync(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(bytes.includes(DESCRIPTION)).toBe(false)
    const sum = createHash('sha256').update(bytes).digest('hex')
    expect(readFileSync(`${file}.sha256`, 'utf8')).toBe(`${sum}  casa.chronos\n`)
  })

  it('has rows of every tenant table that has some, of that workspace alone', async () => {
    const found = await everything(harness.database)
    const tables = new Set<string>()
    await readTenantFile(file, key, {
      header: async (header) => expect(header).toMatchObject({ tenantId, name: 'Casa', keyIds }),
      async row({ table, json }) {
        tables.add(table)
        if (table.startsWith('app.')) expect(JSON.parse(json)).toMatchObject({ tenant_id: tenantId })
        expect(json).not.toContain('Alheia')
      },
    })
    const filled = Object.keys(found).filter((table) => (found[table]?.length ?? 0) > 0)
    expect(filled.length).toBeGreaterThan(12)
    for (const table of filled) expect(tables).toContain(table)
    for (const left of ['sessions', 'api_tokens', 'link_tokens', 'mails'])
      expect(CONTROL_TABLES).not.toHaveProperty(`control.${left}`)
  })

  it('is refused for a login that row level security binds, for no workspace, and over a file', async () => {
    const out = path.join(folder, 'no.chronos')
    await expect(backUpTenant(harness.database.appUrl, key, tenantId, out)).rejects.toThrow(/would be empty/)
    await expect(
      backUpTenant(harness.database.backupUrl, key, '00000000-0000-7000-8000-000000000000', out),
    ).rejects.toThrow(/no workspace/)
    await expect(backUpTenant(harness.database.backupUrl, key, tenantId, file)).rejects.toThrow(
      /there already/,
    )
    expect(existsSync(out)).toBe(false)
  })

  it('leaves nothing where reading breaks off', async () => {
    const out = path.join(folder, 'broken.chronos')
    const header = {
      form: 1,
      kind: 'chronos tenant',
      tenantId,
      name: '',
      takenAt: '',
      migrations: [],
      keyIds,
    } as const
    await expect(
      writeTenantFile(
        out,
        key,
        { ...header, migrations: [...header.migrations] },
        (async function* () {
          yield { table: 'app.tags', json: '{}' }
          throw new Error('the connection is gone')
        })(),
      ),
    ).rejects.toThrow('the connection is gone')
    expect([existsSync(out), existsSync(`${out}.partial`), existsSync(`${out}.sha256`)]).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('restoring one workspace', () => {
  it('brings every row back as it was, on a server that has nothing', async () => {
    await elsewhere(async (database) => {
      const before = await everything(harness.database)
      const restored = await restoreTenant(file, key, adminUrlOf(database), keyIds)
      expect(restored).toMatchObject({ tenantId, name: 'Casa', known: 0, erased: 0 })
      expect(await everything(database)).toEqual(before)
      const there = await createHarness({ database })
      try {
        const tenant = there.context.tenancy.enter({
          tenantId,
          actor: { type: 'system', userId: null },
          requestId: null,
        })
        expect(await verifyChain(tenant, [])).toMatchObject({ ok: true })
        const signedIn = await there.request({
          method: 'POST',
          url: '/api/v1/auth/login',
          payload: { email: ana.email, password: ana.password, tenantId, includeRefreshToken: true },
        })
        expect(signedIn.status).toBe(200)
        const again = there.clientFor(signedIn.body, ana)
        const found = await again.get('/transactions?q=feira')
        expect(found.body.items.map((each: { notes: string }) => each.notes)).toEqual([
          'um\ttab e\numa linha',
        ])
        const theirs = await ana.get('/accounts')
        expect((await again.get('/accounts')).body.items[0].balanceMinor).toBe(
          theirs.body.items[0].balanceMinor,
        )
        const made = await again.post('/transactions', {
          accountId: theirs.body.items[0].id,
          occurredOn: '2026-11-21',
          amountMinor: -100,
          description: 'Depois',
        })
        expect(made.status).toBe(201)
        const acts = await database.admin.query('select act, tenant_id::text from control.operator_acts')
        expect(acts.rows).toEqual([{ act: 'tenant.restored', tenant_id: tenantId }])
      } finally {
        await there.close()
      }
    })
  })

  it('is refused where the workspace has rows, and changes nothing', async () => {
    const before = await everything(harness.database)
    await expect(restoreTenant(file, key, adminUrlOf(harness.database), keyIds)).rejects.toThrow(
      /only where there is nothing of it/,
    )
    expect(await everything(harness.database)).toEqual(before)
  })

  it('is refused with another key, for a changed file, and for a cut one', async () => {
    await elsewhere(async (database) => {
      const target = adminUrlOf(database)
      await expect(restoreTenant(file, await newBackupKey(), target, keyIds)).rejects.toThrow(
        /cannot be read/,
      )
      const bytes = readFileSync(file)
      const changed = path.join(folder, 'changed.chronos')
      const flipped = Buffer.from(bytes)
      flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1
      writeFileSync(changed, flipped)
      await expect(restoreTenant(changed, key, target, keyIds)).rejects.toThrow()
      writeFileSync(`${changed}.sha256`, readFileSync(`${file}.sha256`))
      await expect(restoreTenant(changed, key, target, keyIds)).rejects.toThrow(/was changed/)
      const cut = path.join(folder, 'cut.chronos')
      writeFileSync(cut, bytes.subarray(0, bytes.length - 100))
      await expect(restoreTenant(cut, key, target, keyIds)).rejects.toThrow()
      expect(Object.values(await everything(database)).flat()).toEqual([])
      const { rowCount } = await database.admin.query('select 1 from control.identities')
      expect(rowCount).toBe(0)
    })
  })

  it('is refused where its sealed values could not be read, or the server is older', async () => {
    await elsewhere(async (database) => {
      await expect(restoreTenant(file, key, adminUrlOf(database), ['k00000000'])).rejects.toThrow(
        /ENCRYPTION_KEY_PREVIOUS/,
      )
      await database.admin.query(
        'delete from control.migrations where name = (select max(name) from control.migrations)',
      )
      await expect(restoreTenant(file, key, adminUrlOf(database), keyIds)).rejects.toThrow(/newer version/)
    })
  })

  it('knows its messages again, also from a backup of before their keys: one delivered twice is stored once', async () => {
    const old = await rewritten('before-keys.chronos', (table) => table !== 'app.whatsapp_message_keys')
    await elsewhere(async (database) => {
      await restoreTenant(old, key, adminUrlOf(database), keyIds)
      const { rows } = await database.admin.query(
        'select kind, value from app.whatsapp_message_keys where tenant_id = $1 order by kind',
        [tenantId],
      )
      expect(rows).toEqual([
        { kind: 'reply', value: expect.any(String) },
        { kind: 'wamid', value: 'wamid.kept' },
      ])
    })
    const wrong = await rewritten('wrong-keys.chronos', (table, row) => {
      if (table === 'app.whatsapp_message_keys') row['message_id'] = randomUUID()
      return true
    })
    await elsewhere((database) =>
      expect(restoreTenant(wrong, key, adminUrlOf(database), keyIds)).rejects.toThrow(/key of message/),
    )
  })

  it('is refused where it is not whole: a line that refers to nothing, or sums that do not fit', async () => {
    await elsewhere(async (database) => {
      const target = adminUrlOf(database)
      const orphaned = await rewritten('orphans.chronos', (table) => table !== 'app.accounts')
      await expect(restoreTenant(orphaned, key, target, keyIds)).rejects.toThrow(
        /refers to none of app.accounts/,
      )
      const wrong = await rewritten('sums.chronos', (table, row) => {
        if (table === 'app.account_totals') row['net_minor'] = Number(row['net_minor']) + 1
        return true
      })
      await expect(restoreTenant(wrong, key, target, keyIds)).rejects.toThrow(/balance of account/)
    })
  })

  it('after its deletion on the same server: alive again, without who was erased since, others as they are now', async () => {
    const { admin } = harness.database
    const changed = '$2b$04$changed'
    await admin.query('update control.identities set password_hash = $2 where email = $1', [
      ana.email,
      changed,
    ])
    const { rows } = await admin.query<{ id: string }>(
      'select id::text from control.identities where email = $1',
      [bea.email],
    )
    const beaId = rows[0]?.id ?? ''
    await erasePerson({ ...harness.context, log: harness.context.logger }, beaId)
    await admin.query(
      'update app.tenants set deletion_requested_at = $2, delete_after = $2 where tenant_id = $1',
      [tenantId, new Date(harness.clock.now().getTime() - 1000)],
    )
    await deleteWorkspace({ ...harness.context, log: harness.context.logger }, tenantId)
    expect(Object.values(await everything(harness.database)).flat()).toEqual([])
    const restored = await restoreTenant(file, key, adminUrlOf(harness.database), keyIds)
    expect(restored).toMatchObject({ known: 1, erased: 1 })
    const people = await admin.query<{ email: string; password_hash: string }>(
      'select i.email, i.password_hash from control.memberships m join control.identities i on i.id = m.identity_id where m.tenant_id = $1',
      [tenantId],
    )
    expect(people.rows).toEqual([{ email: ana.email, password_hash: changed }])
    const users = await admin.query<{ email: string; status: string }>(
      'select email, status from app.users where tenant_id = $1 order by status',
      [tenantId],
    )
    expect(users.rows).toEqual([
      { email: ana.email, status: 'active' },
      { email: expect.stringMatching(/^erased-/) as string, status: 'removed' },
    ])
    const texts = JSON.stringify(await everything(harness.database))
    expect(texts).not.toContain(bea.email)
    const state = await admin.query(
      `select r.status, r.delete_after, t.deletion_requested_at from control.registered_tenants r
       join app.tenants t using (tenant_id) where tenant_id = $1`,
      [tenantId],
    )
    expect(state.rows).toEqual([{ status: 'active', delete_after: null, deletion_requested_at: null }])
  })
})
