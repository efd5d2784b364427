/** The command line about workspaces, run as an operator runs it. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { newBackupKey } from '../src/platform/backup-key.ts'
import { createHarness, type Harness } from './harness.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const key = await newBackupKey()
const folder = mkdtempSync(path.join(tmpdir(), 'tenant commands '))
let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await harness.close()
})

describe('the command line', () => {
  const run = promisify(execFile)

  function environment(): Record<string, string> {
    const { config, database } = harness
    return {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      DATABASE_CONTROL_URL: database.controlUrl,
      DATABASE_BACKUP_URL: database.backupUrl,
      DATABASE_ADMIN_URL: inject('adminUrl'),
      REDIS_URL: '',
      JWT_SECRET: config.jwtSecret,
      SESSION_SECRET: config.sessionSecret,
      ENCRYPTION_KEY: config.encryptionKey,
      BCRYPT_ROUNDS: '4',
      BACKUP_KEY: key.identity,
      BACKUP_DIR: folder,
    }
  }

  async function command(
    program: string,
    ...given: (string | Record<string, string>)[]
  ): Promise<{ code: number; out: string; err: string }> {
    const args = given.filter((each) => typeof each === 'string')
    const env = { ...environment(), ...given.find((each) => typeof each === 'object') }
    try {
      const { stdout, stderr } = await run(process.execPath, [program, ...args], { cwd: ROOT, env })
      return { code: 0, out: stdout, err: stderr }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, out: stdout, err: stderr }
    }
  }

  it('ends every session of a person, and tells everybody who is to know', async () => {
    const nora = await harness.verify(await harness.signUp())
    await nora.post('/me/tokens', { name: 'x', scopes: ['ledger.read'], expiresInDays: 30 })
    const program = 'backend/src/person-sessions-end.ts'
    const ended = await command(program, nora.email.toUpperCase(), 'stolen laptop', '1')
    expect([ended.code, ended.out]).toEqual([0, `${nora.email}: 1 sessions and 1 API tokens ended\n`])
    const { rows } = await harness.database.admin.query(
      `select a.act, a.operator_name, a.detail, (select count(*)::int from control.sessions s
         join control.identities i on i.id = s.identity_id where i.email = $1 and s.ended_at is null) as live
       from control.operator_acts a where act = 'person.sessions_ended'`,
      [nora.email],
    )
    expect(rows).toEqual([
      {
        act: 'person.sessions_ended',
        operator_name: 'command line',
        detail: expect.stringMatching(/^[0-9a-f-]{36}: stolen laptop$/),
        live: 0,
      },
    ])
    const again = await command(program, nora.email)
    expect([again.code, again.out]).toEqual([0, `${nora.email}: 0 sessions and 0 API tokens ended\n`])
    const nobody = await command(program, 'nobody@example.com')
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('Nobody here has')])
    expect((await command(program, 'no e-mail')).code).toBe(2)
  })

  it('makes a workspace, lists it, exports it, backs it up and says what is wrong', async () => {
    const nora = await harness.verify(await harness.signUp())
    const made = await command('backend/src/tenant-create.ts', 'Loja Nova', nora.email, '', 'EUR', 'es')
    expect([made.err, made.code]).toEqual(['', 0])
    const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(made.out)?.[0] ?? ''
    expect(made.out).toContain(`make person-reset-link EMAIL=${nora.email} prints a link`)
    const mailed = await command('backend/src/tenant-create.ts', 'Com e-mail', nora.email, {
      EMAIL_HOST: 'localhost',
    })
    expect(mailed.out).toContain(`${nora.email} gets a mail`)
    expect(await command('backend/src/tenant-export.ts', id)).toMatchObject({
      code: 1,
      err: 'Nobody has entered this workspace yet: it holds nothing\n',
    })
    expect(await nora.post('/auth/switch', { tenantId: id })).toMatchObject({
      status: 200,
      body: { user: { role: 'owner' }, tenant: { currency: 'EUR' } },
    })
    const again = await command('backend/src/tenant-create.ts', 'Sem e-mail', 'no-address')
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('Say for whom')])

    const list = await command('backend/src/tenant-list.ts')
    const line = list.out.split('\n').find((each) => each.startsWith(id))
    expect(line?.split('\t')).toEqual([
      id,
      'active',
      expect.any(String),
      '-',
      '-',
      expect.any(String),
      'Loja Nova',
    ])

    // As make does, with an administrator's address in the environment: this server's, and not the checkout's own.
    const typed = await command('scripts/db.ts', 'tenant-list')
    expect([typed.err, typed.out]).toEqual(['', list.out])
    const piped = await run(
      'sh',
      ['-c', `exec "$0" backend/src/tenant-export.ts ${id} - 3>&1 >&2`, process.execPath],
      {
        ...{ cwd: ROOT, env: environment(), encoding: 'buffer' },
      },
    )
    expect(piped.stdout.subarray(0, 2).toString()).toBe('PK')

    const zip = path.join(folder, 'loja.zip')
    const exported = await command('backend/src/tenant-export.ts', id, zip)
    expect([exported.err, exported.code]).toEqual(['', 0])
    expect([exported.code, exported.out]).toEqual([0, `${zip}: ${statSync(zip).size} bytes\n`])
    expect(readFileSync(zip).subarray(0, 2).toString()).toBe('PK')
    expect(statSync(zip).mode & 0o777).toBe(0o600)
    const twice = await command('backend/src/tenant-export.ts', id, zip)
    expect([twice.code, twice.err]).toEqual([1, `${zip} is there already\n`])
    const none = await command(
      'backend/src/tenant-export.ts',
      '00000000-0000-7000-8000-000000000000',
      `${zip}.none`,
    )
    const noSuch =
      'There is no workspace 00000000-0000-7000-8000-000000000000: make tenant-list names them.\n'
    expect([none.code, none.err, existsSync(`${zip}.none`)]).toEqual([1, noSuch, false])
    // As make types it: the program's line alone, and 1.
    const typedSo = await command('scripts/db.ts', 'tenant-export', '00000000-0000-7000-8000-000000000000')
    expect([typedSo.code, `${typedSo.out}${typedSo.err}`]).toEqual([1, noSuch])
    const nobody = await command('scripts/db.ts', 'person-reset-link', 'nobody@example.com')
    expect([nobody.code, `${nobody.out}${nobody.err}`]).toEqual([
      1,
      'Nobody here has the e-mail nobody@example.com.\n',
    ])

    const out = path.join(folder, 'loja.chronos')
    const backup = await command('scripts/backup/tenant.ts', 'create', id, out)
    expect([backup.err, backup.code]).toEqual(['', 0])
    expect(backup.out).toContain('Loja Nova')
    const { rows } = await harness.database.admin.query(
      `select (select array_agg(act) from control.operator_acts where tenant_id = $1 and act = 'tenant.backed_up') as acts,
         (select array_agg(after ->> 'kind') from app.audit_logs where tenant_id = $1 and action = 'export.requested' and after ->> 'kind' is not null) as events`,
      [id],
    )
    expect(rows).toEqual([{ acts: ['tenant.backed_up'], events: ['backup'] }])
    const over = await command('scripts/backup/tenant.ts', 'restore', out)
    expect([over.code, over.err]).toEqual([1, expect.stringContaining('only where there is nothing of it')])
  }, 120_000)
})
