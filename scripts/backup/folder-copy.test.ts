/** The way without pg_dump: the commands themselves, on a database of their own, as somebody types them. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { freshEnvironment } from '../env-file.ts'
import { freePort } from '../ports.ts'
import { ROOT_HOME } from '../postgres-binaries.ts'
import { localEnvironment, readPorts } from '../settings.ts'
import { runMigrations } from '../dev-database.ts'
import { createFolderCopy, DATABASE_FILES } from './create.ts'
import { readManifest } from './manifest.ts'
import { checkRestored, restoreFolder } from './restore.ts'

const key = await newBackupKey()
const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
let place: string

beforeAll(() => {
  execFileSync('mkdir', ['-p', base])
  place = mkdtempSync(path.join(base, 'copies-'))
  execFileSync('chmod', ['755', place])
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

describe('a stopped copy of the data folder', () => {
  it('is restored with every row and rule; a cut one, and a place that is taken, are refused', async () => {
    const dataDir = path.join(place, 'one')
    const settings = { fsync: 'off' }
    const server = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings })
    const env = { ...freshEnvironment(), EMBEDDED_POSTGRES_PORT: String(server.port) }
    const local = localEnvironment(env, { ...readPorts(env), postgres: server.port }, server.adminUrl)
    await runMigrations(local, () => undefined)
    const backups = path.join(place, 'backups')
    const made = await createFolderCopy(
      { key, folder: backups, now: new Date(), settings: '' },
      local['DATABASE_BACKUP_URL'] ?? '',
      dataDir,
      () => server.stop(),
    )
    expect(readdirSync(backups)).toEqual([made.name])
    expect(made.manifest.rows['control.migrations']).toBeGreaterThan(20)

    await expect(restoreFolder(made.path, key, dataDir)).rejects.toThrow(/already/)
    const manifest = await readManifest(made.path, key)
    const copy = path.join(place, 'two')
    await restoreFolder(made.path, key, copy)
    const restored = await startEmbeddedPostgres({ dataDir: copy, port: await freePort(), settings })
    try {
      const url = new URL(restored.adminUrl)
      url.pathname = new URL(local['DATABASE_URL'] ?? '').pathname
      await checkRestored(url.href, manifest)
      const admin = new pg.Client({ connectionString: url.href })
      await admin.connect()
      await admin.query('delete from control.plans')
      await admin.end()
      await expect(checkRestored(url.href, manifest)).rejects.toThrow(/control.plans: 0 instead of/)
    } finally {
      await restored.stop({ immediately: true })
    }
    truncateSync(path.join(made.path, DATABASE_FILES.folder), 100_000)
    await expect(restoreFolder(made.path, key, path.join(place, 'three'))).rejects.toThrow(
      /cut short|tar ended/,
    )
    expect(existsSync(path.join(place, 'three', 'cluster', 'postmaster.pid'))).toBe(false)
  })
})
