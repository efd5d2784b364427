// `make shell-postgres`, `make shell-redis`: a prompt on the development database and on its Redis; with NODE_ENV=production
// or DATABASE_ADMIN_URL on the server that the addresses name. psql and redis-cli where they are installed; otherwise a
// small SQL prompt, and for Redis what to install.
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { withSecretFiles } from '../backend/src/secrets.ts'
import { namesServer, runMigrations, withDevelopmentDatabase } from './dev-database.ts'
import { ensureEnvFile, readEnvironment } from './env-file.ts'
import type { Environment } from './env-file.ts'
import { psqlConnection } from './psql-address.ts'
import { ensureDeveloperLogin } from './studio.ts'
import { findProgram } from './system-packages.ts'

const PSQL = { title: 'psql', variable: 'PSQL_PATH', candidates: ['psql'], debianPackages: [], advice: '' }
const REDIS_CLI = { ...PSQL, title: 'redis-cli', variable: 'REDIS_CLI_PATH', candidates: ['redis-cli'] }

/** Like Studio's, this login sees every tenant and may write, and is no superuser; its password lasts until the next shell. */
const DEVELOPER = 'chronos_developer'

async function shellPostgres(): Promise<void> {
  if (process.env['NODE_ENV'] !== 'production') ensureEnvFile()
  const env = withSecretFiles(readEnvironment()) as Environment
  // Somebody's own server gets no login and no migration from a shell: who has its address signs in as that says.
  if (namesServer(env)) return await open(serverAddress(env), env)
  await withDevelopmentDatabase(env, async (local) => {
    await runMigrations(local, () => undefined)
    const [admin, database] = [local['DATABASE_ADMIN_URL'] ?? '', local['DATABASE_URL'] ?? '']
    await open(await ensureDeveloperLogin(DEVELOPER, admin, database), local)
  })
}

/** The administrator's, else the owner's, of the product's database. */
function serverAddress(env: Environment): string {
  const admin = env['DATABASE_ADMIN_URL'] || env['DATABASE_OWNER_URL'] || ''
  const product = env['DATABASE_OWNER_URL'] || env['DATABASE_URL'] || ''
  for (const address of [admin, product])
    if (!URL.canParse(address))
      throw new Error(
        'DATABASE_ADMIN_URL or DATABASE_OWNER_URL is needed: postgresql://user:password@host/database',
      )
  const url = new URL(admin)
  url.pathname = new URL(product).pathname
  console.error(`On ${url.host}${url.pathname} as ${decodeURIComponent(url.username)}.`)
  return url.href
}

async function open(url: string, env: Environment): Promise<void> {
  const psql = findProgram(PSQL)
  if (psql === undefined) return await prompt(url)
  const { args, env: own } = psqlConnection(url)
  // Ctrl-C ends a statement in psql, and not the database under it.
  process.on('SIGINT', () => undefined)
  process.exitCode = spawnSync(psql, args, { env: { ...env, ...own }, stdio: 'inherit' }).status ?? 1
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
  const env = withSecretFiles(readEnvironment()) as Environment
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
  // The authority that the product believes; redis-cli takes none from an address.
  const authority = url.searchParams.get('cacert')
  url.search = ''
  const tls = authority === null ? [] : ['--cacert', authority]
  process.exitCode =
    spawnSync(cli, [...tls, '-u', url.href], { env: { ...env, ...own }, stdio: 'inherit' }).status ?? 1
}

try {
  if (process.argv[2] === 'redis') shellRedis()
  else await shellPostgres()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
