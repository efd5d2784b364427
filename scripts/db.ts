// `make db-migrate`, `db-seed` and their like, and the programs of operators: on the development database, whether `make dev`
// runs or not. With NODE_ENV=production, or DATABASE_ADMIN_URL set, on the server that the addresses name.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ask } from './ask.ts'
import { withSecretFiles } from '../backend/src/secrets.ts'
import {
  developmentDataDir,
  namesServer,
  runMigrations,
  runSeed,
  withDatabase,
  withDevelopmentDatabase,
} from './dev-database.ts'
import { migrateDevelopment } from './db-migrate-dev.ts'
import { inWords, maintain } from '../backend/src/platform/maintenance.ts'
import { runningDev } from './dev-state.ts'
import { endAbandonedServer } from './embedded-postgres.ts'
import { ensureEnvFile, readEnvironment } from './env-file.ts'
import type { Environment } from './env-file.ts'
import { PartFailedError, runPart, startPart } from './part.ts'
import { isPortFree } from './ports.ts'
import { PORT_VARIABLES, readPorts, readStudioPort } from './settings.ts'
import { responds } from './stack.ts'
import { ensureStudioLogin, STUDIO_FOLDER, studioArguments, studioEnvironment } from './studio.ts'

const print = (line: string): void => console.log(line)

const settings = (): Environment => withSecretFiles(readEnvironment()) as Environment

async function migrate(): Promise<void> {
  const env = settings()
  if (namesServer(env)) await runMigrations(env, print)
  else await withDevelopmentDatabase(env, (local) => runMigrations(local, print))
}

async function seed(): Promise<void> {
  if (readEnvironment()['NODE_ENV'] === 'production')
    throw new Error('The demo workspace has a known password: it is not put into a production database.')
  await withDevelopmentDatabase(readEnvironment(), async (env) => {
    await runMigrations(env, print)
    await runSeed(env, print)
  })
}

/** Removes all data of the development database, after a yes, and makes it anew with demo data. */
async function reset(): Promise<void> {
  if (runningDev()) throw new Error('make dev is running; "make stop" ends it.')
  if (namesServer(readEnvironment()))
    throw new Error('make db-reset is of the embedded development database alone.')
  const dataDir = developmentDataDir()
  if (existsSync(path.join(dataDir, 'cluster'))) {
    const answer = await ask(`This deletes the development database in ${dataDir}. Type "yes" to go on: `)
    if (answer !== 'yes') return print('Nothing was changed.')
    await endAbandonedServer(dataDir)
    rmSync(path.join(dataDir, 'cluster'), { recursive: true, force: true })
  }
  await seed()
}

/**
 * A program of the backend over the database; what follows its name on the command line goes to it. It has said itself
 * what went wrong: this ends with 1, whatever it ended with.
 */
function program(name: string): () => Promise<void> {
  const args = [`backend/src/${name}.ts`, ...process.argv.slice(3)]
  return () =>
    withDatabase(settings(), print, async (env) => {
      await runPart({ name, args, env, onLine: print }).catch((error: unknown) => {
        if (!(error instanceof PartFailedError && /^exit code [12]$/.test(error.reason))) throw error
        process.exitCode = 1
      })
    })
}

async function vacuumWhereDue(): Promise<void> {
  await withDatabase(settings(), print, async (env) => {
    const result = await maintain(env['DATABASE_MAINTENANCE_URL'] || (env['DATABASE_OWNER_URL'] ?? ''))
    if (!result.ok) throw new Error(inWords(result))
    print(inWords(result))
  })
}

/** That of database administration; where something has it, as Adminer of the containers does, the port beside it. */
async function studioPort(): Promise<number> {
  const env = readEnvironment()
  const { dbAdmin } = readPorts(env)
  if (await isPortFree(dbAdmin, '127.0.0.1')) return dbAdmin
  const beside = readStudioPort(env)
  if (await isPortFree(beside, '127.0.0.1')) return beside
  throw new Error(
    `Ports ${dbAdmin} (${PORT_VARIABLES.dbAdmin}) and ${beside} (STUDIO_PORT) are in use: set one of them in .env to another port.`,
  )
}

async function studio(): Promise<void> {
  const dev = runningDev()
  if (dev) return print(`make dev runs it already: http://localhost:${dev.ports.dbAdmin}`)
  const port = await studioPort()
  await withDevelopmentDatabase(readEnvironment(), async (env) => {
    await runMigrations(env, print)
    const url = await ensureStudioLogin(env['DATABASE_ADMIN_URL'] ?? '', env['DATABASE_URL'] ?? '')
    const part = startPart({
      name: 'studio',
      args: studioArguments(port),
      env: { ...env, ...studioEnvironment(url) },
      cwd: STUDIO_FOLDER,
      onLine: print,
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void part.stop())
    let hasEnded = false
    const ended = part.exited.then(() => (hasEnded = true))
    while (!hasEnded && !(await responds(`http://127.0.0.1:${port}/`)))
      await new Promise((resolve) => setTimeout(resolve, 100))
    if (!hasEnded) print(`Prisma Studio: http://localhost:${port}`)
    await ended
    await part.stop()
  })
}

function migrateDev(): Promise<void> {
  const [name = '', columns = '', draft = ''] = process.argv.slice(3)
  return migrateDevelopment({ name, columns, isDraft: draft !== '' }, print)
}

const COMMANDS: Record<string, () => Promise<void>> = {
  migrate,
  'migrate-dev': migrateDev,
  seed,
  reset,
  studio,
  maintain: vacuumWhereDue,
  'db-report': program('db-report'),
  'audit-verify': program('audit-verify'),
  'rotate-keys': program('rotate-keys'),
  'operator-create': program('operator-create'),
  'person-sessions-end': program('person-sessions-end'),
  'person-reset-link': program('person-reset-link'),
  'tenant-create': program('tenant-create'),
  'tenant-list': program('tenant-list'),
  'tenant-export': program('tenant-export'),
}

const command = COMMANDS[process.argv[2] ?? '']
if (!command) {
  console.error(`Use: node scripts/db.ts ${Object.keys(COMMANDS).join('|')}`)
  process.exit(2)
}
// A server's settings are its environment: nothing is made up for it.
if (process.env['NODE_ENV'] !== 'production') ensureEnvFile()
try {
  await command()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
