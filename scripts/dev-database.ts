// The development database of this checkout: where it lives, and how the make targets reach it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runningDev } from './dev-state.ts'
import { adminUrlOf, startEmbeddedPostgres } from './embedded-postgres.ts'
import type { EmbeddedPostgres } from './embedded-postgres.ts'
import type { Environment } from './env-file.ts'
import { ROOT } from './env-file.ts'
import { runPart } from './part.ts'
import type { Part } from './part.ts'
import { ROOT_HOME } from './postgres-binaries.ts'
import { localEnvironment, readPorts } from './settings.ts'
import type { Ports } from './settings.ts'

/** `.data/postgres`; for root a folder that the user postgres can enter, one for each checkout. */
export function developmentDataDir(root: string = ROOT): string {
  if (process.getuid?.() !== 0) return path.join(root, '.data', 'postgres')
  const checkout = existsSync(root) ? realpathSync(root) : root
  const folder = path.join(ROOT_HOME, createHash('sha256').update(checkout).digest('hex').slice(0, 16))
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeFileSync(path.join(folder, 'checkout'), `${checkout}\n`)
  return folder
}

/** Starts the development database. Throws ClusterInUseError when another process runs it. */
export function startDevelopmentDatabase(
  ports: Ports,
  onLog?: (line: string) => void,
): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: developmentDataDir(),
    port: ports.postgres,
    // As in production, for `make db-report`.
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      'pg_stat_statements.track_utility': 'off',
    },
    ...(onLog ? { onLog } : {}),
  })
}

/**
 * Gives `work` the environment of a running development database: that of a living `make dev`, or one
 * started for as long as the work takes.
 */
export async function withDevelopmentDatabase(
  env: Environment,
  work: (local: Environment) => Promise<void>,
): Promise<void> {
  const dev = runningDev()
  if (dev) {
    const adminUrl = adminUrlOf(developmentDataDir(), dev.ports.postgres)
    if (adminUrl) return work(localEnvironment(env, dev.ports, adminUrl))
  }
  const ports = readPorts(env)
  const server = await startDevelopmentDatabase(ports)
  try {
    await work(localEnvironment(env, ports, server.adminUrl))
  } finally {
    await server.stop()
  }
}

/** Whether make targets act on the server that the addresses name, and not on the embedded one of this checkout. */
export function namesServer(env: Environment): boolean {
  return env['NODE_ENV'] === 'production' || (env['DATABASE_ADMIN_URL'] ?? '') !== ''
}

/** Gives `work` the environment of the server that the addresses name; else of the embedded one, migrated. */
export async function withDatabase(
  env: Environment,
  onLine: (line: string) => void,
  work: (env: Environment) => Promise<void>,
): Promise<void> {
  if (namesServer(env)) return work(env)
  await withDevelopmentDatabase(env, async (local) => {
    await runMigrations(local, onLine)
    await work(local)
  })
}

type Watch = (part: Part) => void

/** Makes the logins and the database, and applies the migrations it has not seen. */
export function runMigrations(
  env: Environment,
  onLine: (line: string) => void,
  onStart?: Watch,
): Promise<void> {
  return runPart({ name: 'migrate', args: ['backend/src/migrate.ts'], env, onLine }, onStart)
}

/** Puts the demo workspace into the database; changes nothing where it is already. */
export function runSeed(env: Environment, onLine: (line: string) => void, onStart?: Watch): Promise<void> {
  return runPart({ name: 'seed', args: ['backend/prisma/seed.ts'], env, onLine }, onStart)
}
