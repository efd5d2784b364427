// The few things that backups do with S3-compatible storage.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { call } from './s3-call.ts'
import type { Bucket } from './s3-call.ts'
import { PART_BYTES, putInParts } from './s3-multipart.ts'

/** Sends a file; its SHA-256 is known from the manifest. */
export async function putFile(
  bucket: Bucket,
  objectKey: string,
  file: string,
  sha256: string,
): Promise<void> {
  const { size } = await stat(file)
  if (size > PART_BYTES) return putInParts(bucket, objectKey, file, size)
  const answer = await call(
    bucket,
    { method: 'PUT', objectKey, bodySha256: sha256 },
    createReadStream(file),
    size,
  )
  await answer.arrayBuffer()
}

export async function putBytes(bucket: Bucket, objectKey: string, body: Buffer): Promise<void> {
  const bodySha256 = createHash('sha256').update(body).digest('hex')
  await (await call(bucket, { method: 'PUT', objectKey, bodySha256 }, body, body.length)).arrayBuffer()
}

export async function getBytes(bucket: Bucket, objectKey: string): Promise<Buffer> {
  return Buffer.from(await (await call(bucket, { method: 'GET', objectKey })).arrayBuffer())
}

export async function getFile(bucket: Bucket, objectKey: string, file: string): Promise<void> {
  const answer = await call(bucket, { method: 'GET', objectKey })
  if (!answer.body) throw new Error(`${objectKey} has no body`)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  await pipeline(
    Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]),
    createWriteStream(file, { mode: 0o600 }),
  )
}

export async function deleteObject(bucket: Bucket, objectKey: string): Promise<void> {
  await (await call(bucket, { method: 'DELETE', objectKey })).arrayBuffer()
}

/** Keys that begin so, all pages of them. */
export async function listObjects(bucket: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let token: string | undefined
  do {
    const query = {
      'list-type': '2',
      prefix,
      ...(token === undefined ? {} : { 'continuation-token': token }),
    }
    const page = await (await call(bucket, { method: 'GET', objectKey: '', query })).text()
    keys.push(...[...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1] ?? ''))
    token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1]
  } while (token !== undefined)
  return keys
}
