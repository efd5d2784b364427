// The few requests of S3's protocol that backups need, signed by AWS's Signature Version 4. Objects go up in one
// request with the SHA-256 of their body in the signature, so that storage refuses a body that was changed on its way.
import { createHash, createHmac } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BackupConfig } from '../../backend/src/config.ts'

export type Bucket = NonNullable<BackupConfig['s3']>

/** One request carries no more; a larger backup is refused before anything is sent. */
export const LARGEST_OBJECT_BYTES = 5 * 1024 ** 3
const EMPTY = createHash('sha256').digest('hex')
const TIMEOUT_MS = 30 * 60_000

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

interface Call {
  method: 'GET' | 'PUT' | 'DELETE'
  /** Of the object, without a slash before it; empty for the bucket. */
  objectKey: string
  query?: Record<string, string>
  /** SHA-256 of the body. */
  bodySha256?: string
}

/** Headers that sign a call made at `now`. */
export function signedHeaders(
  bucket: Bucket,
  call: Call,
  now: Date,
): { url: string; headers: Record<string, string> } {
  const at = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const scope = `${at.slice(0, 8)}/${bucket.region}/s3/aws4_request`
  const base = new URL(bucket.endpoint)
  const where = [bucket.bucket, ...call.objectKey.split('/')].filter((part) => part !== '').map(encode)
  const pathname = `${base.pathname.replace(/\/$/, '')}/${where.join('/')}`
  const query = Object.entries(call.query ?? {})
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const body = call.bodySha256 ?? EMPTY
  const canonical = [
    call.method,
    pathname,
    query,
    `host:${base.host}\nx-amz-content-sha256:${body}\nx-amz-date:${at}\n`,
    'host;x-amz-content-sha256;x-amz-date',
    body,
  ].join('\n')
  const digest = createHash('sha256').update(canonical).digest('hex')
  const key = ['s3', 'aws4_request'].reduce(
    (before, part) => hmac(before, part),
    hmac(hmac(`AWS4${bucket.secretKey}`, at.slice(0, 8)), bucket.region),
  )
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${digest}`).toString('hex')
  return {
    url: `${base.origin}${pathname}${query === '' ? '' : `?${query}`}`,
    headers: {
      'x-amz-content-sha256': body,
      'x-amz-date': at,
      authorization: `AWS4-HMAC-SHA256 Credential=${bucket.accessKey}/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
    },
  }
}

async function call(bucket: Bucket, request: Call, body?: Readable, sizeBytes?: number): Promise<Response> {
  const { url, headers } = signedHeaders(bucket, request, new Date())
  const answer = await fetch(url, {
    method: request.method,
    headers: { ...headers, ...(sizeBytes === undefined ? {} : { 'content-length': String(sizeBytes) }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
    ...(body ? { body: Readable.toWeb(body) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit)
  if (answer.ok) return answer
  const said = (await answer.text()).slice(0, 300)
  throw new Error(
    `${bucket.endpoint} answered ${answer.status} to ${request.method} ${request.objectKey}: ${said}`,
  )
}

/** Sends a file; its SHA-256 is known from the manifest. */
export async function putFile(
  bucket: Bucket,
  objectKey: string,
  file: string,
  sha256: string,
): Promise<void> {
  const { size } = await stat(file)
  if (size > LARGEST_OBJECT_BYTES)
    throw new Error(`${file} is larger than one object may be (5 GB): copy BACKUP_DIR by another way.`)
  const answer = await call(
    bucket,
    { method: 'PUT', objectKey, bodySha256: sha256 },
    createReadStream(file),
    size,
  )
  await answer.arrayBuffer()
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
