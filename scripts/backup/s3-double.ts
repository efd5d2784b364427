// A local double of S3-compatible storage for tests: it speaks the protocol over HTTP and checks what real storage
// checks, the signature (by its own computation of it) and the sum of the body.
import { createHash, createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface StorageDouble {
  endpoint: string
  objects: Map<string, Buffer>
  /** Uploads in parts that nobody ended. */
  uploads: Map<string, Buffer[]>
  /** Answers that it gave, as `PUT 200 key`. */
  calls: string[]
  /** Answers everything with this from now on; undefined: as storage does. */
  fail(status: number | undefined): void
  stop(): Promise<void>
}

const PAGE = 2

export async function startStorageDouble(
  bucket: string,
  accessKey: string,
  secretKey: string,
): Promise<StorageDouble> {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Buffer[]>()
  const calls: string[] = []
  let failure: number | undefined
  const answer = (request: IncomingMessage, body: Buffer): [status: number, body: Buffer | string] => {
    if (failure !== undefined) return [failure, '<Error><Code>ServiceUnavailable</Code></Error>']
    const url = new URL(request.url ?? '/', 'http://storage')
    if (!isSigned(request, url, accessKey, secretKey))
      return [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>']
    if (createHash('sha256').update(body).digest('hex') !== request.headers['x-amz-content-sha256'])
      return [400, '<Error><Code>XAmzContentSHA256Mismatch</Code></Error>']
    const [, place, ...rest] = decodeURIComponent(url.pathname).split('/')
    if (place !== bucket) return [404, '<Error><Code>NoSuchBucket</Code></Error>']
    const key = rest.join('/')
    const uploadId = url.searchParams.get('uploadId')
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
      uploads.set(`upload ${uploads.size}`, [])
      return [200, `<UploadId>upload ${uploads.size - 1}</UploadId>`]
    }
    if (uploadId !== null) {
      const parts = uploads.get(uploadId)
      if (!parts) return [404, '<Error><Code>NoSuchUpload</Code></Error>']
      if (request.method === 'PUT') {
        parts[Number(url.searchParams.get('partNumber')) - 1] = body
        return [200, '']
      }
      uploads.delete(uploadId)
      if (request.method === 'DELETE') return [204, '']
      const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>"etag"<\/ETag>/g)]
      if (named.length !== parts.length) return [400, '<Error><Code>InvalidPart</Code></Error>']
      return [200, (objects.set(key, Buffer.concat(parts)), '<CompleteMultipartUploadResult/>')]
    }
    if (request.method === 'PUT') return [200, (objects.set(key, body), '')]
    if (request.method === 'DELETE') return [204, (objects.delete(key), '')]
    if (key !== '') {
      const found = objects.get(key)
      return found ? [200, found] : [404, '<Error><Code>NoSuchKey</Code></Error>']
    }
    const from = Number(url.searchParams.get('continuation-token') ?? '0')
    const keys = [...objects.keys()]
      .filter((each) => each.startsWith(url.searchParams.get('prefix') ?? ''))
      .sort()
    const next =
      from + PAGE < keys.length ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : ''
    const contents = keys.slice(from, from + PAGE).map((each) => `<Contents><Key>${each}</Key></Contents>`)
    return [200, `<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`]
  }
  const server = createServer((request, response) => {
    const take = (body: Buffer): void => {
      const [status, content] = answer(request, body)
      calls.push(`${request.method} ${status}`)
      response.writeHead(status, { etag: '"etag"' }).end(status === 204 ? undefined : content)
    }
    // A body that was cut off has nobody who waits for the answer.
    void buffer(request).then(take, () => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    uploads,
    calls,
    fail(status) {
      failure = status
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function isSigned(request: IncomingMessage, url: URL, accessKey: string, secretKey: string): boolean {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      request.headers.authorization ?? '',
    )
  if (!parts || parts[1] !== accessKey) return false
  const [, , day = '', region = '', names = '', signature] = parts
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name])}\n`)
  const canonical = [
    request.method,
    url.pathname,
    url.search.slice(1),
    headers.join(''),
    names,
    request.headers['x-amz-content-sha256'],
  ].join('\n')
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    `${day}/${region}/s3/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n')
  let key: Buffer = Buffer.from(`AWS4${secretKey}`)
  for (const part of [day, region, 's3', 'aws4_request', text])
    key = createHmac('sha256', key).update(part).digest()
  return key.toString('hex') === signature
}
