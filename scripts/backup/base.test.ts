/** Recovery to a point in time, with the server's own archiving, as deploy/postgres/postgresql.conf sets it. */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { ROOT } from '../env-file.ts'
import { freePort } from '../ports.ts'
import { ROOT_HOME } from '../postgres-binaries.ts'
import { createBase, restoreBase } from './base.ts'
import { copyBases, copyWal, fetchPoint, listWal } from './points-in-bucket.ts'
import { startStorageDouble } from './s3-double.ts'
import { sealWal } from './wal.ts'

const key = await newBackupKey()
const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
let place: string

beforeAll(() => {
  mkdirSync(base, { recursive: true })
  place = mkdtempSync(path.join(base, 'points-'))
  execFileSync('chmod', ['755', place])
  mkdirSync(path.join(place, 'wal'))
  execFileSync('chmod', ['777', path.join(place, 'wal')])
})
afterAll(() => rmSync(place, { recursive: true, force: true }), 60_000)

/** The archive command of production, with another folder. */
function archiveCommand(wal: string): string {
  const text = readFileSync(path.join(ROOT, 'deploy/postgres/postgresql.conf'), 'utf8')
  const command = /^archive_command = '(.*)'$/m.exec(text)?.[1] ?? ''
  expect(command).toContain('/wal/')
  return command.replaceAll('/wal/', `${wal}/`)
}

async function rowsOf(dataDir: string): Promise<number[]> {
  const server = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings: { fsync: 'off' } })
  const client = new pg.Client({ connectionString: server.adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ n: number }>('select n from written order by n')
    await client.query('insert into written values (99)')
    return rows.map(({ n }) => n)
  } finally {
    await client.end()
    await server.stop({ immediately: true })
  }
}

describe('recovery', () => {
  it('goes to any instant after the base copy, and to the last archived WAL after the disk is lost', async () => {
    const wal = path.join(place, 'wal')
    const dataDir = path.join(place, 'one')
    const settings = {
      fsync: 'off',
      archive_mode: 'on',
      archive_command: archiveCommand(wal),
      wal_level: 'replica',
    }
    const server = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings })
    const client = new pg.Client({ connectionString: server.adminUrl })
    await client.connect()
    const archived = async (): Promise<void> => {
      await client.query("select pg_backup_start('wait', true)")
      // Returns when all WAL up to here is archived.
      await client.query('select pg_backup_stop(true)')
    }
    await client.query('create table written (n int)')
    await client.query('insert into written values (1)')
    const made = await createBase(
      { key, folder: place, now: new Date() },
      server.adminUrl,
      path.join(dataDir, 'cluster'),
    )
    await client.query('insert into written values (2)')
    const { rows } = await client.query<{ at: string }>(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from pg_sleep(0.01)`,
    )
    const point = rows[0]?.at ?? ''
    await client.query('select pg_sleep(0.01)')
    await client.query('insert into written values (3)')
    await archived()
    await client.query('insert into written values (4)')
    await archived()
    const storage = await startStorageDouble('away', 'access', 'secret')
    const { endpoint } = storage
    const bucket = { endpoint, bucket: 'away', region: 'us-east-1', accessKey: 'access', secretKey: 'secret' }
    expect(await copyBases(bucket, place, key)).toEqual({ sent: [path.basename(made)], foreign: [] })
    expect(await copyBases(bucket, place, key)).toEqual({ sent: [], foreign: [] })
    const plain = readdirSync(wal)
    expect(plain.every((name) => name.endsWith('.gz'))).toBe(true)
    expect(await sealWal(wal, key)).toEqual({ sealed: plain.length, problems: [] })
    expect(readdirSync(wal).sort()).toEqual(plain.map((name) => `${name}.age`).sort())
    const there = await listWal(bucket)
    expect(await copyWal(bucket, wal, there)).toBe(plain.length)
    expect(await copyWal(bucket, wal, there)).toBe(0)
    expect([...(await listWal(bucket))].sort()).toEqual(readdirSync(wal).sort())
    await client.end()
    await server.stop({ immediately: true })

    const restored = async (name: string, until?: string, from = { base: made, wal }): Promise<number[]> => {
      const to = path.join(place, name)
      mkdirSync(to)
      execFileSync('chmod', ['755', to])
      copyFileSync(path.join(dataDir, 'superuser-password'), path.join(to, 'superuser-password'))
      const more = until === undefined ? {} : { until }
      await restoreBase({ key, ...from, cluster: path.join(to, 'cluster'), ...more })
      return rowsOf(to)
    }
    expect(await restored('point', point)).toEqual([1, 2])
    expect(await restored('end')).toEqual([1, 2, 3, 4])

    // The machine is lost: what the bucket has is all there is.
    const fetched = path.join(place, 'fetched')
    await expect(fetchPoint(bucket, fetched, key, '2020-01-01')).rejects.toThrow(/no base copy from before/)
    await expect(fetchPoint(bucket, fetched, await newBackupKey())).rejects.toThrow(/BACKUP_KEY/)
    const point2 = await fetchPoint(bucket, fetched, key, point)
    execFileSync('chmod', ['-R', 'a+rX', fetched])
    expect(await restored('far point', point, point2)).toEqual([1, 2])
    expect(await restored('far end', undefined, point2)).toEqual([1, 2, 3, 4])

    // A server takes a segment that it does not get for the end of the WAL, and starts.
    const [, , , lost = ''] = readdirSync(wal).filter((name) => /^[0-9A-F]{24}\.gz\.age$/.test(name))
    const [gap, nowhere] = [path.join(place, 'gap'), path.join(place, 'nowhere')]
    cpSync(wal, gap, { recursive: true })
    rmSync(path.join(gap, lost))
    const isMissing = new RegExp(`${lost.slice(0, 24)} is missing in`)
    await expect(restoreBase({ key, base: made, wal: gap, cluster: nowhere })).rejects.toThrow(isMissing)
    expect(existsSync(nowhere)).toBe(false)
    expect(await restored('before the gap', point, { base: made, wal: gap })).toEqual([1, 2])
    writeFileSync(path.join(gap, lost), 'damaged')
    await expect(restoreBase({ key, base: made, wal: gap, cluster: nowhere })).rejects.toThrow(lost)
    expect(existsSync(nowhere)).toBe(false)
    expect(await restored('before the damage', point, { base: made, wal: gap })).toEqual([1, 2])
    // Nor does a server start that does not get as far as the instant.
    await expect(restored('after it', new Date().toISOString(), { base: made, wal: gap })).rejects.toThrow(
      /recovery ended before configured recovery target/,
    )
    storage.objects.delete(`wal/${lost}`)
    await expect(fetchPoint(bucket, path.join(place, 'again'), key)).rejects.toThrow(isMissing)
    await fetchPoint(bucket, path.join(place, 'again'), key, point)
    await storage.stop()
    await expect(restoreBase({ key, base: made, wal, cluster: dataDir })).rejects.toThrow(/there already/)
    const cluster = path.join(place, 'none')
    await expect(restoreBase({ key, base: made, wal, cluster, until: '2020-01-01' })).rejects.toThrow(
      /older one/,
    )
    await expect(restoreBase({ key, base: made, wal: place, cluster })).rejects.toThrow(/no archived WAL/)
    await expect(restoreBase({ key: await newBackupKey(), base: made, wal, cluster })).rejects.toThrow(
      /BACKUP_KEY/,
    )
  })

  it('gives up where the server cannot archive the WAL of a base copy, says why, and leaves nothing', async () => {
    const settings = { fsync: 'off', archive_mode: 'on', archive_command: 'false', wal_level: 'replica' }
    const dataDir = path.join(place, 'stuck')
    const server = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings })
    const folder = path.join(place, 'no copies')
    try {
      await expect(
        createBase({ key, folder, now: new Date() }, server.adminUrl, path.join(dataDir, 'cluster'), 4_000),
      ).rejects.toThrow(
        /was not archived within 4 s, so it is not kept\. archive_command fails: nothing was archived since 20[^ ]+Z, and [0-9A-F]{24} was tried last, at 20/,
      )
      expect(readdirSync(folder)).toEqual([])
    } finally {
      await server.stop({ immediately: true })
    }
  })

  it('is not promised by a server that archives nothing', async () => {
    const dataDir = path.join(place, 'plain')
    const server = await startEmbeddedPostgres({
      dataDir,
      port: await freePort(),
      settings: { fsync: 'off' },
    })
    try {
      await expect(
        createBase({ key, folder: place, now: new Date() }, server.adminUrl, dataDir),
      ).rejects.toThrow(/archives no WAL/)
    } finally {
      await server.stop({ immediately: true })
    }
  })
})
