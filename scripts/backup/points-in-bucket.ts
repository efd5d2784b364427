// Base copies and archived WAL in a bucket: all that a point in time needs where this machine is lost. A base copy goes as
// a backup does, its manifest last; WAL, which is not encrypted beside the server, goes encrypted, a file at a time.
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buffer } from 'node:stream/consumers'
import { basesOf, expiredBases, expiredWal, firstSegment, instantOfBase } from './base-copies.ts'
import { LABEL_FILE } from './base.ts'
import { decrypting, encrypting } from './cipher.ts'
import { copyToBucket, fetchCopy, listCopies, removeCopy } from './copies.ts'
import { readManifest } from './manifest.ts'
import { deleteObject, getBytes, listObjects, putBytes } from './s3.ts'
import type { Bucket } from './s3-call.ts'

const BASES = 'base-'
const WAL = 'wal/'
const SEALED = '.enc'
/** A segment, the history of a timeline, the label of a copy; not what is still being written (`.part`). */
const ARCHIVED = /^([0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history)(\.gz)?$/

/** Names of the whole base copies in a bucket, the newest first. */
export async function listBases(bucket: Bucket): Promise<string[]> {
  return basesOf(await listCopies(bucket, BASES))
}

/** Sends every base copy that the bucket does not have. @returns their names */
export async function copyBases(bucket: Bucket, folder: string, key: Buffer): Promise<string[]> {
  const there = await listBases(bucket)
  const missing = basesOf(await readdir(folder)).filter((name) => !there.includes(name))
  for (const name of missing) {
    const place = path.join(folder, name)
    await copyToBucket(bucket, place, await readManifest(place, key))
  }
  return missing
}

/** Which archived WAL a bucket has, by the names that it has beside the server. */
export async function listWal(bucket: Bucket): Promise<Set<string>> {
  const keys = await listObjects(bucket, WAL)
  return new Set(keys.map((each) => each.slice(WAL.length, -SEALED.length)))
}

/**
 * Sends the archived WAL that is not there yet, the oldest first.
 * @param there what the bucket has; what was sent is added
 * @returns how many files went
 */
export async function copyWal(bucket: Bucket, wal: string, key: Buffer, there: Set<string>): Promise<number> {
  const waiting = (await readdir(wal)).filter((name) => ARCHIVED.test(name) && !there.has(name)).sort()
  for (const name of waiting) {
    const plain = await readFile(path.join(wal, name))
    const sealed = await buffer(Readable.from([plain]).pipe(encrypting(key)))
    await putBytes(bucket, `${WAL}${name}${SEALED}`, sealed)
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
  for (const name of old) await deleteObject(bucket, `${WAL}${name}${SEALED}`)
  return { bases: ended.length, wal: old.length }
}

/**
 * Brings the newest base copy from before an instant, and all WAL since, into `folder`.
 * @returns where the two lie, for restoreBase
 * @throws Error where the bucket has no such copy
 */
export async function fetchPoint(
  bucket: Bucket,
  folder: string,
  key: Buffer,
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
  const first = firstSegment(await readFile(path.join(base, LABEL_FILE), 'utf8'))
  const all = [...(await listWal(bucket))]
  const needless = new Set(first === undefined ? [] : expiredWal(all, first))
  await mkdir(wal, { recursive: true, mode: 0o700 })
  for (const each of all.filter((file) => !needless.has(file) && !existsSync(path.join(wal, file)))) {
    const sealed = await getBytes(bucket, `${WAL}${each}${SEALED}`)
    const parts: Buffer[] = []
    await pipeline(Readable.from([sealed]), decrypting(key), async (plain: AsyncIterable<Buffer>) => {
      for await (const part of plain) parts.push(part)
    })
    const file = path.join(wal, each)
    await writeFile(`${file}.part`, Buffer.concat(parts), { mode: 0o600 })
    await rename(`${file}.part`, file)
  }
  return { base, wal }
}
