// `make db-validate`: the migrations of this checkout on an empty database and on one that the last release made and
// filled; the catalogue against schema.prisma after each; balances and audit log of the second; and the last release's
// own server and worker on the new schema, since both versions run while one replaces the other.
// BASE=<tag or commit> takes another release.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { catalogueFacts, differences, modelFacts } from '../backend/test/schema/prisma-model.ts'
import { wrongTotals } from './backup/catalogue.ts'
import { freshEnvironment, ROOT } from './env-file.ts'
import type { Environment } from './env-file.ts'
import { lastRelease } from './migration-phases.ts'
import { serveOld } from './older-version.ts'
import { runPart } from './part.ts'
import { freePorts } from './ports.ts'
import { removeWithThisProcess } from './reaper.ts'
import { localEnvironment } from './settings.ts'
import type { Ports } from './settings.ts'
import { startTestCluster } from './test-cluster.ts'

const say = (line: string): void => console.log(`  ok  ${line}`)

/** The addresses of one database of the scratch server. */
function withDatabase(env: Environment, database: string): Environment {
  const urls = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_CONTROL_URL', 'DATABASE_BACKUP_URL']
  const changed = urls.map((name) => {
    const url = new URL(env[name] ?? '')
    url.pathname = `/${database}`
    return [name, url.href] as const
  })
  return { ...env, ...Object.fromEntries(changed) }
}

/** Files of a release with packages and a client of its own. */
function checkOut(base: string): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'chronos-base-')))
  removeWithThisProcess(folder)
  const archive = spawnSync('git', ['archive', base], { cwd: ROOT, maxBuffer: 1024 ** 3 })
  if (archive.status !== 0) throw new Error(`There is no ${base}: ${archive.stderr.toString().trim()}`)
  spawnSync('tar', ['-x', '-C', folder], { input: archive.stdout })
  mkdirSync(path.join(folder, '.data'))
  symlinkSync(path.join(ROOT, '.data', 'node'), path.join(folder, '.data', 'node'))
  // Packages of the same versions are linked file by file; npm ci replaces them where they differ.
  spawnSync('cp', ['-al', path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules')])
  const { status, stderr } = spawnSync('./scripts/run', ['true'], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${base} cannot be installed: ${stderr}`)
  return folder
}

const run = (name: string, file: string, env: Environment, cwd = ROOT): Promise<void> =>
  runPart({ name, args: [file], env, cwd, onLine: () => undefined })

async function look(env: Environment, what: string): Promise<void> {
  const admin = new URL(env['DATABASE_ADMIN_URL'] ?? '')
  admin.pathname = new URL(env['DATABASE_URL'] ?? '').pathname
  const client = new pg.Client(admin.href)
  await client.connect()
  try {
    const model = modelFacts(readFileSync(path.join(ROOT, 'backend', 'prisma', 'schema.prisma'), 'utf8'))
    const problems = [...differences(model, await catalogueFacts(client)), ...(await wrongTotals(client))]
    if (problems.length > 0) throw new Error(`${what}:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  } finally {
    await client.end()
  }
  say(`${what}: the catalogue is schema.prisma's, balances are their lines'`)
}

async function validate(base: string | undefined): Promise<void> {
  const cluster = await startTestCluster()
  try {
    const [web, api, dbAdmin, mailUi, smtp, whatsapp] = await freePorts(6)
    const postgres = Number(new URL(cluster.adminUrl).port)
    const ports = { web, api, dbAdmin, mailUi, smtp, whatsapp, postgres } as Ports
    const env = localEnvironment(freshEnvironment(), ports, cluster.adminUrl)
    const empty = withDatabase(env, 'chronos_empty')
    await run('migrate', 'backend/src/migrate.ts', empty)
    await look(empty, 'from nothing')
    if (base === undefined) return console.log('  There is no release yet: BASE=<commit> takes one.')
    const folder = checkOut(base)
    try {
      await run('migrate', 'backend/src/migrate.ts', env, folder)
      await run('seed', 'backend/prisma/seed.ts', env, folder)
      say(`${base}: migrated and filled by itself`)
      await run('migrate', 'backend/src/migrate.ts', env)
      await look(env, `from ${base}`)
      await run('audit-verify', 'backend/src/audit-verify.ts', env)
      say(`from ${base}: the audit log is whole`)
      await serveOld(env, folder, base, say)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  } finally {
    await cluster.stop()
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
try {
  await validate(process.argv[2] || lastRelease(ROOT))
} catch (error) {
  console.error(`FAILED ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
process.exit()
