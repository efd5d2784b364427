// `point-in-time.ts base <data folder>`: a base copy of the server that DATABASE_ADMIN_URL names, or else
// DATABASE_BACKUP_URL, into BACKUP_DIR.
// `point-in-time.ts keep <data folder> <WAL folder>`: one where the newest is a week old or of another
// BACKUP_KEY; then ends copies and WAL that
// serve nobody any more. With a bucket, copies go there as well, and end there.
// `point-in-time.ts fetch <folder> [instant]`: brings copy and WAL for an instant out of the bucket.
// `point-in-time.ts restore <base> <WAL folder> <new data folder> [instant]`: lays out files for a server to recover.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { readBackupConfig } from '../../backend/src/config.ts'
import { backupKey } from '../../backend/src/platform/backup-key.ts'
import { withSecretFiles } from '../../backend/src/secrets.ts'
import { readEnvironment, ROOT } from '../env-file.ts'
import { basesOf, expiredBases, expiredWal, firstSegment } from './base-copies.ts'
import { createBase, isBaseWanted, LABEL_FILE, restoreBase } from './base.ts'
import { copyBases, endOldPoints, fetchPoint } from './points-in-bucket.ts'

function endOld(folder: string, wal: string): void {
  for (const name of expiredBases(readdirSync(folder))) {
    rmSync(path.join(folder, name), { recursive: true })
    console.log(`${name} is past its time and was removed.`)
  }
  const oldest = basesOf(readdirSync(folder)).at(-1)
  if (oldest === undefined) return
  const needed = firstSegment(readFileSync(path.join(folder, oldest, LABEL_FILE), 'utf8'))
  const ended = needed === undefined ? [] : expiredWal(readdirSync(wal), needed)
  // What was encrypted at this very moment has another name now, and ends the next time.
  for (const name of ended) rmSync(path.join(wal, name), { force: true })
  if (ended.length > 0) console.log(`${ended.length} WAL files from before ${oldest} were removed.`)
}

const [command, first, wal, cluster, until] = process.argv.slice(2)
try {
  const env = withSecretFiles(readEnvironment())
  const config = readBackupConfig(env)
  const key = await backupKey(config.key, config.recipients)
  const started = performance.now()
  const folder = path.resolve(ROOT, config.folder)
  const url = env['DATABASE_ADMIN_URL'] || config.backupUrl
  if (command === 'base' && first !== undefined) {
    console.log(await createBase({ key, folder, now: new Date() }, url, first))
  } else if (command === 'keep' && first !== undefined && wal !== undefined) {
    const now = new Date()
    if (await isBaseWanted(folder, key, now)) console.log(await createBase({ key, folder, now }, url, first))
    if (config.s3) {
      const { sent, foreign } = await copyBases(config.s3, folder, key)
      for (const name of sent) console.log(`A copy of ${name} is in the bucket ${config.s3.bucket}.`)
      for (const name of foreign)
        console.log(
          `${name} does not go to the bucket: another BACKUP_KEY made it, or its manifest was changed.`,
        )
      const ended = await endOldPoints(config.s3)
      if (ended.bases + ended.wal > 0)
        console.log(`${ended.bases} base copies and ${ended.wal} WAL files were removed from the bucket.`)
    }
    endOld(folder, wal)
  } else if (command === 'fetch' && first !== undefined) {
    if (!config.s3) throw new Error('BACKUP_S3_BUCKET names no bucket to fetch from.')
    const point = await fetchPoint(config.s3, path.resolve(first), key, wal)
    console.log(
      `Now: restore ${point.base} ${point.wal} <new data folder>${wal === undefined ? '' : ` ${wal}`}`,
    )
  } else if (command === 'restore' && first !== undefined && wal !== undefined && cluster !== undefined) {
    const point = { key, base: first, wal, cluster, ...(until === undefined ? {} : { until }) }
    for (const note of await restoreBase(point)) console.log(note)
    console.log(
      `Start a server on ${cluster}: it recovers to ${until ?? 'the end of the WAL'}, then takes writes.`,
    )
  } else {
    throw new Error(
      'Use: base <data folder> | keep <data folder> <WAL folder> | restore <base> <WAL folder> <new data folder> [instant] | fetch <folder> [instant]',
    )
  }
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
