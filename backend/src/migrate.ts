/**
 * Migrations as a program. Makes the logins and the database where DATABASE_ADMIN_URL is set, applies what the database
 * has not seen, and spreads it over the workers of CITUS_WORKERS. Safe to run at any time, also twice at once.
 */
import { readMigrationConfig } from './config.ts'
import { clearUnusedExtension, distribute } from './platform/cluster.ts'
import { migrate } from './platform/migrate.ts'
import { ensureRoles } from './platform/roles.ts'

const { adminUrl, cluster, ...urls } = readMigrationConfig()

async function run(): Promise<void> {
  const notes = adminUrl === undefined ? [] : await ensureRoles(adminUrl, urls)
  for (const note of notes) process.stdout.write(`${note}\n`)
  if (adminUrl !== undefined && cluster !== undefined) await clearUnusedExtension(adminUrl, urls.ownerUrl)
  const applied = await migrate(urls.ownerUrl)
  process.stdout.write(applied.length === 0 ? 'Nothing to migrate.\n' : `Applied ${applied.join(', ')}.\n`)
  if (adminUrl !== undefined && cluster !== undefined) {
    const { joined, tables } = await distribute({ adminUrl, urls, ...cluster })
    const rows = tables.reduce((sum, table) => sum + table.rows, 0)
    if (joined.length > 0) process.stdout.write(`Joined ${joined.join(', ')}.\n`)
    if (tables.length > 0) process.stdout.write(`Spread ${tables.length} tables with ${rows} rows.\n`)
  }
}

/** What an operator can do about it, where there is something. */
function advice(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === '28P01')) return undefined
  return `PostgreSQL says: ${error.message}. It keeps the password that it got when its data was made, whatever the settings say since: set that one again, or change it there (alter role … password …).`
}

try {
  await run()
} catch (error) {
  const said = advice(error)
  if (said === undefined) throw error
  process.stderr.write(`${said}\n`)
  process.exitCode = 1
}
