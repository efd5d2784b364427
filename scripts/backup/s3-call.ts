// A request of S3's protocol, signed by AWS's Signature Version 4. Each carries the SHA-256 of
// its body in the signature, so that storage refuses a body that was changed on its way.
import { createHash, createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import type { BackupConfig } from '../../backend/src/config.ts'

export type Bucket = NonNullable<BackupConfig['s3']>

const EMPTY = createHash('sha256').digest('hex')
const TIMEOUT_MS = 30 * 60_000

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

interface Call {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
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

/** @throws Error with what the storage said, unless it said that all is well */
export async function call(
  bucket: Bucket,
  request: Call,
  body?: Readable | Buffer,
  sizeBytes?: number,
): Promise<Response> {
  const { url, headers } = signedHeaders(bucket, request, new Date())
  const sent = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream) : body
  const answer = await fetch(url, {
    method: request.method,
    headers: { ...headers, ...(sizeBytes === undefined ? {} : { 'content-length': String(sizeBytes) }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
    ...(sent ? { body: sent, duplex: 'half' } : {}),
  } as RequestInit)
  if (answer.ok) return answer
  const said = (await answer.text()).slice(0, 300)
  throw new Error(
    `${bucket.endpoint} answered ${answer.status} to ${request.method} ${request.objectKey}: ${said}`,
  )
}
