// `make db-migrate`, `db-seed`, `db-reset`, `db-studio`: the development database, whether `make dev` runs or not.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { developmentDataDir, runMigrations, runSeed, withDevelopmentDatabase } from './dev-database.ts'
import { runningDev } from './dev-state.ts'
import { endAbandonedServer } from './embedded-postgres.ts'
import { ensureEnvFile, readEnvironment } from './env-file.ts'
import { runPart, startPart } from './part.ts'
import { readPorts } from './settings.ts'
import { ensureStudioLogin, STUDIO_FOLDER, studioArguments, studioEnvironment } from './studio.ts'

const print = (line: string): void => console.log(line)

async function migrate(): Promise<void> {
  await withDevelopmentDatabase(readEnvironment(), (env) => runMigrations(env, print))
}

async function seed(): Promise<void> {
  await withDevelopmentDatabase(readEnvironment(), async (env) => {
    await runMigrations(env, print)
    await runSeed(env, print)
  })
}

/** Removes all data of the development database, after a yes, and makes it anew with demo data. */
async function reset(): Promise<void> {
  if (runningDev()) throw new Error('make dev is running; "make stop" ends it.')
  const dataDir = developmentDataDir()
  if (existsSync(path.join(dataDir, 'cluster'))) {
    const answer = await ask(`This deletes the development database in ${dataDir}. Type "yes" to go on: `)
    if (answer !== 'yes') return print('Nothing was changed.')
    await endAbandonedServer(dataDir)
    rmSync(path.join(dataDir, 'cluster'), { recursive: true, force: true })
  }
  await seed()
}

async function ask(question: string): Promise<string> {
  if (process.env['CHRONOS_YES'] === '1') return 'yes'
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([terminal.question(question), closed])
  terminal.close()
  return answer.trim()
}

/** Ends with 1 where a row of an audit log is broken, and names it. */
async function auditVerify(): Promise<void> {
  await withDevelopmentDatabase(readEnvironment(), async (env) => {
    await runMigrations(env, print)
    await runPart({ name: 'audit-verify', args: ['backend/src/audit-verify.ts'], env, onLine: print })
  })
}

/** `node scripts/db.ts operator-create <e-mail> <name>`: password and authenticator secret are printed once. */
async function operatorCreate(): Promise<void> {
  await withDevelopmentDatabase(readEnvironment(), async (env) => {
    await runMigrations(env, print)
    const args = ['backend/src/operator-create.ts', ...process.argv.slice(3, 5)]
    await runPart({ name: 'operator-create', args, env, onLine: print })
  })
}

/** `node scripts/db.ts tenant-create|tenant-list|tenant-export …`: what follows goes to the program as it stands. */
function tenants(program: string): () => Promise<void> {
  return () =>
    withDevelopmentDatabase(readEnvironment(), async (env) => {
      await runMigrations(env, print)
      const args = [`backend/src/${program}.ts`, ...process.argv.slice(3)]
      await runPart({ name: program, args, env, onLine: print })
    })
}

async function studio(): Promise<void> {
  const dev = runningDev()
  if (dev) return print(`make dev runs it already: http://localhost:${dev.ports.dbAdmin}`)
  const port = readPorts(readEnvironment()).dbAdmin
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
    await part.exited
    await part.stop()
  })
}

const COMMANDS: Record<string, () => Promise<void>> = {
  migrate,
  seed,
  reset,
  studio,
  'audit-verify': auditVerify,
  'operator-create': operatorCreate,
  'tenant-create': tenants('tenant-create'),
  'tenant-list': tenants('tenant-list'),
  'tenant-export': tenants('tenant-export'),
}

const command = COMMANDS[process.argv[2] ?? '']
if (!command) {
  console.error(`Use: node scripts/db.ts ${Object.keys(COMMANDS).join('|')}`)
  process.exit(2)
}
ensureEnvFile()
try {
  await command()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
