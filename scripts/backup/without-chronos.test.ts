/** "Without CHRONOS" of docs/backup-and-restore.md, as it stands there: whoever has the key and Debian opens every file. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backupKey, newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { blocksFor } from '../docs/markdown.ts'
import { runMigrations } from '../dev-database.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import type { EmbeddedPostgres } from '../embedded-postgres.ts'
import { freshEnvironment, ROOT } from '../env-file.ts'
import { freePort } from '../ports.ts'
import { postgresVersion, ROOT_HOME, serverUser } from '../postgres-binaries.ts'
import { localEnvironment, readPorts } from '../settings.ts'
import { AGE, findProgram } from '../system-packages.ts'
import { BASE_FILE, createBase, LABEL_FILE } from './base.ts'
import { createDump, createFolderCopy, DATABASE_FILES, KEY_FILE } from './create.ts'
import { findProgram as findPostgresProgram } from './programs.ts'
import { writeTenantFile } from './tenant-file.ts'
import { sealWal } from './wal.ts'

const SELF = 'scripts/backup/without-chronos.test.ts'

/** What stands at the top, and the lines under each comment, by the comment. */
function parts(): { top: string; under: Map<string, string> } {
  const [block] = blocksFor(ROOT, 'docs/backup-and-restore.md', SELF)
  const [top = '', ...found] = (block?.lines.join('\n') ?? '').split(/^# /m)
  const under = found.map((part): [string, string] => [
    part.slice(0, part.indexOf('\n')),
    part.slice(part.indexOf('\n') + 1),
  ])
  return { top, under: new Map(under) }
}

/** The user that the server runs as here: another name than Debian's, and nobody else where root types nothing. */
function owned(lines: string): string {
  const { uid, gid } = serverUser() ?? { uid: process.getuid?.(), gid: process.getgid?.() }
  return lines.replace('chown -R postgres: ', `chown -R ${uid}:${gid} `)
}

const pgRestore = findPostgresProgram('pg_restore', postgresVersion())
const hasDump = findPostgresProgram('pg_dump', postgresVersion()) !== undefined
const age = findProgram(AGE)
const settings = { fsync: 'off' }
let place: string
let desk: string
let server: EmbeddedPostgres
let identity: string
let appUrl: string

/** Types what stands under a comment, on a desk that has the files and the key. */
function type(begins: string, env: Record<string, string> = {}): string {
  const { top, under } = parts()
  const [, lines = ''] = [...under].find(([comment]) => comment.startsWith(begins)) ?? []
  expect(lines).toContain('age -d -i key.txt')
  return execFileSync('bash', ['-euo', 'pipefail', '-c', `${top}${owned(lines)}`], {
    cwd: desk,
    encoding: 'utf8',
    env: {
      PATH: `${path.dirname(age ?? '')}:${path.dirname(pgRestore ?? '')}:${process.env['PATH']}`,
      LC_ALL: 'C.UTF-8',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  })
}

async function startOn(cluster: string): Promise<EmbeddedPostgres> {
  const dataDir = path.dirname(cluster)
  chmodSync(dataDir, 0o755)
  return startEmbeddedPostgres({ dataDir, port: await freePort(), settings })
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const ofProduct = (of: EmbeddedPostgres): string => {
  const url = new URL(of.adminUrl)
  url.pathname = new URL(appUrl).pathname
  return url.href
}
const COUNT = 'select count(*)::int as count from control.migrations'
let count: unknown[]

beforeAll(async () => {
  if (age === undefined) return
  const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
  mkdirSync(base, { recursive: true })
  place = mkdtempSync(path.join(base, 'without-'))
  chmodSync(place, 0o755)
  desk = path.join(place, 'desk')
  const wal = path.join(place, 'wal')
  for (const folder of [desk, wal]) mkdirSync(folder)
  chmodSync(wal, 0o777)
  const dataDir = path.join(place, 'one')
  const archive = { archive_mode: 'on', wal_level: 'replica', archive_command: `gzip -c %p >${wal}/%f.gz` }
  server = await startEmbeddedPostgres({
    dataDir,
    port: await freePort(),
    settings: { ...settings, ...archive },
  })
  const env = { ...freshEnvironment(), EMBEDDED_POSTGRES_PORT: String(server.port) }
  const local = localEnvironment(env, { ...readPorts(env), postgres: server.port }, server.adminUrl)
  await runMigrations(local, () => undefined)
  appUrl = local['DATABASE_URL'] ?? ''
  count = await query(ofProduct(server), COUNT)

  // The key of the server is lost: what is on the desk is one that never was there.
  const offline = await newBackupKey()
  identity = (await newBackupKey()).identity
  const key = await backupKey(identity, offline.recipients[0])
  writeFileSync(path.join(desk, 'key.txt'), `# offline\n${offline.identity}\n`)
  const options = { key, folder: place, now: new Date('2026-11-26T03:15:00Z'), settings: 'LOG_LEVEL=info\n' }
  if (hasDump) {
    const dump = await createDump(options, local['DATABASE_BACKUP_URL'] ?? '')
    copyFileSync(path.join(dump.path, DATABASE_FILES.dump), path.join(desk, DATABASE_FILES.dump))
  }
  await query(server.adminUrl, 'create table written (n int)')
  const copy = await createBase(options, server.adminUrl, path.join(dataDir, 'cluster'))
  for (const name of [BASE_FILE, LABEL_FILE]) copyFileSync(path.join(copy, name), path.join(desk, name))
  await query(server.adminUrl, 'insert into written values (7)')
  await query(server.adminUrl, "select pg_backup_start('wait', true), pg_backup_stop(true)")
  expect((await sealWal(wal, key)).problems).toEqual([])
  // What the service had no time for any more.
  await query(server.adminUrl, 'insert into written values (8)')
  await query(server.adminUrl, "select pg_backup_start('wait', true), pg_backup_stop(true)")
  cpSync(wal, path.join(desk, 'wal'), { recursive: true })
  const later = { ...options, now: new Date('2026-11-26T04:15:00Z') }
  const stopped = await createFolderCopy(later, local['DATABASE_BACKUP_URL'] ?? '', dataDir, () =>
    server.stop(),
  )
  cpSync(stopped.path, desk, { recursive: true })
  const header = { form: 1, kind: 'chronos tenant', tenantId: 'x', name: 'Casa', takenAt: '' } as const
  const rows = (async function* () {
    yield { table: 'app.accounts', json: '{"name": "Conta"}' }
  })()
  await writeTenantFile(
    path.join(desk, 'tenant.tsv.gz.age'),
    key,
    { ...header, migrations: [], keyIds: [] },
    rows,
  )
}, 120_000)
afterAll(() => {
  if (age !== undefined) rmSync(place, { recursive: true, force: true })
}, 60_000)

describe.skipIf(age === undefined)('without CHRONOS, with the key of a further recipient', () => {
  it('a copy of a data folder is one, and a dump is restored into an empty database', async ({ skip }) => {
    type('a copy of a data folder')
    const at = path.join(place, 'two', 'cluster')
    mkdirSync(path.dirname(at))
    renameSync(path.join(desk, 'cluster'), at)
    renameSync(path.join(desk, 'superuser-password'), path.join(path.dirname(at), 'superuser-password'))
    const copy = await startOn(at)
    try {
      expect(await query(ofProduct(copy), COUNT)).toEqual(count)
      skip(!hasDump, 'a dump needs a pg_dump that is as new as the server')
      await query(copy.adminUrl, 'create database empty')
      const url = new URL(copy.adminUrl)
      url.pathname = '/empty'
      expect(type('a dump', { DATABASE: url.href })).toMatch(/TABLE DATA app accounts/)
      expect(await query(url.href, COUNT)).toEqual(count)
    } finally {
      await copy.stop({ immediately: true })
    }
  }, 120_000)

  it('the settings, the key of the server and a workspace are text', () => {
    expect(type('the settings')).toBe(`LOG_LEVEL=info\n${identity}\n`)
    type('one workspace')
    const [header, row, end] = readFileSync(path.join(desk, 'tenant.tsv'), 'utf8').split('\n')
    expect(JSON.parse(header ?? '')).toMatchObject({ name: 'Casa' })
    expect(row).toBe('app.accounts\t{"name": "Conta"}')
    expect(end).toMatch(/^end\t/)
    expect(KEY_FILE).toBe('backup-key.txt.age')
  })

  it('a base copy recovers to the end of its WAL', async () => {
    type('a base copy')
    const at = path.join(place, 'three', 'cluster')
    mkdirSync(path.dirname(at))
    renameSync(path.join(desk, 'data'), at)
    copyFileSync(
      path.join(place, 'one', 'superuser-password'),
      path.join(path.dirname(at), 'superuser-password'),
    )
    const copy = await startOn(at)
    try {
      expect(await query(copy.adminUrl, 'select n from written')).toEqual([{ n: 7 }, { n: 8 }])
      expect(statSync(path.join(at, 'postgresql.auto.conf')).mode & 0o077).toBe(0)
    } finally {
      await copy.stop({ immediately: true })
    }
  }, 120_000)
})
