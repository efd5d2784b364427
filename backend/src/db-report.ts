/** `make db-report`, under the login of backups: the database's own state, in lines to read. */
import { readBackupConfig } from './config.ts'
import { report } from './platform/database-report.ts'

for (const line of await report(readBackupConfig().backupUrl)) process.stdout.write(`${line}\n`)
