// `point-in-time.ts base <data folder>`: a base copy of the server that DATABASE_ADMIN_URL names, into BACKUP_DIR.
// `point-in-time.ts restore <base> <WAL folder> <new data folder> [instant]`: lays out files for a server to recover.
import path from 'node:path'
import { readBackupConfig, readMigrationConfig } from '../../backend/src/config.ts'
import { withSecretFiles } from '../../backend/src/secrets.ts'
import { readEnvironment, ROOT } from '../env-file.ts'
import { createBase, restoreBase } from './base.ts'
import { backupKey } from './cipher.ts'

const [command, first, wal, cluster, until] = process.argv.slice(2)
try {
  const env = withSecretFiles(readEnvironment())
  const config = readBackupConfig(env)
  const key = backupKey(config.key)
  const started = performance.now()
  if (command === 'base' && first !== undefined) {
    const { adminUrl } = readMigrationConfig(env)
    if (adminUrl === undefined) throw new Error('DATABASE_ADMIN_URL is needed for a base copy.')
    const folder = path.resolve(ROOT, config.folder)
    console.log(await createBase({ key, folder, now: new Date() }, adminUrl, first))
  } else if (command === 'restore' && first !== undefined && wal !== undefined && cluster !== undefined) {
    await restoreBase({ key, base: first, wal, cluster, ...(until === undefined ? {} : { until }) })
    console.log(
      `Start a server on ${cluster}: it recovers to ${until ?? 'the end of the WAL'}, then takes writes.`,
    )
  } else {
    throw new Error('Use: base <data folder> | restore <base> <WAL folder> <new data folder> [instant]')
  }
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
