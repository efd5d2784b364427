// Point in time: a base copy of the running server's files, and the WAL that the server archives beside (at least once
// a minute, deploy/postgres/postgresql.conf). A copy of moving files is whole only together with the WAL written while
// it was made, which is why its beginning and end are told to the server.
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { appendFile, chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import pg from 'pg'
import { serverUser } from '../postgres-binaries.ts'
import { decrypting, encrypting } from './cipher.ts'
import { describeFile, readManifest, writeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { inputOf, runProgram } from './programs.ts'
import { baseName } from './base-copies.ts'

const BASE_FILE = 'base.enc'
export const LABEL_FILE = 'backup_label'
/** What the server makes anew, or must not find. */
const LEFT_OUT = [
  ...['pg_wal/*', 'pg_replslot/*', 'pg_dynshmem/*', 'pg_notify/*', 'pg_serial/*', 'pg_snapshots/*'],
  ...['pg_subtrans/*', 'pg_stat_tmp/*', 'postmaster.pid', 'postmaster.opts'],
]

/**
 * @param url of a superuser, or of a login that may call pg_backup_start and pg_backup_stop
 * @param cluster the server's data folder, readable here
 * @throws Error where the server archives no WAL: such a copy could not be restored
 */
export async function createBase(
  options: { key: Buffer; folder: string; now: Date },
  url: string,
  cluster: string,
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
    const file = createWriteStream(path.join(partial, BASE_FILE), { mode: 0o600 })
    await Promise.all([
      pipeline([tar.child.stdout, createGzip({ level: 1 }), encrypting(options.key), file]),
      tar.ended,
    ])
    const ended = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)')
    await writeFile(path.join(partial, LABEL_FILE), ended.rows[0]?.labelfile ?? '')
    const manifest: Manifest = {
      ...{ form: 1, kind: 'folder', migrations: [], rows: {}, otherRoles: [], rules: [] },
      takenAt: options.now.toISOString(),
      server: rows[0].version,
      files: [await describeFile(partial, BASE_FILE), await describeFile(partial, LABEL_FILE)],
    }
    await writeManifest(partial, options.key, manifest)
    await rename(partial, target)
    return target
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  } finally {
    await client.end()
  }
}

export interface PointRestore {
  key: Buffer
  /** The base copy. */
  base: string
  /** Where the server archived its WAL. */
  wal: string
  /** A data folder that is not there yet. */
  cluster: string
  /** ISO 8601; all that was archived where not given. */
  until?: string
}

/** Lays the files out, so that a server started on them recovers to the point and then takes writes. */
export async function restoreBase({ key, base, wal, cluster, until }: PointRestore): Promise<void> {
  if (existsSync(cluster))
    throw new Error(`${cluster} is there already: a restore goes into an empty place alone.`)
  if (until !== undefined && Number.isNaN(Date.parse(until))) throw new Error(`"${until}" is no instant.`)
  const manifest = await readManifest(base, key)
  if (until !== undefined && Date.parse(until) < Date.parse(manifest.takenAt))
    throw new Error(`This base copy is of ${manifest.takenAt}: take an older one to reach ${until}.`)
  if (!(await readdir(wal)).some((name) => /^[0-9A-F]{24}(\.gz)?$/.test(name)))
    throw new Error(`There is no archived WAL in ${wal}.`)
  await mkdir(cluster, { recursive: true, mode: 0o700 })
  const tar = runProgram('tar', ['-C', cluster, '-xpf', '-'], {
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdin: 'pipe',
  })
  const source = createReadStream(path.join(base, BASE_FILE))
  try {
    await pipeline([source, decrypting(key), createGunzip(), inputOf(tar)])
  } catch (error) {
    tar.child.kill()
    throw error
  }
  await tar.ended
  await pipeline(
    createReadStream(path.join(base, LABEL_FILE)),
    createWriteStream(path.join(cluster, LABEL_FILE)),
  )
  await writeFile(path.join(cluster, 'recovery.signal'), '')
  const archived = `"${wal.replaceAll("'", "''")}/%f`
  const settings = [
    `restore_command = 'if test -f ${archived}.gz"; then gzip -dc ${archived}.gz" >"%p"; else cp ${archived}" "%p"; fi'`,
    ...(until === undefined
      ? []
      : [`recovery_target_time = '${new Date(until).toISOString().replace('T', ' ').replace('Z', '+00')}'`]),
    "recovery_target_action = 'promote'",
  ]
  await appendFile(path.join(cluster, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
  const user = serverUser()
  for (const name of user ? [LABEL_FILE, 'recovery.signal', 'postgresql.auto.conf', '.'] : [])
    await chown(path.join(cluster, name), user?.uid ?? 0, user?.gid ?? 0)
  await chmod(cluster, 0o700)
}
