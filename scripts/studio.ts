// Prisma Studio, the database administration of development. It listens on 127.0.0.1 alone and signs in with a login of its own. It has BYPASSRLS, since it sets no tenant and would see no
// row; it is no superuser, since Studio runs whatever SQL it is sent. Development only.
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import type { Environment } from './env-file.ts'
import { ROOT } from './env-file.ts'

const ROLE = 'chronos_studio'
const SCHEMAS = ['app', 'control']

/** Makes or renews the login after the migrations; its connection string to the product's database. */
export function ensureStudioLogin(adminUrl: string, databaseUrl: string): Promise<string> {
  return ensureDeveloperLogin(ROLE, adminUrl, databaseUrl)
}

/** The same for a login of another name: renewing one ends the way of new connections with its old password. */
export async function ensureDeveloperLogin(
  role: string,
  adminUrl: string,
  databaseUrl: string,
): Promise<string> {
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1))
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  const password = randomBytes(24).toString('hex')
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    const known = await client.query('select 1 from pg_catalog.pg_roles where rolname = $1', [role])
    const verb = known.rowCount === 0 ? 'create' : 'alter'
    await client.query(`${verb} role ${role} with login nosuperuser bypassrls password '${password}'`)
    await client.query(`grant connect on database ${client.escapeIdentifier(database)} to ${role}`)
    for (const schema of SCHEMAS) {
      await client.query(`grant usage on schema ${schema} to ${role}`)
      await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`)
      await client.query(`grant execute on all functions in schema ${schema} to ${role}`)
    }
  } finally {
    await client.end()
  }
  url.username = role
  url.password = password
  return url.href
}

export const STUDIO_FOLDER = path.join(ROOT, 'backend')

/** Node's arguments for Prisma Studio, to be run in STUDIO_FOLDER with `studioEnvironment`. */
export function studioArguments(port: number): string[] {
  return [
    '--import',
    new URL('./studio-preload.ts', import.meta.url).href,
    path.join(ROOT, 'node_modules', 'prisma', 'build', 'index.js'),
    ...['studio', '--port', String(port), '--browser', 'none', '--config', STUDIO_CONFIG],
  ]
}

const STUDIO_CONFIG = path.join(ROOT, 'scripts', 'studio.config.ts')

/** `url` as ensureStudioLogin gave it; not an argument, since everybody on a machine sees those. */
export function studioEnvironment(url: string): Environment {
  return {
    STUDIO_DATABASE_URL: url,
    // Studio needs no engine, but Prisma downloads one unless it is told of another; see the file.
    PRISMA_SCHEMA_ENGINE_BINARY: path.join(ROOT, 'scripts', 'prisma-engine-stub'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    BROWSER: 'none',
  }
}
