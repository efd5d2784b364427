// Starts and stops a real PostgreSQL from npm's binaries: no Docker, no system package.
// What always holds: it listens on 127.0.0.1 alone and has no unix socket; every cluster is UTF8 with data
// checksums and locale C (the same order of strings on every machine); passwords are SCRAM; and the server
// ends with the process that started it, even when that one is killed with SIGKILL.
import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { postgresHome, serverUser } from './postgres-binaries.ts'
import type { SystemUser } from './postgres-binaries.ts'
import { commandLine, isAlive, waitForExit } from './process-info.ts'
import { endWithThisProcess, forgetProcess } from './reaper.ts'

export interface EmbeddedPostgresOptions {
  /** Holds `cluster` (PostgreSQL's own files) and `superuser-password`; made when missing. */
  dataDir: string
  /** On 127.0.0.1. */
  port: number
  /** Extra server settings, as for `postgres -c`. */
  settings?: Record<string, string>
  /** It follows another server, and takes no writes. */
  standby?: boolean
  /** Takes each line the server logs. */
  onLog?: (line: string) => void
}

export interface EmbeddedPostgres {
  /** Connection string of the superuser, database postgres. */
  adminUrl: string
  port: number
  pid: number
  /** Settles when the server has ended, asked or not. */
  exited: Promise<void>
  /** Ends sessions and the server; with `immediately` without the last checkpoint, for data nobody wants. */
  stop(options?: { immediately?: boolean }): Promise<void>
}

/** Thrown when another living process runs the cluster of this folder. */
export class ClusterInUseError extends Error {
  readonly ownerPid: number
  constructor(dataDir: string, ownerPid: number) {
    super(`The database in ${dataDir} is already run by process ${ownerPid}.`)
    this.ownerPid = ownerPid
  }
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 20_000

/**
 * Makes the cluster when there is none, clears what a crash left behind, and starts the server.
 * Resolves when it accepts connections. Throws ClusterInUseError, or an Error with the server's own words.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = postgresHome()
  const user = serverUser()
  mkdirSync(options.dataDir, { recursive: true, mode: 0o755 })
  const cluster = path.join(options.dataDir, 'cluster')
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) await createCluster(options, home, cluster, user)
  const adminUrl = adminUrlOf(options.dataDir, options.port)
  if (!adminUrl) throw new Error(`${passwordFile(options.dataDir)} is missing: the database cannot be used.`)
  await clearLeftovers(options.dataDir, cluster)

  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const { server, ready } = launch(options, home, cluster, user)
    const outcome = await ready
    if (outcome === 'ready') return running(options, server, adminUrl)
    // Backends of a killed server notice its death within a second or two; until then their memory is in use.
    const waitingForOld = /pre-existing shared memory|lock file "postmaster.pid" already exists/.test(outcome)
    if (!waitingForOld || Date.now() > deadline) throw new Error(`PostgreSQL did not start.\n${outcome}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Connection string of the superuser of a cluster that runs or ran here; undefined when there is none. */
export function adminUrlOf(dataDir: string, port: number): string | undefined {
  const file = passwordFile(dataDir)
  if (!existsSync(file)) return undefined
  const password = readFileSync(file, 'utf8').trim()
  return `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
}

/** Ends a server that a killed process left running here. Throws ClusterInUseError when its owner lives. */
export async function endAbandonedServer(dataDir: string): Promise<void> {
  await clearLeftovers(dataDir, path.join(dataDir, 'cluster'))
}

function passwordFile(dataDir: string): string {
  return path.join(dataDir, 'superuser-password')
}

function ownerFile(dataDir: string): string {
  return path.join(dataDir, 'owner.pid')
}

/** initdb into a folder beside, renamed when it is whole: a start that was interrupted leaves no half cluster. */
async function createCluster(
  options: EmbeddedPostgresOptions,
  home: string,
  cluster: string,
  user: SystemUser | undefined,
): Promise<void> {
  const partial = `${cluster}.new`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { mode: 0o700 })
  const secret = passwordFile(options.dataDir)
  writeFileSync(secret, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  if (user) {
    chownSync(partial, user.uid, user.gid)
    chownSync(secret, user.uid, user.gid)
  }
  const args = [
    `--pgdata=${partial}`,
    '--username=postgres',
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
    ...(options.settings?.['fsync'] === 'off' ? ['--no-sync'] : []),
  ]
  const child = spawn(path.join(home, 'bin', 'initdb'), args, childOptions(user))
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`PostgreSQL's initdb failed (${code}).\n${output.trim()}`)
  renameSync(partial, cluster)
}

function childOptions(user: SystemUser | undefined): SpawnOptions {
  // Nothing of the caller's environment (PGPORT, LANG, TZ) may change the server.
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  return { cwd: '/', env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user }
}

/** Ends a server whose owner is gone, and removes a lock file whose process id belongs to something else now. */
async function clearLeftovers(dataDir: string, cluster: string): Promise<void> {
  const lock = path.join(cluster, 'postmaster.pid')
  const pid = readPid(lock)
  if (pid === undefined) return
  if (!isAlive(pid) || !commandLine(pid).includes(cluster)) {
    rmSync(lock, { force: true })
    return
  }
  const owner = readPid(ownerFile(dataDir))
  if (owner !== undefined && owner !== process.pid && isAlive(owner))
    throw new ClusterInUseError(dataDir, owner)
  process.kill(pid, 'SIGINT')
  if (await waitForExit(pid, STOP_TIMEOUT_MS)) return
  process.kill(pid, 'SIGQUIT')
  await waitForExit(pid, STOP_TIMEOUT_MS)
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

/** `ready` gives 'ready', or what the server said before it ended. */
function launch(
  options: EmbeddedPostgresOptions,
  home: string,
  cluster: string,
  user: SystemUser | undefined,
): { server: ChildProcess; ready: Promise<string> } {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    max_connections: '100',
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(path.join(home, 'bin', 'postgres'), ['-D', cluster, ...flags], childOptions(user))
  if (server.pid) endWithThisProcess(server.pid, 'INT')
  const said: string[] = []
  const readyLine = options.standby
    ? 'database system is ready to accept read-only connections'
    : 'database system is ready to accept connections'
  const ready = new Promise<string>((resolve, reject) => {
    server.once('error', reject)
    server.once('close', () => {
      if (server.pid) forgetProcess(server.pid)
      resolve(said.join('\n') || 'It ended without a word.')
    })
    const timer = setTimeout(() => {
      server.kill('SIGQUIT')
      resolve(`It was not ready after ${START_TIMEOUT_MS / 1000} s.\n${said.join('\n')}`)
    }, START_TIMEOUT_MS)
    timer.unref()
    for (const stream of [server.stderr, server.stdout]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        if (said.length < 200) said.push(line)
        options.onLog?.(line)
        if (!line.includes(readyLine)) return
        clearTimeout(timer)
        resolve('ready')
      })
    }
  })
  return { server, ready }
}

function running(options: EmbeddedPostgresOptions, server: ChildProcess, adminUrl: string): EmbeddedPostgres {
  const pid = server.pid
  if (pid === undefined) throw new Error('PostgreSQL has no process id.')
  writeFileSync(ownerFile(options.dataDir), `${process.pid}\n`)
  const exited = new Promise<void>((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) resolve()
    else server.once('exit', () => resolve())
  })
  return {
    adminUrl,
    port: options.port,
    pid,
    exited,
    async stop({ immediately = false } = {}) {
      server.kill(immediately ? 'SIGQUIT' : 'SIGINT')
      const force = setTimeout(() => server.kill('SIGQUIT'), STOP_TIMEOUT_MS)
      await exited
      clearTimeout(force)
      rmSync(ownerFile(options.dataDir), { force: true })
    },
  }
}
