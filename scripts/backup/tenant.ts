// `make tenant-backup` and `make tenant-restore`: one workspace, into a file and back. With NODE_ENV=production, or
// DATABASE_ADMIN_URL set, of the server that the addresses name; else of this checkout's embedded database.
import path from 'node:path'
import { readBackupConfig, readConfig, readMigrationConfig } from '../../backend/src/config.ts'
import type { Config } from '../../backend/src/config.ts'
import { createContext, type AppContext } from '../../backend/src/context.ts'
import { recordAuditEvent } from '../../backend/src/modules/audit/audit.service.ts'
import { verifyChain } from '../../backend/src/modules/audit/audit-verify.service.ts'
import { insertAct } from '../../backend/src/modules/control-plane/acts.queries.ts'
import { COMMAND_LINE } from '../../backend/src/modules/control-plane/command-line.ts'
import { backupKey } from '../../backend/src/platform/backup-key.ts'
import { createKeyring } from '../../backend/src/platform/keyring.ts'
import { SYSTEM } from '../../backend/src/platform/tenancy.ts'
import { withSecretFiles } from '../../backend/src/secrets.ts'
import { withDatabase } from '../dev-database.ts'
import { ensureEnvFile, readEnvironment, ROOT } from '../env-file.ts'
import type { Environment } from '../env-file.ts'
import { SEALED } from './cipher.ts'
import { adminOf } from './restore.ts'
import { backUpTenant, uuid } from './tenant-backup.ts'
import { restoreTenant } from './tenant-restore.ts'

const print = (line: string): void => console.log(line)

/** As API and worker read it: who may restore has addresses besides, which are none of theirs to judge. */
function applicationConfig(env: Environment): Config {
  const { DATABASE_ADMIN_URL: _admin, DATABASE_OWNER_URL: _owner, ...own } = env
  return readConfig(own)
}

async function create(env: Environment, tenantId: string, out: string): Promise<void> {
  const config = readBackupConfig(env)
  const key = await backupKey(config.key, config.recipients)
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')
  const folder = path.resolve(ROOT, config.folder)
  const file = out === '' ? path.join(folder, `tenant-${tenantId}-${stamp}Z.tsv.gz${SEALED}`) : out
  const context = await createContext(applicationConfig(env))
  try {
    await tell(context, tenantId)
    const made = await backUpTenant(config.backupUrl, key, tenantId, file)
    const rows = Object.values(made.rows).reduce((sum, count) => sum + count, 0)
    print(`${file}: ${made.name}, ${rows} rows, ${made.sizeBytes} bytes encrypted.`)
  } finally {
    await context.close()
  }
}

/** Before the first byte, as with exports: its own audit log and that of operators say that there is such a file. */
async function tell({ tenancy, control, clock }: AppContext, tenantId: string): Promise<void> {
  const actor = { type: 'operator', userId: null } as const
  const tenant = tenancy.enter({ tenantId, actor, requestId: null })
  const [known] = await tenant.read({
    text: 'select 1 from app.tenants where tenant_id = $1',
    values: [tenantId],
  })
  if (!known)
    throw new Error(
      `There is no workspace ${tenantId}, or nobody has entered it yet: make tenant-list names them.`,
    )
  const at = clock.now()
  const event = { action: 'export.requested', entity: 'tenants', entityId: tenantId, at } as const
  await tenant.bulk((tx) => recordAuditEvent(tx, { ...event, after: { by: 'command line', kind: 'backup' } }))
  await insertAct(control, COMMAND_LINE, { act: 'tenant.backed_up', tenantId, detail: null }, at)
}

async function restore(env: Environment, file: string): Promise<void> {
  const { adminUrl, ownerUrl } = readMigrationConfig(env)
  if (adminUrl === undefined)
    throw new Error('DATABASE_ADMIN_URL is needed: only an administrator may write an audit log as it was.')
  const config = applicationConfig(env)
  const keyIds = [config.encryptionKey, ...config.encryptionKeysBefore].map(
    (key) => createKeyring(key).currentId,
  )
  const key = await backupKey(readBackupConfig(env).key)
  const restored = await restoreTenant(file, key, adminOf(adminUrl, ownerUrl), keyIds)
  const { tenantId, name, takenAt, rows, known, erased } = restored
  print(
    `${name} (${tenantId}) is back as of ${takenAt}: ${rows} rows, every reference and every total as they were.`,
  )
  if (known > 0) print(`${known} of its members were known here: their passwords and second factors stayed.`)
  if (erased > 0) print(`${erased} had themselves erased here since: they are not back.`)
  const context = await createContext(config)
  try {
    const tenant = context.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
    const { ok } = await verifyChain(tenant, [])
    if (!ok) throw new Error('The chain of its audit log is broken: make audit-verify names the row.')
    print('The chain of its audit log is whole. People sign in again; API tokens are made anew.')
  } finally {
    await context.close()
  }
}

function run(env: Environment): Promise<void> {
  const [command, what = '', out = ''] = process.argv.slice(2)
  if (command === 'create' && what !== '') return create(env, uuid(what.toLowerCase()), out)
  if (command === 'restore' && what !== '') return restore(env, what)
  throw new Error('Say which: make tenant-backup TENANT=<id> [OUT=file], or make tenant-restore FILE=file')
}

if (process.env['NODE_ENV'] !== 'production') ensureEnvFile()
try {
  const env = withSecretFiles(readEnvironment()) as Environment
  await withDatabase(env, print, run)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
