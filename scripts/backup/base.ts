// Point in time: a base copy of the running server's files, and the WAL that the server archives beside (at least once
// a minute, deploy/postgres/postgresql.conf). A copy of moving files is whole only together with the WAL written while
// it was made, which is why its beginning and end are told to the server.
import { createReadStream, existsSync } from 'node:fs'
import {
  appendFile,
  chmod,
  chown,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { serverUser } from '../postgres-binaries.ts'
import { decrypting, SEALED } from './cipher.ts'
import { describeFile, isSignedBy, readManifest, writeManifest } from './manifest.ts'
import type { BackupFile, Manifest } from './manifest.ts'
import { inputOf, runProgram } from './programs.ts'
import { baseName, basesOf, isBaseDue } from './base-copies.ts'
import { sealInto, sealKeyInto } from './create.ts'
import { flush } from './flush.ts'
import { openAllWal, walIn } from './wal.ts'
import type { OpenedWal } from './wal.ts'
import { startOf } from './wal-order.ts'

export const BASE_FILE = `base.tar.gz${SEALED}`
export const LABEL_FILE = 'backup_label'
const QUERY_CANCELED = '57014'
/** The server rests for a minute after three failures; one that is behind gets the time for some hundred files. */
const ARCHIVE_LIMIT_MS = 10 * 60_000
/** In the data folder of a server that recovers; it removes it when it has. */
const RESTORED_WAL = 'restored_wal'
/** What the server makes anew, or must not find. */
const LEFT_OUT = [
  ...['pg_wal/*', 'pg_replslot/*', 'pg_dynshmem/*', 'pg_notify/*', 'pg_serial/*', 'pg_snapshots/*'],
  ...['pg_subtrans/*', 'pg_stat_tmp/*', 'postmaster.pid', 'postmaster.opts'],
]

/**
 * Whether a base copy is to be made now: there is none of the last week, or the newest is of another key, with which the
 * WAL that is archived from now on, under this one, would go back to nothing.
 */
export async function isBaseWanted(folder: string, key: BackupKey, now: Date): Promise<boolean> {
  const names = await readdir(folder)
  const [newest] = basesOf(names)
  return newest === undefined || isBaseDue(names, now) || !(await isSignedBy(path.join(folder, newest), key))
}

/**
 * @param url of a superuser, or of a login that may call pg_backup_start and pg_backup_stop
 * @param cluster the server's data folder, readable here
 * @param archiveLimitMs how long the WAL of the copy may take to be archived
 * @throws Error where the server archives no WAL, or cannot: such a copy could not be restored
 */
export async function createBase(
  options: { key: BackupKey; folder: string; now: Date },
  url: string,
  cluster: string,
  archiveLimitMs = ARCHIVE_LIMIT_MS,
): Promise<string> {
  const target = path.join(options.folder, baseName(options.now))
  const partial = `${target}.partial`
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-base' })
  await client.connect()
  try {
    const { rows } = await client.query<{ archives: boolean; version: string }>(
      "select current_setting('archive_mode') <> 'off' as archives, current_setting('server_version') as version",
    )
    if (rows[0]?.archives !== true)
      throw new Error('The server archives no WAL (archive_mode): a base copy could not be restored.')
    await mkdir(partial, { recursive: true, mode: 0o700 })
    await client.query('select pg_backup_start($1, true)', ['chronos'])
    // 1 is tar's word for files that changed while it read them, which the WAL makes good.
    const script = 'tar "$@"; [ $? -le 1 ]'
    const args = ['-C', cluster, ...LEFT_OUT.map((name) => `--exclude=./${name}`), '-cf', '-', '.']
    const tar = runProgram('/bin/sh', ['-c', script, 'sh', ...args], {
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    })
    if (!tar.child.stdout) throw new Error('tar has no output')
    await Promise.all([sealInto(partial, BASE_FILE, options.key, tar.child.stdout, 1), tar.ended])
    const label = await stopBackup(client, archiveLimitMs)
    await writeFile(path.join(partial, LABEL_FILE), label, { flush: true })
    const files: BackupFile[] = []
    for (const name of [BASE_FILE, LABEL_FILE, ...(await sealKeyInto(partial, options.key))])
      files.push(await describeFile(partial, name))
    const manifest: Manifest = {
      ...{ form: 1, kind: 'folder', migrations: [], rows: {}, otherRoles: [], rules: [] },
      takenAt: options.now.toISOString(),
      server: rows[0].version,
      files,
    }
    await writeManifest(partial, options.key, manifest)
    await rename(partial, target)
    await flush(options.folder)
    return target
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  } finally {
    await client.end()
  }
}

/**
 * Tells the server that the files are read, and waits until the WAL that belongs to them is archived: a server whose
 * archive fails waits for it without end by itself.
 * @returns the text of `backup_label`
 */
async function stopBackup(client: pg.Client, limitMs: number): Promise<string> {
  await client.query("select set_config('statement_timeout', $1, false)", [String(limitMs)])
  try {
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)')
    return rows[0]?.labelfile ?? ''
  } catch (error) {
    if ((error as { code?: string }).code !== QUERY_CANCELED) throw error
    const why = await archiverSays(client)
    throw new Error(
      `The WAL of this base copy was not archived within ${limitMs / 1000} s, so it is not kept. ${why}: docs/runbooks/wal-archive.md.`,
      { cause: error },
    )
  }
}

async function archiverSays(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{
    since: Date
    failing: boolean
    file: string | null
    at: Date | null
  }>(
    `select coalesce(last_archived_time, stats_reset) as since, last_failed_wal as file, last_failed_time as at,
       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing from pg_stat_archiver`,
  )
  const [row] = rows
  const since = row?.since.toISOString() ?? 'the server started'
  return row?.failing
    ? `archive_command fails: nothing was archived since ${since}, and ${row.file} was tried last, at ${row.at?.toISOString()}`
    : `The archive is behind: the last file was archived at ${since}, and no try failed since`
}

export interface PointRestore {
  key: BackupKey
  /** The base copy. */
  base: string
  /** Where the server archived its WAL. */
  wal: string
  /** A data folder that is not there yet. */
  cluster: string
  /** ISO 8601; all that was archived where not given. */
  until?: string
}

/**
 * Lays the files out, so that a server started on them recovers to the point and then takes writes.
 * @returns what whoever recovers should know of the WAL
 * @throws Error where it cannot, and then leaves no data folder behind
 */
export async function restoreBase(options: PointRestore): Promise<string[]> {
  const { key, base, wal, cluster, until } = options
  if (existsSync(cluster))
    throw new Error(`${cluster} is there already: a restore goes into an empty place alone.`)
  if (until !== undefined && Number.isNaN(Date.parse(until))) throw new Error(`"${until}" is no instant.`)
  const manifest = await readManifest(base, key)
  if (until !== undefined && Date.parse(until) < Date.parse(manifest.takenAt))
    throw new Error(`This base copy is of ${manifest.takenAt}: take an older one to reach ${until}.`)
  if ([...(await walIn(wal, 'sealed')), ...(await walIn(wal, 'plain'))].length === 0)
    throw new Error(`There is no archived WAL in ${wal}.`)
  await mkdir(cluster, { recursive: true, mode: 0o700 })
  try {
    return await layOut(options)
  } catch (error) {
    await rm(cluster, { recursive: true, force: true })
    throw error
  }
}

async function layOut({ key, base, wal, cluster, until }: PointRestore): Promise<string[]> {
  const tar = runProgram('tar', ['-C', cluster, '-xpf', '-'], {
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdin: 'pipe',
  })
  const source = createReadStream(path.join(base, BASE_FILE))
  try {
    await pipeline(source, decrypting(key), createGunzip(), inputOf(tar))
  } catch (error) {
    tar.child.kill()
    await tar.ended.catch(() => undefined)
    throw error
  }
  await tar.ended
  await copyFile(path.join(base, LABEL_FILE), path.join(cluster, LABEL_FILE))
  // Here, and not while the server recovers: it needs neither the key nor this code, and what is damaged is known before.
  const start = startOf(await readFile(path.join(base, LABEL_FILE), 'utf8'))
  const to = path.join(cluster, RESTORED_WAL)
  const opened = await openAllWal({ folder: wal, to, key, start, mayEndEarly: until !== undefined })
  await writeFile(path.join(cluster, 'recovery.signal'), '')
  // The server runs both in its data folder. An empty target is none, whatever one this server had before.
  const target =
    until === undefined ? '' : new Date(until).toISOString().replace('T', ' ').replace('Z', '+00')
  const settings = [
    `restore_command = 'test -f ${RESTORED_WAL}/%f.gz && gzip -dc ${RESTORED_WAL}/%f.gz >"%p"'`,
    `recovery_end_command = 'rm -rf ${RESTORED_WAL}'`,
    `recovery_target_time = '${target}'`,
    "recovery_target_action = 'promote'",
  ]
  await appendFile(path.join(cluster, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
  const user = serverUser()
  const made = [LABEL_FILE, 'recovery.signal', 'postgresql.auto.conf', '.', RESTORED_WAL]
  for (const name of user ? [...made, ...opened.names.map((each) => path.join(RESTORED_WAL, each))] : [])
    await chown(path.join(cluster, name), user?.uid ?? 0, user?.gid ?? 0)
  await chmod(cluster, 0o700)
  return notesOn(opened)
}

function notesOn({ unsigned, leftOut }: OpenedWal): string[] {
  const notes: string[] = []
  if (unsigned.length > 0)
    notes.push(`Not encrypted yet, so that no signature says whose it is: ${unsigned.join(', ')}.`)
  if (leftOut !== undefined)
    notes.push(
      `${leftOut}. All WAL from there on is left out: a server that does not reach the instant without it ends with "recovery ended before configured recovery target was reached".`,
    )
  return notes
}
