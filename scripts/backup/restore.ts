// Restores a backup, never over data: into a server whose database has none of our tables, or into a data folder
// that is not there yet. It has worked when every count and every rule is as the manifest says.
import { createReadStream, existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { ensureRoles } from '../../backend/src/platform/roles.ts'
import type { LoginUrls } from '../../backend/src/platform/roles.ts'
import { serverUser } from '../postgres-binaries.ts'
import { countRows, listRules } from './catalogue.ts'
import { decrypting } from './cipher.ts'
import { DATABASE_FILES } from './create.ts'
import { listOf } from './dump-list.ts'
import type { Manifest } from './manifest.ts'
import { findProgram, inputOf, libpqEnvironment, missingProgram, runProgram } from './programs.ts'
import type { RunningProgram } from './programs.ts'

/** The superuser's address of the product's database. */
export function adminOf(adminUrl: string, databaseUrl: string): string {
  const url = new URL(adminUrl)
  url.pathname = new URL(databaseUrl).pathname
  return url.href
}

/**
 * Makes logins and database, and fills them in one transaction: what fails leaves nothing behind.
 * @param adminUrl a superuser's
 * @throws Error where the database has tables of ours already
 */
export async function restoreDump(
  folder: string,
  key: BackupKey,
  manifest: Manifest,
  adminUrl: string,
  urls: LoginUrls,
): Promise<void> {
  await ensureRoles(adminUrl, urls)
  const target = adminOf(adminUrl, urls.ownerUrl)
  const client = new pg.Client({ connectionString: target, application_name: 'chronos-restore' })
  await client.connect()
  let version: string
  try {
    const { rows } = await client.query<{ tables: number; version: string }>(
      `select count(*)::int as tables, current_setting('server_version') as version from pg_tables
       where schemaname in ('app', 'control', 'pgboss')`,
    )
    version = rows[0]?.version ?? ''
    if (rows[0]?.tables !== 0)
      throw new Error('The database has tables already: a backup is restored into an empty server alone.')
    for (const role of manifest.otherRoles) {
      const known = await client.query('select 1 from pg_roles where rolname = $1', [role])
      if (known.rowCount === 0) await client.query(`create role ${client.escapeIdentifier(role)} nologin`)
    }
  } finally {
    await client.end()
  }
  // One of the version that wrote the dump reads it too, and a newer server takes what it says.
  const program = findProgram('pg_restore', version) ?? findProgram('pg_restore', manifest.server)
  if (!program) throw new Error(missingProgram('pg_restore', version))
  const env = libpqEnvironment(target)
  const args = ['--exit-on-error', '--single-transaction', '--no-password', `--dbname=${env['PGDATABASE']}`]
  const list = await listOf(program, folder, key)
  await withFile(list, async (file) => {
    const chosen = file === undefined ? [] : [`--use-list=${file}`]
    const run = runProgram(program, [...args, ...chosen], { env, stdin: 'pipe' })
    await feed(folder, key, run, 'dump')
  })
  await checkRestored(target, manifest)
}

async function withFile(
  content: string | undefined,
  work: (file: string | undefined) => Promise<void>,
): Promise<void> {
  if (content === undefined) return work(undefined)
  const folder = await mkdtemp(path.join(tmpdir(), 'chronos-restore-'))
  try {
    const file = path.join(folder, 'list')
    await writeFile(file, content)
    await work(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Unpacks the copy of a data folder into a new one; start a server on it and call `checkRestored`.
 * @throws Error where there is a cluster already
 */
export async function restoreFolder(folder: string, key: BackupKey, dataDir: string): Promise<void> {
  if (existsSync(path.join(dataDir, 'cluster')))
    throw new Error(
      `There is a database in ${dataDir} already: a backup is restored into an empty place alone.`,
    )
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const user = serverUser()
  if (user) await chown(dataDir, user.uid, user.gid)
  const tar = runProgram('tar', ['-C', dataDir, '-xpf', '-'], {
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdin: 'pipe',
  })
  await feed(folder, key, tar, 'folder')
}

async function feed(
  folder: string,
  key: BackupKey,
  program: RunningProgram,
  kind: Manifest['kind'],
): Promise<void> {
  const source = createReadStream(path.join(folder, DATABASE_FILES[kind]))
  const input = inputOf(program)
  try {
    await (kind === 'folder'
      ? pipeline(source, decrypting(key), createGunzip(), input)
      : pipeline(source, decrypting(key), input))
  } catch (error) {
    program.child.kill()
    throw error
  }
  await program.ended
}

/** Tables whose count, and rules that are not the manifest's, a line each. */
export async function differencesFrom(client: pg.Client, manifest: Manifest): Promise<string[]> {
  const found = await countRows(client)
  const lines = [...new Set([...Object.keys(manifest.rows), ...Object.keys(found)])]
    .filter((table) => manifest.rows[table] !== found[table])
    .map(
      (table) => `${table}: ${found[table] ?? 'no table'} instead of ${manifest.rows[table] ?? 'no table'}`,
    )
  const rules = await listRules(client)
  const [before, after] = [new Set(manifest.rules), new Set(rules)]
  lines.push(...manifest.rules.filter((rule) => !after.has(rule)).map((rule) => `missing: ${rule}`))
  lines.push(...rules.filter((rule) => !before.has(rule)).map((rule) => `was not there: ${rule}`))
  return lines
}

/** @throws Error that names what differs from the manifest */
export async function checkRestored(adminUrl: string, manifest: Manifest): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'chronos-restore' })
  await client.connect()
  try {
    await client.query('analyze')
    const lines = await differencesFrom(client, manifest)
    if (lines.length > 0) throw new Error(`What was restored is not what was backed up:\n${lines.join('\n')}`)
  } finally {
    await client.end()
  }
}
