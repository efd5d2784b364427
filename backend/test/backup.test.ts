/** A backup of a database in use, restored elsewhere and held to what it was; and everything that must fail loudly. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { newBackupKey } from '../src/platform/backup-key.ts'
import { createDump, DATABASE_FILES } from '../../scripts/backup/create.ts'
import type { CreatedBackup } from '../../scripts/backup/create.ts'
import { readManifest } from '../../scripts/backup/manifest.ts'
import type { Manifest } from '../../scripts/backup/manifest.ts'
import { findProgram } from '../../scripts/backup/programs.ts'
import { differencesFrom, restoreDump } from '../../scripts/backup/restore.ts'
import { recordRun } from '../../scripts/backup/runs.ts'
import { verifyBackup } from '../../scripts/backup/verify.ts'
import { countRows, listRules, wrongTotals } from '../../scripts/backup/catalogue.ts'
import { createHarness, type Harness } from './harness.ts'
import { addAccount, addTransactions, tenantOf } from './ledger.ts'
import { urlsFor } from './database.ts'

const key = await newBackupKey()
let harness: Harness
let folder: string
/** Undefined where this machine has none that is as new as the server. */
let pgDump: string | undefined

beforeAll(async () => {
  harness = await createHarness()
  const { rows } = await harness.database.admin.query('show server_version')
  pgDump = findProgram('pg_dump', rows[0].server_version)
  folder = mkdtempSync(path.join(tmpdir(), 'backups of '))
  const ana = await harness.signUp()
  await harness.signUp()
  const tenant = tenantOf(harness, ana)
  const account = await addAccount(tenant)
  await addTransactions(
    tenant,
    Array.from({ length: 50 }, (_, index) => ({
      accountId: account,
      occurredOn: `2026-10-${String((index % 28) + 1).padStart(2, '0')}`,
      amountMinor: index * 100 - 999,
    })),
  )
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await harness.close()
})

const options = (into = folder) => ({ key, folder: into, now: new Date(), settings: 'LOG_LEVEL=info\n' })

describe('a backup', () => {
  it('is refused for a login that row level security binds: it would be empty', async () => {
    await expect(createDump(options(), harness.database.appUrl)).rejects.toThrow(/backup would be empty/)
  })

  it('leaves nothing behind where the disk is full', async ({ skip }) => {
    const full = mkdtempSync(path.join(tmpdir(), 'full disk '))
    const mounted = ((): boolean => {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full], { stdio: 'ignore' })
        return true
      } catch {
        return false
      }
    })()
    try {
      skip(!mounted || pgDump === undefined, 'needs a mounted tmpfs and pg_dump')
      await expect(createDump(options(full), harness.database.backupUrl)).rejects.toThrow(
        /is full: no backup was made/,
      )
      expect(readdirSync(full)).toEqual([])
    } finally {
      if (mounted) execFileSync('umount', [full])
      rmSync(full, { recursive: true, force: true })
    }
  })
})

// The embedded server carries no pg_dump; scripts/backup/folder-copy.test.ts covers the way without it.
describe('a dump', () => {
  let backup: CreatedBackup

  beforeEach(({ skip }) => skip(pgDump === undefined, 'needs a pg_dump that is as new as the server'))
  beforeAll(async () => {
    if (pgDump === undefined) return
    backup = await createDump(options(), harness.database.backupUrl)
  })

  /** The same backup with one thing done to a copy of it. */
  async function damaged(damage: (database: string, copy: string) => void, by = key): Promise<unknown> {
    const copy = `${backup.path}.copy`
    cpSync(backup.path, copy, { recursive: true })
    try {
      damage(path.join(copy, DATABASE_FILES.dump), copy)
      return await readManifest(copy, by)
    } finally {
      rmSync(copy, { recursive: true })
    }
  }

  it('counts what the superuser counts, and keeps nothing readable', async () => {
    const { rows } = await harness.database.admin.query(
      'select count(*)::int as count from app.transaction_lines',
    )
    expect(backup.manifest.rows['app.transaction_lines']).toBe(rows[0].count)
    expect(rows[0].count).toBeGreaterThan(49)
    const bytes = readFileSync(path.join(backup.path, DATABASE_FILES.dump))
    expect(bytes.includes('PGDMP')).toBe(false)
    expect(readdirSync(folder)).toEqual([backup.name])
  })

  it('is refused when it was cut, changed or exchanged, when its manifest was, and under another key', async () => {
    await expect(damaged((file) => truncateSync(file, 5000))).rejects.toThrow(/has 5000 bytes instead of/)
    await expect(damaged((file) => appendFileSync(file, 'x'))).rejects.toThrow(/bytes instead of/)
    const flip = (file: string): void => {
      const bytes = readFileSync(file)
      bytes[900] = (bytes[900] ?? 0) ^ 1
      writeFileSync(file, bytes)
    }
    await expect(damaged(flip)).rejects.toThrow(/database.dump.age was changed/)
    await expect(damaged((file) => rmSync(file))).rejects.toThrow(/database.dump.age is missing/)
    const lie = (_file: string, copy: string): void => {
      const manifest = path.join(copy, 'manifest.json')
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"app.users": \d+/, '"app.users": 7'))
    }
    await expect(damaged(lie)).rejects.toThrow(/manifest.json was changed/)
    await expect(damaged(() => undefined, await newBackupKey())).rejects.toThrow(/BACKUP_KEY is another one/)
  })

  it('is not restored over data, and a broken one leaves the database empty', async () => {
    const admin = inject('adminUrl')
    const over = urlsFor(admin, new URL(harness.database.appUrl).pathname.slice(1))
    await expect(restoreDump(backup.path, key, backup.manifest, admin, over)).rejects.toThrow(
      /empty server alone/,
    )
    const name = `chronos_restored_${randomBytes(6).toString('hex')}`
    const cut = `${backup.path}.cut`
    cpSync(backup.path, cut, { recursive: true })
    truncateSync(path.join(cut, DATABASE_FILES.dump), 20_000)
    try {
      await expect(restoreDump(cut, key, backup.manifest, admin, urlsFor(admin, name))).rejects.toThrow(
        /cannot be read|ended with/,
      )
      const client = new pg.Client({ connectionString: urlsFor(admin, name).ownerUrl })
      await client.connect()
      const { rows } = await client.query(
        "select count(*)::int as tables from pg_tables where schemaname = 'app'",
      )
      await client.end()
      expect(rows).toEqual([{ tables: 0 }])
    } finally {
      rmSync(cut, { recursive: true })
      await harness.database.admin.query(`drop database if exists ${name} with (force)`)
    }
  })

  it('is restored whole: counts, rules, roles, balances, the audit chain, and people sign in', async () => {
    const env = { PATH: process.env['PATH'] ?? '', ENCRYPTION_KEY: harness.config.encryptionKey }
    const checks = await verifyBackup(backup.path, key, await readManifest(backup.path, key), env)
    expect(checks).toEqual(
      ['counts, policies, grants and triggers', 'roles', 'balances', 'audit chain', 'sign-in'].map(
        (name) => ({
          name,
          problems: [],
        }),
      ),
    )
  }, 60_000)
})

describe('what a backup came to', () => {
  it('is written down by the control login and read by the one for backups', async () => {
    const at = new Date('2026-11-26T03:15:00Z')
    const run = { at, ok: true, name: 'chronos-20261126T031500Z', rows: 5, sizeBytes: 7, durationMs: 1.4 }
    const old = { ...run, at: new Date('2025-01-01T03:15:00Z') }
    await recordRun(harness.database.controlUrl, { ...old, copied: false, error: null })
    await recordRun(harness.database.controlUrl, { ...run, copied: true, error: null })
    const reader = new pg.Client({ connectionString: harness.database.backupUrl })
    await reader.connect()
    const { rows } = await reader.query(
      'select name, row_count, duration_ms, ok, copied from control.backup_runs',
    )
    await reader.end()
    expect(rows).toEqual([{ name: run.name, row_count: '5', duration_ms: '1', ok: true, copied: true }])
  })
})

describe('what a restored database is held to', () => {
  it.each<[string, string, RegExp]>([
    ['a missing row', 'delete from app.tags; delete from control.sessions', /control.sessions: 0 instead of/],
    ['a policy', 'drop policy tenant on app.accounts', /missing: policy app.accounts/],
    [
      'the force of row level security',
      'alter table app.accounts no force row level security',
      /was not there: table app.accounts/,
    ],
    [
      'a trigger',
      'drop trigger roll_up_insert on app.transaction_lines',
      /missing: trigger .*roll_up_insert/,
    ],
    [
      'a grant',
      'grant truncate on app.accounts to chronos_app',
      /was not there: grant app.accounts chronos_app TRUNCATE/,
    ],
  ])('notices %s', async (_what, statement, expected) => {
    const { admin } = harness.database
    const manifest = await currentManifest(admin)
    expect(await differencesFrom(admin, manifest)).toEqual([])
    await admin.query('begin')
    try {
      await admin.query(statement)
      expect((await differencesFrom(admin, manifest)).join('\n')).toMatch(expected)
    } finally {
      await admin.query('rollback')
    }
  })

  it('notices a balance, a day and a month that do not equal their lines', async () => {
    const { admin } = harness.database
    expect(await wrongTotals(admin)).toEqual([])
    for (const table of ['account_totals', 'account_days']) {
      await admin.query('begin')
      await admin.query(`update app.${table} set net_minor = net_minor + 1`)
      expect(await wrongTotals(admin)).not.toEqual([])
      await admin.query('rollback')
    }
    await admin.query('begin')
    await admin.query('delete from app.monthly_totals')
    expect((await wrongTotals(admin)).join()).toMatch(/month 2026-10/)
    await admin.query('rollback')
    await admin.query('begin')
    await admin.query(
      "insert into app.whatsapp_message_keys (tenant_id, kind, value, message_id) values ($1, 'wamid', 'x', $1)",
      ['00000000-0000-0000-0000-000000000001'],
    )
    expect((await wrongTotals(admin)).join()).toMatch(/key of message/)
    await admin.query('rollback')
  })
})

async function currentManifest(admin: pg.Client): Promise<Manifest> {
  const [rows, rules] = [await countRows(admin), await listRules(admin)]
  return {
    form: 1,
    kind: 'dump',
    takenAt: '',
    server: '',
    migrations: [],
    otherRoles: [],
    files: [],
    rows,
    rules,
  }
}
