/**
 * Where figures are measured: one PostgreSQL that waits for the disk as production does, a Redis where one is
 * installed, and the product's own processes as production starts them.
 *
 * BENCH_DATABASE_ADMIN_URL names a running PostgreSQL of this machine to use instead; its databases are kept and used
 * again, which saves the seeding while one works on a figure. BENCH_PORT is the first port that is tried.
 */
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { migrate } from '../../backend/src/platform/migrate.ts'
import { ensureRoles } from '../../backend/src/platform/roles.ts'
import { urlsFor } from '../../backend/test/database.ts'
import { isPortFree } from '../../scripts/ports.ts'
import { ROOT } from '../../scripts/env-file.ts'
import { findProgram, REDIS } from '../../scripts/system-packages.ts'
import { startTestCluster, type TestCluster } from '../../scripts/test-cluster.ts'
import { answers, says, startChild, type Child } from './children.ts'
import { parentOf } from './processor-time.ts'
import type { Servers } from './rounds.ts'

export interface BenchDatabase {
  name: string
  appUrl: string
  controlUrl: string
  /** Superuser's, of this database. */
  adminUrl: string
  /** Superuser's connection, open until the lab closes. */
  admin: pg.Client
}

export interface Server extends Child {
  url: string
  port: number
}

export interface ApiOptions {
  roles: string
  env?: Record<string, string>
}

export interface Lab {
  readonly quick: boolean
  /** For files of the figures; removed at the end. */
  readonly folder: string
  readonly servers: Servers
  /** 'Redis 7.0.15', or what stands in its place. */
  readonly store: string
  readonly whatsapp: { secret: string; phoneNumberId: string }
  /** A migrated database; `prepare` fills it once. */
  database(name: string, prepare?: (database: BenchDatabase) => Promise<void>): Promise<BenchDatabase>
  /** A copy of a database to which nobody is connected. */
  clone(source: BenchDatabase, name: string): Promise<BenchDatabase>
  startApi(database: BenchDatabase, options: ApiOptions): Promise<Server>
  /** The job process alone. */
  startWorker(database: BenchDatabase, env: Record<string, string>): Promise<Child>
  /** What the product's processes are started with, for a program that uses its modules. */
  environmentOf(database: BenchDatabase): Record<string, string>
  /** A program of `bench/bare`; answers `GET /` once it is ready. */
  startBare(file: string, env: Record<string, string>): Promise<Server>
  freePort(): Promise<number>
  close(): Promise<void>
}

export interface LabOptions {
  quick: boolean
  /** Where the API's CPU profiles go; null for none. */
  profileFolder: string | null
}

/** As `npm start` of the backend has them: the default young generation alone takes 100 MB during an import. */
const NODE_FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=512']

const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  max_connections: '200',
}

export async function createLab(options: LabOptions): Promise<Lab> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-bench-'))
  const given = process.env['BENCH_DATABASE_ADMIN_URL']
  const cluster: TestCluster | null =
    given === undefined ? await startTestCluster({ settings: SETTINGS }) : null
  const adminUrl = given ?? cluster?.adminUrl ?? ''
  const server = new pg.Client({ connectionString: adminUrl })
  await server.connect()
  let lastPort = Number(process.env['BENCH_PORT'] ?? 3700) - 1
  async function nextPort(): Promise<number> {
    do lastPort += 1
    while (!(await isPortFree(lastPort, '127.0.0.1')))
    return lastPort
  }

  const redis = await startRedis(folder, nextPort)
  const secrets = {
    JWT_SECRET: secret(),
    SESSION_SECRET: secret(),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  }
  const whatsapp = { secret: secret(), phoneNumberId: '106540352242922' }
  const databases: BenchDatabase[] = []
  const children: Child[] = []
  if (redis) children.push(redis.child)

  async function open(name: string): Promise<BenchDatabase> {
    const url = new URL(adminUrl)
    url.pathname = `/${name}`
    const admin = new pg.Client({ connectionString: url.href })
    await admin.connect()
    const { appUrl, controlUrl } = urlsFor(adminUrl, name)
    const database = { name, appUrl, controlUrl, adminUrl: url.href, admin }
    databases.push(database)
    return database
  }

  const profile =
    options.profileFolder === null
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${options.profileFolder}`, '--cpu-prof-name=${pid}.cpuprofile']

  const environmentOf = (database: BenchDatabase): Record<string, string> => ({
    // Not production: there the limits on requests would refuse, here they are counted and do not.
    NODE_ENV: 'development',
    RATE_LIMITS: 'on',
    DATABASE_URL: database.appUrl,
    DATABASE_CONTROL_URL: database.controlUrl,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ...secrets,
    BCRYPT_ROUNDS: '4',
    WHATSAPP_PHONE_NUMBER_ID: whatsapp.phoneNumberId,
    WHATSAPP_WEBHOOK_SECRET: whatsapp.secret,
  })

  function startProduct(entry: string, database: BenchDatabase, env: Record<string, string>): Child {
    const child = startChild({
      name: `${path.basename(entry, '.ts')}-${children.length}`,
      command: ['node', ...NODE_FLAGS, ...profile, `backend/src/${entry}`],
      cwd: ROOT,
      logFolder: folder,
      env: { ...environmentOf(database), ...env },
    })
    children.push(child)
    return child
  }

  return {
    environmentOf,
    quick: options.quick,
    folder,
    servers: { postgresPid: parentOf(await backendPid(server)), redisPid: redis?.child.pid ?? null },
    store: redis?.version ?? 'the store inside the process (redis-server is not installed)',
    whatsapp,
    freePort: nextPort,

    async database(label, prepare) {
      const name = `bench_${label}_${schemaHash()}`
      const known = await server.query<{ state: string | null }>(
        "select shobj_description(oid, 'pg_database') as state from pg_database where datname = $1",
        [name],
      )
      if (known.rows[0]?.state === 'prepared') return open(name)
      if (known.rows[0]) await server.query(`drop database ${name} with (force)`)
      const urls = urlsFor(adminUrl, name)
      await ensureRoles(adminUrl, urls)
      await migrate(urls.ownerUrl)
      const database = await open(name)
      await prepare?.(database)
      if (prepare) await server.query(`comment on database ${name} is 'prepared'`)
      return database
    },

    async clone(source, label) {
      const name = `bench_${label}_${schemaHash()}`
      await source.admin.end()
      databases.splice(databases.indexOf(source), 1)
      await server.query(`drop database if exists ${name} with (force)`)
      await server.query(`create database ${name} template ${source.name} owner chronos_owner`)
      await server.query(`grant connect, temporary on database ${name} to chronos_app, chronos_control`)
      return open(name)
    },

    async startApi(database, { roles, env = {} }) {
      const port = await nextPort()
      const child = startProduct('server.ts', database, {
        CHRONOS_ROLES: roles,
        API_PORT: String(port),
        ...env,
      })
      const url = `http://127.0.0.1:${port}`
      await answers(child, `${url}/health/ready`)
      return { ...child, url, port }
    },

    async startWorker(database, env) {
      const child = startProduct('worker.ts', database, env)
      await says(child, 'worker is waiting for jobs')
      return child
    },

    async startBare(file, env) {
      const port = await nextPort()
      const child = startChild({
        name: `${path.basename(file, '.ts')}-${port}`,
        command: ['node', ...profile, path.join('bench', 'bare', file)],
        cwd: ROOT,
        logFolder: folder,
        env: { ...env, PORT: String(port) },
      })
      children.push(child)
      const url = `http://127.0.0.1:${port}`
      await answers(child, `${url}/`)
      return { ...child, url, port }
    },

    async close() {
      for (const child of children.toReversed()) await child.stop()
      for (const { admin } of databases) await admin.end()
      await server.end()
      await cluster?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('hex')
}

async function backendPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}

/** Another schema is another database: a kept one never answers for a migration it has not seen. */
function schemaHash(): string {
  const hash = createHash('sha256')
  const folder = path.join(ROOT, 'backend', 'migrations')
  for (const name of readdirSync(folder).sort())
    hash.update(name).update(readFileSync(path.join(folder, name)))
  return hash.digest('hex').slice(0, 8)
}

interface RunningRedis {
  child: Child
  url: string
  version: string
}

/** Redis without a disk: it holds nothing that must survive. null where it is not installed. */
async function startRedis(folder: string, nextPort: () => Promise<number>): Promise<RunningRedis | null> {
  const program = findProgram(REDIS)
  if (program === undefined) return null
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' })
  const port = await nextPort()
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const child = startChild({
    name: 'redis',
    command: [program, ...settings, '--dir', folder],
    env: {},
    logFolder: folder,
  })
  return {
    child,
    url: `redis://127.0.0.1:${port}`,
    version: `Redis ${/v=([\d.]+)/.exec(version)?.[1] ?? ''}`,
  }
}
