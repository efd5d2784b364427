// Makes a backup: a folder with an encrypted dump, the settings needed to start (never the keys) and the manifest.
// It gets its name when it is whole and flushed; until then it is called `.partial`, which nothing reads. Rows are
// counted in the very snapshot that pg_dump reads.
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { countRows, listMigrations, listOtherRoles, refuseBoundLogin, listRules } from './catalogue.ts'
import { encrypting, SEALED } from './cipher.ts'
import { flush } from './flush.ts'
import { describeFile, writeManifest } from './manifest.ts'
import type { BackupFile, Manifest } from './manifest.ts'
import { findProgram, libpqEnvironment, missingProgram, runProgram } from './programs.ts'
import { backupName } from './retention.ts'

export interface CreateOptions {
  key: BackupKey
  /** Holds one folder for each backup. */
  folder: string
  now: Date
  /** Text of settings to keep beside, without secrets. */
  settings: string
}

export interface CreatedBackup {
  name: string
  path: string
  manifest: Manifest
}

/** A dump in pg_dump's custom format, or the tar of a stopped server's data folder. */
export const DATABASE_FILES = {
  dump: `database.dump${SEALED}`,
  folder: `database.tar.gz${SEALED}`,
} as const satisfies Record<Manifest['kind'], string>
const SETTINGS_FILE = `settings.env${SEALED}`
/** BACKUP_KEY itself, for the holders of BACKUP_RECIPIENTS. */
export const KEY_FILE = `backup-key.txt${SEALED}`

/**
 * @param url of chronos_backup
 * @throws Error where no pg_dump of the server's version is there, the login sees no rows, or anything fails
 */
export async function createDump(options: CreateOptions, url: string): Promise<CreatedBackup> {
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-backup' })
  await client.connect()
  try {
    await refuseBoundLogin(client)
    await client.query('begin isolation level repeatable read read only')
    const { rows } = await client.query<{ snapshot: string; version: string }>(
      "select pg_export_snapshot() as snapshot, current_setting('server_version') as version",
    )
    const [server] = rows
    if (!server) throw new Error('The database did not say which snapshot it is.')
    const { snapshot, version } = server
    const program = findProgram('pg_dump', version)
    if (!program) throw new Error(missingProgram('pg_dump', version))
    return await whole(options, async (folder) => {
      const about = await describe(client, version)
      const args = ['--format=custom', '--compress=6', '--no-password', `--snapshot=${snapshot}`]
      const dump = runProgram(program, args, { env: libpqEnvironment(url) })
      if (!dump.child.stdout) throw new Error('pg_dump has no output')
      await Promise.all([sealInto(folder, DATABASE_FILES.dump, options.key, dump.child.stdout), dump.ended])
      return { ...about, kind: 'dump' }
    })
  } finally {
    await client.end()
  }
}

/**
 * The way without pg_dump, for the embedded server alone.
 * @param runningUrl gives a superuser's address of the running server, and stops it when told
 * @param dataDir holds `cluster` and `superuser-password`
 */
export async function createFolderCopy(
  options: CreateOptions,
  url: string,
  dataDir: string,
  stopServer: () => Promise<void>,
): Promise<CreatedBackup> {
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-backup' })
  await client.connect()
  const about = await (async () => {
    try {
      await refuseBoundLogin(client)
      const { rows } = await client.query<{ version: string }>(
        "select current_setting('server_version') as version",
      )
      return await describe(client, rows[0]?.version ?? '')
    } finally {
      await client.end()
    }
  })()
  await stopServer()
  return whole(options, async (folder) => {
    const tar = runProgram('tar', ['-C', dataDir, '-cf', '-', 'cluster', 'superuser-password'], {
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    })
    if (!tar.child.stdout) throw new Error('tar has no output')
    await Promise.all([sealInto(folder, DATABASE_FILES.folder, options.key, tar.child.stdout, 5), tar.ended])
    return { ...about, kind: 'folder' }
  })
}

type About = Pick<Manifest, 'server' | 'migrations' | 'rows' | 'otherRoles' | 'rules'>

async function describe(client: pg.Client, server: string): Promise<About> {
  const rows = await countRows(client)
  const otherRoles = await listOtherRoles(client)
  return {
    server,
    migrations: await listMigrations(client),
    rows,
    otherRoles,
    rules: await listRules(client),
  }
}

async function whole(
  options: CreateOptions,
  fill: (folder: string) => Promise<About & Pick<Manifest, 'kind'>>,
): Promise<CreatedBackup> {
  const name = backupName(options.now)
  const target = path.join(options.folder, name)
  const partial = `${target}.partial`
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  await mkdir(partial, { mode: 0o700 })
  try {
    await sealInto(partial, SETTINGS_FILE, options.key, Readable.from([Buffer.from(options.settings)]))
    const about = await fill(partial)
    const names = [DATABASE_FILES[about.kind], SETTINGS_FILE, ...(await sealKeyInto(partial, options.key))]
    const files: BackupFile[] = []
    for (const each of names) files.push(await describeFile(partial, each))
    const manifest: Manifest = { form: 1, takenAt: options.now.toISOString(), ...about, files }
    await writeManifest(partial, options.key, manifest)
    await rename(partial, target)
    await flush(options.folder)
    return { name, path: target, manifest }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new Error(`The disk of ${options.folder} is full: no backup was made.`, { cause: error })
    throw error
  }
}

/**
 * Encrypts a stream into a file, and waits until it is on the disk.
 * @param level of gzip, which is left out where there is none
 */
export async function sealInto(
  folder: string,
  name: string,
  key: BackupKey,
  source: Readable,
  level?: number,
): Promise<void> {
  const file = path.join(folder, name)
  const sealed = createWriteStream(file, { mode: 0o600 })
  await (level === undefined
    ? pipeline(source, encrypting(key), sealed)
    : pipeline(source, createGzip({ level }), encrypting(key), sealed))
  await flush(file)
  await chmod(file, 0o600)
}

/**
 * Where there are further recipients, BACKUP_KEY goes along for them alone: who has one of their keys and lost this one
 * gets it back, and with it all that checks signatures.
 * @returns the name of the file, where there is one
 */
export async function sealKeyInto(folder: string, key: BackupKey): Promise<string[]> {
  const [, ...recipients] = key.recipients
  if (recipients.length === 0) return []
  const text = Readable.from([Buffer.from(`${key.identity}\n`)])
  await sealInto(folder, KEY_FILE, { ...key, recipients }, text)
  return [KEY_FILE]
}
