// Objects that are too large for one request go up in parts. Each part's SHA-256 is in the signature of its request, and
// the object is there only when the storage has put all of them together.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { call } from './s3-call.ts'
import type { Bucket } from './s3-call.ts'

/** Storage takes ten thousand parts of at least 5 MB: 5 TB, which is its limit for an object. */
export const PART_BYTES = 512 * 1024 ** 2

const tagOf = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]

async function sumOf(file: string, start: number, end: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file, { start, end })) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** @throws Error where a part does not arrive; what had arrived is given up, so that nobody pays for it */
export async function putInParts(
  bucket: Bucket,
  objectKey: string,
  file: string,
  size: number,
  partBytes = PART_BYTES,
): Promise<void> {
  const begun = await call(bucket, { method: 'POST', objectKey, query: { uploads: '' } })
  const uploadId = tagOf(await begun.text(), 'UploadId')
  if (uploadId === undefined) throw new Error(`${bucket.endpoint} began no upload of ${objectKey}.`)
  try {
    const parts: string[] = []
    for (let start = 0; start < size; start += partBytes) {
      const end = Math.min(start + partBytes, size) - 1
      const partNumber = parts.length + 1
      const answer = await call(
        bucket,
        {
          method: 'PUT',
          objectKey,
          query: { partNumber: String(partNumber), uploadId },
          bodySha256: await sumOf(file, start, end),
        },
        createReadStream(file, { start, end }),
        end - start + 1,
      )
      await answer.arrayBuffer()
      const etag = answer.headers.get('etag') ?? ''
      parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag></Part>`)
    }
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
    const bodySha256 = createHash('sha256').update(body).digest('hex')
    const done = await call(bucket, { method: 'POST', objectKey, query: { uploadId }, bodySha256 }, body)
    const said = await done.text()
    // Putting together may fail after the answer has begun with 200.
    if (said.includes('<Error>')) throw new Error(`${bucket.endpoint}: ${objectKey}: ${said.slice(0, 300)}`)
  } catch (error) {
    await call(bucket, { method: 'DELETE', objectKey, query: { uploadId } }).catch(() => undefined)
    throw error
  }
}
