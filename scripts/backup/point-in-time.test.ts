/** What docs/backup-and-restore.md tells people to type when a disk or a machine is lost, typed. */
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { blocksFor, commands } from '../docs/markdown.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { ROOT } from '../env-file.ts'
import { freePort } from '../ports.ts'
import { ROOT_HOME } from '../postgres-binaries.ts'
import { basesOf } from './base-copies.ts'
import { copyBases, copyWal, listWal } from './points-in-bucket.ts'
import { startStorageDouble } from './s3-double.ts'
import { sealWal } from './wal.ts'

const INSTANT = '2026-11-26T12:00:00Z'
const [MAKE_BASE = '', RESTORE = '', FETCH = ''] = blocksFor(
  ROOT,
  'docs/backup-and-restore.md',
  'scripts/backup/point-in-time.test.ts',
).flatMap(commands)

const home = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
const key = await newBackupKey()
let place: string
beforeAll(() => {
  mkdirSync(home, { recursive: true })
  place = mkdtempSync(path.join(home, 'typed-'))
  execFileSync('chmod', ['755', place])
})
afterAll(() => rmSync(place, { recursive: true, force: true }), 60_000)

/** @returns the last line but one, what it made; the last tells how long it took */
async function type(command: string, env: Record<string, string>): Promise<string> {
  const all = {
    ...process.env,
    DATABASE_ADMIN_URL: '',
    BACKUP_DIR: place,
    BACKUP_KEY: key.identity,
    ...env,
  }
  const { stdout } = await promisify(execFile)('bash', ['-c', command], { cwd: ROOT, env: all })
  return stdout.trim().split('\n').at(-2) ?? ''
}

/** What a server on a restored data folder has. */
async function writtenIn(dataDir: string): Promise<number[]> {
  const server = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings: { fsync: 'off' } })
  const client = new pg.Client({ connectionString: server.adminUrl })
  await client.connect()
  try {
    return (await client.query<{ n: number }>('select n from written order by n')).rows.map(({ n }) => n)
  } finally {
    await client.end()
    await server.stop({ immediately: true })
  }
}

describe('docs/backup-and-restore.md', () => {
  it('names commands that bring a lost disk back, and from the bucket a lost machine', async () => {
    const wal = path.join(place, 'wal')
    mkdirSync(wal)
    execFileSync('chmod', ['777', wal])
    const dataDir = path.join(place, 'lost')
    const server = await startEmbeddedPostgres({
      ...{ dataDir, port: await freePort() },
      settings: {
        ...{ fsync: 'off', archive_mode: 'on', wal_level: 'replica' },
        archive_command: `gzip -c %p > ${wal}/%f.gz`,
      },
    })
    const client = new pg.Client({ connectionString: server.adminUrl })
    await client.connect()
    await client.query('create table written (n int)')
    await client.query('insert into written values (1)')
    const base = await type(MAKE_BASE.replace('/var/lib/postgresql/data', path.join(dataDir, 'cluster')), {
      DATABASE_ADMIN_URL: server.adminUrl,
    })
    await client.query('insert into written values (2)')
    const { rows } = await client.query<{ at: string }>(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from pg_sleep(0.01)`,
    )
    const instant = rows[0]?.at ?? ''
    await client.query('select pg_sleep(0.01)')
    await client.query('insert into written values (3)')
    await client.query("select pg_backup_start('wait', true)")
    // Returns when all WAL up to here is archived.
    await client.query('select pg_backup_stop(true)')
    await client.end()
    // A base copy of another key would leave the WAL that is encrypted under this one without any.
    const rolled = { DATABASE_ADMIN_URL: server.adminUrl, BACKUP_KEY: (await newBackupKey()).identity }
    const keep = `node scripts/backup/point-in-time.ts keep ${path.join(dataDir, 'cluster')} ${wal}`
    await type(keep, rolled)
    expect(basesOf(readdirSync(place)).slice(1)).toEqual([path.basename(base)])
    expect(await type(keep, rolled)).toBe('')
    expect(basesOf(readdirSync(place))).toHaveLength(2)
    await server.stop({ immediately: true })

    const restored = async (name: string, from: string, archive: string): Promise<number[]> => {
      const to = path.join(place, name)
      mkdirSync(to)
      execFileSync('chmod', ['755', to])
      copyFileSync(path.join(dataDir, 'superuser-password'), path.join(to, 'superuser-password'))
      const command = RESTORE.replace('<base copy>', from).replace('/wal', archive)
      await type(command.replace('<new data folder>', path.join(to, 'cluster')).replace(INSTANT, instant), {})
      return writtenIn(to)
    }
    expect(await restored('disk', base, wal)).toEqual([1, 2])

    const storage = await startStorageDouble('away', 'access', 'secret')
    const { endpoint } = storage
    const bucket = { endpoint, bucket: 'away', region: 'us-east-1', accessKey: 'access', secretKey: 'secret' }
    await copyBases(bucket, place, key)
    expect((await sealWal(wal, key)).problems).toEqual([])
    await copyWal(bucket, wal, await listWal(bucket))
    const folder = path.join(place, 'fetched')
    const said = await type(FETCH.replace('<folder>', folder).replace(INSTANT, instant), {
      ...{ BACKUP_S3_ENDPOINT: endpoint, BACKUP_S3_BUCKET: 'away' },
      ...{ BACKUP_S3_ACCESS_KEY: 'access', BACKUP_S3_SECRET_KEY: 'secret' },
    })
    await storage.stop()
    execFileSync('chmod', ['-R', 'a+rX', folder])
    // It says how to go on.
    const [, from = '', archive = ''] = /^Now: restore (\S+) (\S+) <new data folder>/.exec(said) ?? []
    expect(await restored('machine', from, archive)).toEqual([1, 2])
  })
})
