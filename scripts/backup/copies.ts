// Copies of backups in a bucket. The manifest goes last and ends first, so that a backup that a bucket shows is whole.
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { describeFile } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { expired } from './retention.ts'
import { deleteObject, getFile, listObjects, putFile } from './s3.ts'
import type { Bucket } from './s3-call.ts'

const PREFIX = 'chronos-'
const MANIFEST = 'manifest.json'

/** @param folder of the backup; its name is the prefix of its objects */
export async function copyToBucket(bucket: Bucket, folder: string, manifest: Manifest): Promise<void> {
  const name = path.basename(folder)
  for (const file of [...manifest.files, await describeFile(folder, MANIFEST)])
    await putFile(bucket, `${name}/${file.name}`, path.join(folder, file.name), file.sha256)
}

/** Names of the whole backups in the bucket, or of what else is called so. */
export async function listCopies(bucket: Bucket, prefix = PREFIX): Promise<string[]> {
  const keys = await listObjects(bucket, prefix)
  return keys.filter((key) => key.endsWith(`/${MANIFEST}`)).map((key) => key.slice(0, -MANIFEST.length - 1))
}

/** Ends copies that are past their time, by the rule of the folder. @returns their names */
export async function endOldCopies(bucket: Bucket, now: Date): Promise<string[]> {
  const ended = expired(await listCopies(bucket), now)
  for (const name of ended) await removeCopy(bucket, name)
  return ended
}

export async function removeCopy(bucket: Bucket, name: string): Promise<void> {
  await deleteObject(bucket, `${name}/${MANIFEST}`)
  for (const key of await listObjects(bucket, `${name}/`)) await deleteObject(bucket, key)
}

/** Brings a backup into `folder/<name>`, to be checked by its manifest there. */
export async function fetchCopy(bucket: Bucket, name: string, folder: string): Promise<void> {
  const target = path.join(folder, name)
  await mkdir(target, { recursive: true, mode: 0o700 })
  for (const key of await listObjects(bucket, `${name}/`))
    await getFile(bucket, key, path.join(target, path.basename(key)))
}
