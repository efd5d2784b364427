/**
 * Migrations as a program. Makes the logins and the database where DATABASE_ADMIN_URL is set, then applies what the
 * database has not seen. Safe to run at any time, also twice at once.
 */
import { readMigrationConfig } from './config.ts'
import { migrate } from './platform/migrate.ts'
import { ensureRoles } from './platform/roles.ts'

const { adminUrl, ...urls } = readMigrationConfig()
if (adminUrl !== undefined) await ensureRoles(adminUrl, urls)
const applied = await migrate(urls.ownerUrl)
process.stdout.write(applied.length === 0 ? 'Nothing to migrate.\n' : `Applied ${applied.join(', ')}.\n`)
