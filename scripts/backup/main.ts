// `make db-backup`, `db-restore`, `db-verify-backup`. With NODE_ENV=production, or DATABASE_ADMIN_URL set, of the
// server that the addresses name; else of this checkout's embedded database, with pg_dump where there is one of its
// version and a stopped copy of its folder where there is none.
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readBackupConfig, readMigrationConfig } from '../../backend/src/config.ts'
import type { BackupConfig } from '../../backend/src/config.ts'
import { backupKey, type BackupKey } from '../../backend/src/platform/backup-key.ts'
import { ensureRoles } from '../../backend/src/platform/roles.ts'
import { withSecretFiles } from '../../backend/src/secrets.ts'
import { developmentDataDir, namesServer, runMigrations, startDevelopmentDatabase } from '../dev-database.ts'
import { runningDev } from '../dev-state.ts'
import { adminUrlOf, endAbandonedServer } from '../embedded-postgres.ts'
import { ensureEnvFile, readEnvironment, ROOT } from '../env-file.ts'
import type { Environment } from '../env-file.ts'
import { postgresVersion } from '../postgres-binaries.ts'
import { localEnvironment, readPorts } from '../settings.ts'
import { copyToBucket, endOldCopies, fetchCopy, listCopies } from './copies.ts'
import { createDump, createFolderCopy } from './create.ts'
import type { CreatedBackup, CreateOptions } from './create.ts'
import { readManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { findProgram, missingProgram } from './programs.ts'
import { adminOf, checkRestored, restoreDump, restoreFolder } from './restore.ts'
import { expired, instantOf } from './retention.ts'
import { recordRun } from './runs.ts'
import type { BackupRun } from './runs.ts'
import { serverSettings } from './server-settings.ts'
import { verifyBackup } from './verify.ts'

const print = (line: string): void => console.log(line)

interface Job {
  env: Environment
  config: BackupConfig
  key: BackupKey
  folder: string
  isServer: boolean
}

async function prepare(): Promise<Job> {
  const env = withSecretFiles(readEnvironment()) as Environment
  const config = readBackupConfig(env)
  const folder = path.resolve(ROOT, config.folder)
  const key = await backupKey(config.key, config.recipients)
  return { env, config, key, folder, isServer: namesServer(env) }
}

async function create(job: Job): Promise<void> {
  const now = new Date()
  const started = performance.now()
  const run: BackupRun = {
    ...{ at: now, ok: false, name: null, rows: 0, sizeBytes: 0, durationMs: 0, copied: false, error: null },
  }
  try {
    const options: CreateOptions = {
      key: job.key,
      folder: job.folder,
      now,
      settings: serverSettings(job.env),
    }
    const made = job.isServer
      ? await createDump(options, job.config.backupUrl)
      : await createEmbedded(job, options)
    run.name = made.name
    run.rows = Object.values(made.manifest.rows).reduce((sum, count) => sum + count, 0)
    run.sizeBytes = made.manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)
    const seconds = (performance.now() - started) / 1000
    print(
      `${made.path}: ${run.rows} rows of ${Object.keys(made.manifest.rows).length} tables, ${(run.sizeBytes / 1e6).toFixed(1)} MB encrypted, ${seconds.toFixed(1)} s`,
    )
    if (job.config.s3) {
      await copyToBucket(job.config.s3, made.path, made.manifest)
      run.copied = true
      print(`A copy is in the bucket ${job.config.s3.bucket}.`)
    }
    await endOld(job, now)
    run.ok = true
  } catch (error) {
    run.error = (error as Error).message
    throw error
  } finally {
    run.durationMs = performance.now() - started
    await writeDown(job, run)
  }
}

async function endOld(job: Job, now: Date): Promise<void> {
  const ended = expired(readdirSync(job.folder), now)
  for (const name of ended) await rm(path.join(job.folder, name), { recursive: true, force: true })
  const copies = job.config.s3 ? await endOldCopies(job.config.s3, now) : []
  for (const name of ended) print(`${name} is past its time and was removed.`)
  for (const name of copies) print(`${name} is past its time and was removed from the bucket.`)
}

/** Of a server; an embedded one may be stopped by now, and nobody watches over it. */
async function writeDown(job: Job, run: BackupRun): Promise<void> {
  const controlUrl = job.env['DATABASE_CONTROL_URL'] ?? ''
  if (!job.isServer || controlUrl === '') return
  try {
    await recordRun(controlUrl, run)
  } catch (error) {
    print(`The backup could not be written down in control.backup_runs: ${(error as Error).message}`)
  }
}

async function createEmbedded(job: Job, options: CreateOptions): Promise<CreatedBackup> {
  const dataDir = developmentDataDir()
  if (!existsSync(path.join(dataDir, 'cluster')))
    throw new Error('There is no database yet; "make db-migrate" makes it.')
  const version = postgresVersion()
  const hasDump = findProgram('pg_dump', version) !== undefined
  const dev = runningDev()
  const running = dev ? adminUrlOf(dataDir, dev.ports.postgres) : undefined
  if (dev && running !== undefined) {
    if (!hasDump) {
      throw new Error(
        `make dev is running: "make stop" first, or give this machine its program. ${missingProgram('pg_dump', version)}`,
      )
    }
    return createDump(options, localEnvironment(job.env, dev.ports, running)['DATABASE_BACKUP_URL'] ?? '')
  }
  const ports = readPorts(job.env)
  const server = await startDevelopmentDatabase(ports)
  let stopped = false
  const stop = async (): Promise<void> => {
    if (!stopped) await server.stop()
    stopped = true
  }
  try {
    const url = localEnvironment(job.env, ports, server.adminUrl)['DATABASE_BACKUP_URL'] ?? ''
    return hasDump ? await createDump(options, url) : await createFolderCopy(options, url, dataDir, stop)
  } finally {
    await stop()
  }
}

/** The folder of a named backup, or of the newest; brought from the bucket where it is there alone. */
async function find(job: Job, name: string | undefined): Promise<string> {
  const { s3 } = job.config
  if (s3) {
    const wanted = name ?? (await listCopies(s3)).sort().at(-1)
    if (wanted !== undefined && !path.isAbsolute(wanted) && !existsSync(path.join(job.folder, wanted))) {
      print(`Fetching ${wanted} from the bucket ${s3.bucket} ...`)
      await fetchCopy(s3, path.basename(wanted), job.folder)
    }
  }
  const names = existsSync(job.folder)
    ? readdirSync(job.folder).filter((each) => instantOf(each) !== undefined)
    : []
  const chosen = name === undefined ? names.sort().at(-1) : path.basename(name)
  if (chosen === undefined) throw new Error(`There is no backup in ${job.folder}.`)
  const folder = name !== undefined && path.isAbsolute(name) ? name : path.join(job.folder, chosen)
  if (!existsSync(folder)) throw new Error(`There is no backup ${folder}.`)
  return folder
}

async function restore(job: Job, name: string | undefined): Promise<void> {
  const folder = await find(job, name)
  const manifest = await readManifest(folder, job.key)
  const started = performance.now()
  if (job.isServer) {
    const { adminUrl, ...urls } = readMigrationConfig(job.env)
    if (adminUrl === undefined)
      throw new Error('DATABASE_ADMIN_URL is needed: a restore makes logins and database.')
    if (manifest.kind === 'folder')
      throw new Error('This backup is a copy of an embedded database, for one alone.')
    await restoreDump(folder, job.key, manifest, adminUrl, urls)
  } else {
    await restoreEmbedded(job, folder, manifest)
  }
  print(
    `${folder} is restored, every count as in its manifest, in ${((performance.now() - started) / 1000).toFixed(1)} s.`,
  )
  print('No row refers to a file on disk: imports and exports are kept in the database.')
}

async function restoreEmbedded(job: Job, folder: string, manifest: Manifest): Promise<void> {
  if (runningDev()) throw new Error('make dev is running; "make stop" ends it.')
  const dataDir = developmentDataDir()
  await endAbandonedServer(dataDir)
  const cluster = path.join(dataDir, 'cluster')
  if (existsSync(cluster)) {
    if (process.env['CHRONOS_YES'] !== '1')
      throw new Error(`There is a database in ${dataDir} already. CHRONOS_YES=1 moves it aside and restores.`)
    const aside = `${cluster}.before-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}`
    renameSync(cluster, aside)
    print(`The database that was there is ${aside} now; remove it when you do not need it.`)
  }
  if (manifest.kind === 'folder') await restoreFolder(folder, job.key, dataDir)
  const ports = readPorts(job.env)
  const server = await startDevelopmentDatabase(ports)
  try {
    const local = localEnvironment(job.env, ports, server.adminUrl)
    const { adminUrl: _admin, ...urls } = readMigrationConfig(local)
    if (manifest.kind === 'dump') {
      await restoreDump(folder, job.key, manifest, server.adminUrl, urls)
    } else {
      await ensureRoles(server.adminUrl, urls)
      await checkRestored(adminOf(server.adminUrl, urls.ownerUrl), manifest)
    }
    await runMigrations(local, print)
  } finally {
    await server.stop()
  }
}

async function verify(job: Job, name: string | undefined): Promise<void> {
  const folder = await find(job, name)
  const manifest = await readManifest(folder, job.key)
  const started = performance.now()
  const checks = await verifyBackup(folder, job.key, manifest, job.env)
  for (const { name: what, problems, note } of checks) {
    print(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${what}${note === undefined ? '' : ` (${note})`}`)
    for (const problem of problems) print(`         ${problem}`)
  }
  print(`${folder}, taken ${manifest.takenAt}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  if (checks.some(({ problems }) => problems.length > 0)) process.exitCode = 1
}

const [command, name] = parseArgs({ allowPositionals: true }).positionals
// A server's settings are its environment: nothing is made up for it, a key least of all.
if (process.env['NODE_ENV'] !== 'production') ensureEnvFile()
try {
  const job = await prepare()
  if (command === 'create') await create(job)
  else if (command === 'restore') await restore(job, name)
  else if (command === 'verify') await verify(job, name)
  else throw new Error('Use: node scripts/backup/main.ts create|restore [name]|verify [name]')
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
