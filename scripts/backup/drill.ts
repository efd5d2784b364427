// `make db-backup-drill MB=200`: the cipher alone; then a server with that much made data, a backup of it, a restore into
// another server, and what that says about 50 GB. All of it goes away afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { migrate } from '../../backend/src/platform/migrate.ts'
import { ensureRoles } from '../../backend/src/platform/roles.ts'
import { startTestCluster } from '../test-cluster.ts'
import { createDump } from './create.ts'
import { cipherRates } from './drill-cipher.ts'
import { fill, urlsOf } from './drill-data.ts'
import { readManifest } from './manifest.ts'
import { restoreDump } from './restore.ts'

const PROMISED_GB = 50
const PROMISED_MINUTES = 30
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_wal_size: '4GB' }

const wanted = Number(process.argv[2] || '200')
if (!(wanted > 0)) {
  console.error(`MB is how many megabytes of data to make, such as 200; not "${process.argv[2]}".`)
  process.exit(1)
}
const key = await newBackupKey()
const folder = mkdtempSync(path.join(tmpdir(), 'chronos-drill-'))
const { encrypt, decrypt, bare } = await cipherRates(key, Math.min(wanted, 1000))
const minutesOf = (rate: number): string => ((PROMISED_GB * 1000) / rate / 60).toFixed(1)
console.log(
  `cipher:  ${encrypt.toFixed(0)} MB/s out, ${decrypt.toFixed(0)} MB/s back, of compressed data; ${(bare / encrypt).toFixed(1)} times as fast in the processor's own instructions. ${PROMISED_GB} GB that nothing compresses: ${minutesOf(decrypt)} minutes back`,
)
const [source, target] = await Promise.all([
  startTestCluster({ settings: DURABLE }),
  startTestCluster({ settings: DURABLE }),
])
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
try {
  const urls = urlsOf(source.adminUrl)
  await ensureRoles(source.adminUrl, urls)
  await migrate(urls.ownerUrl)
  const megabytes = await fill(source.adminUrl, wanted)
  console.log(`${megabytes.toFixed(0)} MB in the database`)
  let made = ''
  const backup = await seconds(async () => {
    made = (await createDump({ key, folder, now: new Date(), settings: '' }, urls.backupUrl)).path
  })
  console.log(`backup:  ${backup.toFixed(1)} s, ${(megabytes / backup).toFixed(1)} MB/s`)
  const manifest = await readManifest(made, key)
  const restore = await seconds(() =>
    restoreDump(made, key, manifest, target.adminUrl, urlsOf(target.adminUrl)),
  )
  const rate = megabytes / restore
  console.log(
    `restore: ${restore.toFixed(1)} s, ${rate.toFixed(1)} MB/s, indexes and the check of every count included`,
  )
  console.log(
    `${PROMISED_GB} GB: ${PROMISED_GB} × 1000 / ${rate.toFixed(1)} / 60 = ${minutesOf(rate)} minutes by dump`,
  )
  console.log(
    Number(minutesOf(rate)) <= PROMISED_MINUTES
      ? 'Within the promise.'
      : `Not within ${PROMISED_MINUTES} minutes here by dump.`,
  )
} finally {
  await Promise.all([source.stop(), target.stop()])
  rmSync(folder, { recursive: true, force: true })
}
