// Restores a backup into a scratch server and looks at all that a restored product must have. The scratch server
// and its data go away afterwards, whatever was found.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { hashPassword } from '../../backend/src/modules/identity/passwords.ts'
import { ensureRoles } from '../../backend/src/platform/roles.ts'
import type { LoginUrls } from '../../backend/src/platform/roles.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import type { Environment } from '../env-file.ts'
import { runPart, startPart } from '../part.ts'
import { freePort } from '../ports.ts'
import { ROOT_HOME } from '../postgres-binaries.ts'
import { removeWithThisProcess } from '../reaper.ts'
import { startTestCluster } from '../test-cluster.ts'
import { wrongTotals } from './catalogue.ts'
import type { Manifest } from './manifest.ts'
import { adminOf, checkRestored, restoreDump, restoreFolder } from './restore.ts'

export interface Check {
  name: string
  /** What is wrong; empty when all is well. */
  problems: string[]
  note?: string
}

const START_TIMEOUT_MS = 60_000

/** @param env gives the keys that the audit log and sign-in need; its addresses are not used */
export async function verifyBackup(
  folder: string,
  key: BackupKey,
  manifest: Manifest,
  env: Environment,
): Promise<Check[]> {
  const scratch = await startScratch(folder, key, manifest)
  try {
    const target = adminOf(scratch.adminUrl, scratch.urls.ownerUrl)
    const checks: Check[] = [
      await judged('counts, policies, grants and triggers', () => checkRestored(target, manifest)),
    ]
    const local = environmentOf(env, scratch.urls)
    const client = new pg.Client({ connectionString: target, application_name: 'chronos-verify' })
    await client.connect()
    try {
      checks.push({ name: 'roles', problems: await wrongRoles(client, scratch.urls.appUrl) })
      checks.push({ name: 'balances', problems: await wrongTotals(client) })
      checks.push(await judged('audit chain', () => verifyAudit(local)))
      checks.push(await signIn(client, local))
    } finally {
      await client.end()
    }
    return checks
  } finally {
    await scratch.stop()
  }
}

async function judged(name: string, work: () => Promise<void>): Promise<Check> {
  try {
    await work()
    return { name, problems: [] }
  } catch (error) {
    return { name, problems: (error as Error).message.split('\n') }
  }
}

interface Scratch {
  adminUrl: string
  urls: LoginUrls
  stop(): Promise<void>
}

function scratchUrls(adminUrl: string): LoginUrls {
  const as = (login: string): string => {
    const url = new URL(adminUrl)
    url.username = login
    url.password = randomBytes(24).toString('hex')
    url.pathname = '/chronos'
    return url.href
  }
  return {
    appUrl: as('chronos_app'),
    ownerUrl: as('chronos_owner'),
    controlUrl: as('chronos_control'),
    backupUrl: as('chronos_backup'),
  }
}

async function startScratch(folder: string, key: BackupKey, manifest: Manifest): Promise<Scratch> {
  if (manifest.kind === 'dump') {
    const { adminUrl, stop } = await startTestCluster()
    const urls = scratchUrls(adminUrl)
    try {
      await restoreDump(folder, key, manifest, adminUrl, urls)
      return { adminUrl, urls, stop }
    } catch (error) {
      await stop()
      throw error
    }
  }
  const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
  mkdirSync(base, { recursive: true, mode: 0o755 })
  const dataDir = mkdtempSync(path.join(base, 'chronos-verify-'))
  chmodSync(dataDir, 0o755)
  removeWithThisProcess(dataDir)
  try {
    await restoreFolder(folder, key, dataDir)
    const server = await startEmbeddedPostgres({
      dataDir,
      port: await freePort(),
      settings: { fsync: 'off' },
    })
    const urls = scratchUrls(server.adminUrl)
    await ensureRoles(server.adminUrl, urls)
    return {
      adminUrl: server.adminUrl,
      urls,
      async stop() {
        await server.stop({ immediately: true })
        rmSync(dataDir, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }
}

function environmentOf(env: Environment, urls: LoginUrls): Environment {
  const secret = (): string => randomBytes(32).toString('hex')
  return {
    ...env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    CHRONOS_ROLES: '',
    BIND: '127.0.0.1',
    RATE_LIMITS: 'off',
    REDIS_URL: '',
    EMAIL_HOST: '',
    JWT_SECRET: secret(),
    SESSION_SECRET: secret(),
    // Chains and sign-in need none of what is sealed under it; a stand-in does where it is kept from this machine.
    ENCRYPTION_KEY: /^[0-9a-f]{64}$/i.test(env['ENCRYPTION_KEY'] ?? '')
      ? (env['ENCRYPTION_KEY'] ?? '')
      : secret(),
    DATABASE_URL: urls.appUrl,
    DATABASE_OWNER_URL: urls.ownerUrl,
    DATABASE_CONTROL_URL: urls.controlUrl,
    DATABASE_BACKUP_URL: urls.backupUrl,
  }
}

async function wrongRoles(admin: pg.Client, appUrl: string): Promise<string[]> {
  const { rows } = await admin.query<{ login: string; super: boolean; bypass: boolean }>(
    `select rolname::text as login, rolsuper as super, rolbypassrls as bypass from pg_roles
     where rolname in ('chronos_app', 'chronos_owner', 'chronos_control', 'chronos_backup')`,
  )
  const problems = rows
    .filter((role) => role.super || role.bypass !== (role.login === 'chronos_backup'))
    .map((role) => `${role.login} has other attributes`)
  if (rows.length !== 4) problems.push(`${rows.length} of the four logins exist`)
  const app = new pg.Client({ connectionString: appUrl, application_name: 'chronos-verify' })
  await app.connect()
  try {
    const seen = await app.query<{ count: string }>('select count(*) as count from app.tenants')
    if (seen.rows[0]?.count !== '0') problems.push('chronos_app sees tenants without having entered one')
  } finally {
    await app.end()
  }
  return problems
}

async function verifyAudit(env: Environment): Promise<void> {
  const said: string[] = []
  const args = ['backend/src/audit-verify.ts']
  try {
    await runPart({ name: 'audit-verify', args, env, onLine: (line) => said.push(line) })
  } catch (error) {
    throw new Error([(error as Error).message, ...said.slice(-10)].join('\n'), { cause: error })
  }
}

/** Somebody of the copy gets a password there, and signs in through the real server. */
async function signIn(admin: pg.Client, env: Environment): Promise<Check> {
  const name = 'sign-in'
  const { rows } = await admin.query<{ id: string; email: string }>(
    `select i.id::text, i.email from control.identities i
     where exists (select from control.memberships m join control.registered_tenants t on t.tenant_id = m.tenant_id
         where m.identity_id = i.id and m.state = 'active' and t.status = 'active')
       and not exists (select from control.totp_factors f where f.identity_id = i.id)
       and not exists (select from control.passkeys p where p.identity_id = i.id)
     order by i.created_at limit 1`,
  )
  const [person] = rows
  if (!person) return { name, problems: [], note: 'nobody without a second factor is there to sign in as' }
  const password = randomBytes(18).toString('base64url')
  await admin.query('update control.identities set password_hash = $2 where id = $1', [
    person.id,
    await hashPassword(password, 4),
  ])
  const port = String(await freePort())
  const said: string[] = []
  const server = startPart({
    name: 'api',
    args: ['backend/src/server.ts'],
    env: { ...env, API_PORT: port },
    onLine: (line) => said.push(line),
  })
  try {
    const base = `http://127.0.0.1:${port}`
    await answering(`${base}/health/ready`, said)
    const answer = await fetch(`${base}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: person.email, password }),
    })
    const session = (await answer.json()) as { accessToken?: string; code?: string }
    if (answer.status !== 200)
      return { name, problems: [`signing in was answered ${answer.status} ${session.code}`] }
    const accounts = await fetch(`${base}/api/v1/accounts`, {
      headers: { authorization: `Bearer ${session.accessToken}` },
    })
    return { name, problems: accounts.ok ? [] : [`accounts were answered ${accounts.status}`] }
  } finally {
    await server.stop()
  }
}

async function answering(url: string, said: readonly string[]): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const isUp = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isUp) return
    if (Date.now() > deadline) throw new Error(`The server did not start: ${said.slice(-5).join(' ')}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
