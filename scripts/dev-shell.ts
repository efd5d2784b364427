// `make shell-postgres`, `make shell-redis`: a prompt on the development database and on its Redis. psql and redis-cli
// where they are installed; otherwise a small SQL prompt, and for Redis what to install.
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { runMigrations, withDevelopmentDatabase } from './dev-database.ts'
import { ensureEnvFile, readEnvironment } from './env-file.ts'
import { ensureDeveloperLogin } from './studio.ts'
import { findProgram } from './system-packages.ts'

const PSQL = { title: 'psql', variable: 'PSQL_PATH', candidates: ['psql'], debianPackages: [], advice: '' }
const REDIS_CLI = { ...PSQL, title: 'redis-cli', variable: 'REDIS_CLI_PATH', candidates: ['redis-cli'] }

/** Like Studio's, this login sees every tenant and may write, and is no superuser; its password lasts until the next shell. */
const DEVELOPER = 'chronos_developer'

async function shellPostgres(): Promise<void> {
  ensureEnvFile()
  await withDevelopmentDatabase(readEnvironment(), async (env) => {
    await runMigrations(env, () => undefined)
    const url = await ensureDeveloperLogin(
      DEVELOPER,
      env['DATABASE_ADMIN_URL'] ?? '',
      env['DATABASE_URL'] ?? '',
    )
    const psql = findProgram(PSQL)
    if (psql === undefined) return await prompt(url)
    const { hostname, port, username, password, pathname } = new URL(url)
    // Not an argument: everybody on a machine sees those.
    const own = {
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      PGDATABASE: pathname.slice(1),
    }
    // Ctrl-C ends a statement in psql, and not the database under it.
    process.on('SIGINT', () => undefined)
    process.exitCode = spawnSync(psql, { env: { ...env, ...own }, stdio: 'inherit' }).status ?? 1
  })
}

/** Each statement runs at its semicolon; a refusal is shown, and ends a script with 1. `\q` or Ctrl-D leaves. */
async function prompt(url: string): Promise<void> {
  const isPerson = process.stdin.isTTY
  const client = new pg.Client(url)
  await client.connect()
  if (isPerson) console.log('psql is not installed: a small prompt. End statements with ";", leave with \\q.')
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: isPerson,
    prompt: 'sql> ',
  })
  let statement = ''
  if (isPerson) terminal.prompt()
  try {
    for await (const line of terminal) {
      if (line.trim() === String.raw`\q`) break
      statement += `${line}\n`
      if (line.trimEnd().endsWith(';')) {
        await run(client, statement)
        statement = ''
      }
      if (isPerson) terminal.prompt()
    }
    if (statement.trim() !== '') await run(client, statement)
  } finally {
    terminal.close()
    await client.end()
  }
}

async function run(client: pg.Client, statement: string): Promise<void> {
  try {
    const answers = [await client.query(statement)].flat()
    for (const { rows, command, rowCount } of answers)
      if (rows.length > 0) console.table(rows)
      else console.log(`${command} ${rowCount ?? ''}`.trim())
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    if (!process.stdin.isTTY) process.exitCode = 1
  }
}

function shellRedis(): void {
  const env = readEnvironment()
  const address = env['REDIS_URL']
  if (!address)
    return console.log(
      'REDIS_URL is empty: make dev keeps sessions and limits in a store inside the API. There is no shell to it.',
    )
  const cli = findProgram(REDIS_CLI)
  if (cli === undefined)
    throw new Error(
      'redis-cli is not installed. Debian: apt-get install redis-tools; macOS: brew install redis.',
    )
  const url = new URL(address)
  const password = decodeURIComponent(url.password) || env['REDIS_PASSWORD']
  const own = password ? { REDISCLI_AUTH: password } : {}
  url.password = ''
  process.exitCode =
    spawnSync(cli, ['-u', url.href], { env: { ...env, ...own }, stdio: 'inherit' }).status ?? 1
}

try {
  if (process.argv[2] === 'redis') shellRedis()
  else await shellPostgres()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
