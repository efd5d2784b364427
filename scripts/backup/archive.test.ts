/** The backup service's word on the archive, of a server whose archive can be shut. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import type { EmbeddedPostgres } from '../embedded-postgres.ts'
import { ROOT } from '../env-file.ts'
import { freePort } from '../ports.ts'
import { ROOT_HOME } from '../postgres-binaries.ts'
import { askArchive, lateness, sendArchived } from './archive.ts'
import { startStorageDouble } from './s3-double.ts'
import { sealWal } from './wal.ts'

const WAIT = { timeout: 45_000, interval: 250 }
let place: string
let server: EmbeddedPostgres
let admin: pg.Client
let url: string

beforeAll(async () => {
  const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
  mkdirSync(base, { recursive: true })
  place = mkdtempSync(path.join(base, 'archive-'))
  execFileSync('chmod', ['755', place])
  for (const name of ['wal', 'backups', 'off']) mkdirSync(path.join(place, name))
  execFileSync('chmod', ['777', path.join(place, 'wal')])
  const settings = { fsync: 'off', archive_mode: 'on', wal_level: 'replica' }
  server = await startEmbeddedPostgres({ dataDir: path.join(place, 'on'), port: await freePort(), settings })
  admin = new pg.Client({ connectionString: server.adminUrl })
  await admin.connect()
  await admin.query("create role chronos_backup login password 'x'")
  const address = new URL(server.adminUrl)
  address.username = 'chronos_backup'
  address.password = 'x'
  url = address.href
  await admin.query("alter system set archive_timeout = '45s'")
  await archiveBy(copying())
  // A backup of a moment ago, as far as its age goes.
  const name = `chronos-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  mkdirSync(path.join(place, 'backups', name))
}, 120_000)
afterAll(async () => {
  await admin.end()
  await server.stop({ immediately: true })
  rmSync(place, { recursive: true, force: true })
}, 60_000)

const copying = (): string => `gzip -c %p >${path.join(place, 'wal')}/%f.gz`

async function archiveBy(command: string): Promise<void> {
  await admin.query(`alter system set archive_command = ${admin.escapeLiteral(command)}`)
  await admin.query('select pg_reload_conf()')
}

async function writeFile(): Promise<void> {
  await admin.query('create table if not exists written (n int)')
  await admin.query('insert into written values (1)')
  await admin.query('select pg_switch_wal()')
}

const settled = (): Promise<void> =>
  vi.waitFor(
    async () =>
      expect(await askArchive(url)).toMatchObject({ waitingFiles: 0, lateSeconds: 0, isFailing: false }),
    WAIT,
  )

const SECONDS: Record<string, number> = { '0': 0, '45s': 45, '5min': 300 }

/** Of the service, without a bucket. */
const environment = (): Record<string, string> => ({
  ...{ PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', DATABASE_BACKUP_URL: url },
  ...{ BACKUP_DIR: path.join(place, 'backups'), BACKUP_DATA_DIR: path.join(place, 'on/cluster') },
  BACKUP_WAL_DIR: path.join(place, 'wal'),
})

/** The health check of the image, without a bucket but for `more`. */
function health(more: Record<string, string> = {}): Promise<[code: number, said: string]> {
  const env = { ...environment(), ...more }
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/backup/service.ts', 'health'], { cwd: ROOT, env }, (error, said) =>
      resolve([error === null ? 0 : Number(error.code), said.trim()]),
    )
  })
}

/** What the service itself says first of all. */
async function firstLine(): Promise<string> {
  const service = spawn(process.execPath, ['scripts/backup/service.ts'], { cwd: ROOT, env: environment() })
  try {
    return await new Promise((resolve) => {
      createInterface({ input: service.stderr }).once('line', resolve)
      service.once('exit', (code) => resolve(`ended with ${code}`))
    })
  } finally {
    service.kill()
  }
}

describe('the archive of a server', () => {
  it('is well while what is whole is archived', async () => {
    await writeFile()
    await settled()
    expect(await health()).toEqual([0, 'fresh'])
    // A service that encrypts nothing more.
    const wal = path.join(place, 'wal')
    const before = new Date(Date.now() - 301_000)
    for (const name of readdirSync(wal)) utimesSync(path.join(wal, name), before, before)
    expect(await health()).toEqual([
      1,
      expect.stringMatching(/\.gz lies unencrypted in .*wal-archive\.md\.$/),
    ])
    expect((await sealWal(wal, await newBackupKey())).problems).toEqual([])
    expect(await health()).toEqual([0, 'fresh'])
    for (const name of readdirSync(wal)) rmSync(path.join(wal, name))
  }, 90_000)

  it('makes the service unhealthy when it takes nothing more, also without a bucket, and the bucket’s age stand still', async () => {
    const storage = await startStorageDouble('away', 'access', 'secret')
    const { endpoint } = storage
    const bucket = { endpoint, bucket: 'away', region: 'us-east-1', accessKey: 'access', secretKey: 'secret' }
    const there = new Set<string>()
    const options = { bucket, wal: path.join(place, 'wal'), url }
    const key = await newBackupKey()
    const pass = async (knownAt: number): Promise<number> => {
      expect((await sealWal(options.wal, key)).problems).toEqual([])
      return sendArchived(options, there, knownAt)
    }

    await writeFile()
    await settled()
    expect(await pass(1)).toBeGreaterThan(1)
    expect(there.size).toBe(readdirSync(options.wal).length)
    // Nothing to send, and the server waits for nothing.
    expect(await pass(1)).toBeGreaterThan(1)

    await archiveBy('false')
    await writeFile()
    await vi.waitFor(async () => expect((await askArchive(url))?.isFailing).toBe(true), WAIT)
    await pass(1)
    expect(await pass(1)).toBe(1)
    // A bucket that has all there is in the folder helps nothing.
    writeFileSync(path.join(place, 'backups/last-wal'), new Date().toISOString())
    const s3 = { BACKUP_S3_BUCKET: 'away', BACKUP_S3_ACCESS_KEY: 'access', BACKUP_S3_SECRET_KEY: 'secret' }
    for (const more of [{}, s3])
      expect(await health(more)).toEqual([
        1,
        expect.stringMatching(/^No WAL was archived for \d+ s, and archive_command fails/),
      ])

    await archiveBy(copying())
    await settled()
    expect(await health()).toEqual([0, 'fresh'])
    expect(await pass(1)).toBeGreaterThan(1)
    await storage.stop()
    // What is known for less than a minute is not asked again, and a server that is away is known of nothing.
    const now = Date.now()
    const away = { ...options, url: 'postgresql://chronos_backup:x@127.0.0.1:1/postgres' }
    expect([await sendArchived(away, there, now), await sendArchived(away, there, 1)]).toEqual([now, 1])
  }, 180_000)

  it('is not held to be well where the server is away, or archives nothing though it was promised', async () => {
    expect(
      await health({ DATABASE_BACKUP_URL: 'postgresql://chronos_backup:x@127.0.0.1:1/postgres' }),
    ).toEqual([
      1,
      expect.stringMatching(/^The server does not say whether its WAL is archived: .*ECONNREFUSED/),
    ])
    const dataDir = path.join(place, 'off')
    const plain = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings: { fsync: 'off' } })
    try {
      const DATABASE_BACKUP_URL = plain.adminUrl
      expect(await health({ DATABASE_BACKUP_URL })).toEqual([
        1,
        'The server archives no WAL (archive_mode), and points in time were promised: docs/backup-and-restore.md.',
      ])
      expect(await health({ DATABASE_BACKUP_URL, BACKUP_WAL_DIR: '' })).toEqual([0, 'fresh'])
    } finally {
      await plain.stop({ immediately: true })
    }
  }, 120_000)

  it.each([
    ['0', /^archive_timeout is 0: a lost disk costs whatever is not a full file yet, and 60 s were promised/],
    ['5min', /^archive_timeout is 300: a lost disk costs up to 300 s of commits, and 60 s were promised/],
  ])(
    'is held to the promise of a minute: archive_timeout %s is said in one line',
    async (timeout, line) => {
      const give = async (value: string): Promise<void> => {
        await admin.query(`alter system set archive_timeout = '${value}'`)
        await admin.query('select pg_reload_conf()')
        await vi.waitFor(
          async () => expect((await askArchive(url))?.timeoutSeconds).toBe(SECONDS[value]),
          WAIT,
        )
      }
      await settled()
      await give(timeout)
      try {
        expect(await health()).toEqual([1, expect.stringMatching(line)])
        expect(await firstLine()).toMatch(line)
        // Where no point in time was promised, nothing is held to it.
        expect(await health({ BACKUP_WAL_DIR: '' })).toEqual([0, 'fresh'])
      } finally {
        await give('45s')
      }
      expect(await health()).toEqual([0, 'fresh'])
    },
    120_000,
  )

  it('is late after three minutes where a command hangs, which is no failure', () => {
    const waiting = { waitingFiles: 1, isFailing: false, ageSeconds: 181, timeoutSeconds: 45 }
    expect(lateness({ ...waiting, lateSeconds: 180 })).toBeUndefined()
    expect(lateness({ ...waiting, lateSeconds: 181 })).toMatch(/for 181 s, and files wait/)
  })
})
