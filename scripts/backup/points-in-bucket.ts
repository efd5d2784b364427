// Base copies and archived WAL in a bucket: all that a point in time needs where this machine is lost. A base copy goes as
// a backup does, its manifest last; WAL goes as it lies beside the server, encrypted, a file at a time.
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { basesOf, expiredBases, expiredWal, firstSegment, instantOfBase } from './base-copies.ts'
import { LABEL_FILE } from './base.ts'
import { copyToBucket, fetchCopy, listCopies, removeCopy } from './copies.ts'
import { describeFile, isSignedBy, readManifest } from './manifest.ts'
import { deleteObject, getBytes, getFile, listObjects, putFile } from './s3.ts'
import type { Bucket } from './s3-call.ts'
import { isSealedWal, readHistories, walIn } from './wal.ts'
import { firstMissing, historyOf, startOf } from './wal-order.ts'

const BASES = 'base-'
const WAL = 'wal/'

/** Names of the whole base copies in a bucket, the newest first. */
export async function listBases(bucket: Bucket): Promise<string[]> {
  return basesOf(await listCopies(bucket, BASES))
}

/**
 * Sends every base copy that the bucket does not have.
 * @returns the names of those that went, and of those that stay since this key did not sign them
 */
export async function copyBases(
  bucket: Bucket,
  folder: string,
  key: BackupKey,
): Promise<{ sent: string[]; foreign: string[] }> {
  const there = await listBases(bucket)
  const missing = basesOf(await readdir(folder)).filter((name) => !there.includes(name))
  const [sent, foreign]: [string[], string[]] = [[], []]
  for (const name of missing) {
    const place = path.join(folder, name)
    if (!(await isSignedBy(place, key))) {
      foreign.push(name)
      continue
    }
    await copyToBucket(bucket, place, await readManifest(place, key))
    sent.push(name)
  }
  return { sent, foreign }
}

/** Which archived WAL a bucket has, by the names that it has beside the server. */
export async function listWal(bucket: Bucket): Promise<Set<string>> {
  const keys = await listObjects(bucket, WAL)
  return new Set(keys.map((each) => each.slice(WAL.length)).filter(isSealedWal))
}

/**
 * Sends the archived WAL that is encrypted and not there yet, the oldest first.
 * @param there what the bucket has; what was sent is added
 * @returns how many files went
 */
export async function copyWal(bucket: Bucket, wal: string, there: Set<string>): Promise<number> {
  const waiting = (await walIn(wal, 'sealed')).filter((name) => !there.has(name))
  for (const name of waiting) {
    const { sha256 } = await describeFile(wal, name)
    await putFile(bucket, `${WAL}${name}`, path.join(wal, name), sha256)
    there.add(name)
  }
  return waiting.length
}

/** Ends base copies, and WAL that none needs any more, by the rule of the folder. @returns how many of each */
export async function endOldPoints(bucket: Bucket): Promise<{ bases: number; wal: number }> {
  const ended = expiredBases(await listCopies(bucket, BASES))
  for (const name of ended) await removeCopy(bucket, name)
  const oldest = (await listBases(bucket)).at(-1)
  if (oldest === undefined) return { bases: ended.length, wal: 0 }
  const needed = firstSegment((await getBytes(bucket, `${oldest}/${LABEL_FILE}`)).toString())
  const old = needed === undefined ? [] : expiredWal([...(await listWal(bucket))], needed)
  for (const name of old) await deleteObject(bucket, `${WAL}${name}`)
  return { bases: ended.length, wal: old.length }
}

/**
 * Brings the newest base copy from before an instant, and all WAL since, into `folder`.
 * @returns where the two lie, for restoreBase
 * @throws Error where the bucket has no such copy, or, to the end, not all WAL since
 */
export async function fetchPoint(
  bucket: Bucket,
  folder: string,
  key: BackupKey,
  until?: string,
): Promise<{ base: string; wal: string }> {
  if (until !== undefined && Number.isNaN(Date.parse(until))) throw new Error(`"${until}" is no instant.`)
  const limit = until === undefined ? Infinity : Date.parse(until)
  const name = (await listBases(bucket)).find((each) => (instantOfBase(each)?.getTime() ?? Infinity) <= limit)
  if (name === undefined)
    throw new Error(`${bucket.bucket} has no base copy${until === undefined ? '' : ` from before ${until}`}.`)
  const [base, wal] = [path.join(folder, name), path.join(folder, 'wal')]
  await fetchCopy(bucket, name, folder)
  await readManifest(base, key)
  const label = await readFile(path.join(base, LABEL_FILE), 'utf8')
  const start = startOf(label)
  const all = [...(await listWal(bucket))]
  const needless = new Set(expiredWal(all, firstSegment(label) ?? ''))
  const needed = all.filter((file) => !needless.has(file))
  await mkdir(wal, { recursive: true, mode: 0o700 })
  const bring = async (names: readonly string[]): Promise<void> => {
    for (const each of names.filter((file) => !existsSync(path.join(wal, file)))) {
      const file = path.join(wal, each)
      await getFile(bucket, `${WAL}${each}`, `${file}.part`)
      await rename(`${file}.part`, file)
    }
  }
  const histories = needed.filter((file) => historyOf(file) !== undefined)
  await bring(histories)
  const missing = firstMissing(needed, start, await readHistories(wal, key, histories))
  // What is missing after an instant does not matter, and what is before it the restore tells of.
  if (missing !== undefined && until === undefined)
    throw new Error(
      `${missing.name} is missing in ${bucket.bucket}; recovery would end there, whatever is archived after it. Give an instant from before to recover that far.`,
    )
  await bring(needed)
  return { base, wal }
}
