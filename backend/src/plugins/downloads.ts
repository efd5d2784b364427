/**
 * Files that are sent piece by piece. A download that broke off goes on where it was (Range with If-Range, RFC 9110,
 * section 14), and who has the file already gets no second one (If-None-Match). Several ranges at once, and ranges that
 * lie outside, are answered with the whole file, as the standard lets a server do.
 */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface Download {
  contentType: string
  fileName: string
  /** Names these very bytes, without quotation marks. */
  etag: string
  /** Null where it is not known: then the file is sent whole. */
  sizeBytes: number | null
  /** Called only where bytes are sent. */
  open(): Promise<AsyncIterable<Buffer>>
}

/** First and last byte, both of them sent. */
export interface ByteRange {
  first: number
  last: number
}

/** Sets status and headers. @returns what Fastify sends; undefined where there is no body */
export async function sendFile(
  request: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  file: Download,
): Promise<Readable | undefined> {
  const etag = `"${file.etag}"`
  reply.header('etag', etag).header('accept-ranges', 'bytes')
  if (matches(request.headers['if-none-match'], etag)) {
    void reply.code(304).send()
    return undefined
  }
  reply.type(file.contentType).header('content-disposition', `attachment; filename="${file.fileName}"`)
  const { sizeBytes } = file
  if (sizeBytes === null) return Readable.from(await file.open())
  const condition = request.headers['if-range']
  const range =
    condition === undefined || condition === etag ? rangeOf(request.headers.range, sizeBytes) : null
  if (range === null) {
    reply.header('content-length', sizeBytes)
    return Readable.from(await file.open())
  }
  reply
    .code(206)
    .header('content-range', `bytes ${range.first}-${range.last}/${sizeBytes}`)
    .header('content-length', range.last - range.first + 1)
  return Readable.from(cut(await file.open(), range))
}

/** Whether an If-None-Match names what would be answered (weak comparison, RFC 9110 section 13.1.2). */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
}

/** The one range that is asked for; null for none, several, and what lies outside of the file. */
export function rangeOf(header: string | undefined, sizeBytes: number): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (!match) return null
  const [, from = '', to = ''] = match
  if (from === '') {
    const suffix = Number(to)
    return to === '' || suffix === 0 || sizeBytes === 0
      ? null
      : { first: Math.max(0, sizeBytes - suffix), last: sizeBytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  return first >= sizeBytes || last < first ? null : { first, last }
}

async function* cut(pieces: AsyncIterable<Buffer>, { first, last }: ByteRange): AsyncGenerator<Buffer> {
  let at = 0
  for await (const piece of pieces) {
    const begin = Math.max(0, first - at)
    const end = Math.min(piece.length, last + 1 - at)
    at += piece.length
    if (begin < end) yield piece.subarray(begin, end)
    if (at > last) return
  }
}
