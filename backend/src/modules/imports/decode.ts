/**
 * From bytes to text. What the bytes are decides before what the file says: banks declare 1252 and write UTF-8.
 * Order: byte order mark, UTF-16 by its zero bytes, valid UTF-8, then the declared code page or the likeliest one.
 */
import { isAscii } from 'node:buffer'
import { guessSingleByte, knownEncoding } from './encodings.ts'
import { MAX_FILE_BYTES, StatementRefused } from './statement.ts'
import type { StatementSource } from './statement.ts'

const HEAD_BYTES = 64 * 1024

export interface ByteSurvey {
  encoding: string
  sizeBytes: number
  /** The first 64 KB, decoded. */
  head: string
  headBytes: Uint8Array
  /** Zero bytes in a text that is not UTF-16: the file is no text. */
  binary: boolean
  /** UTF-8 with some sequences that are none: their letters are lost. */
  damaged: boolean
}

/** Follows UTF-8 sequences over chunk borders and counts the good and the broken ones. */
class Utf8Watch {
  good = 0
  broken = 0
  private missing = 0
  private lower = 0x80
  private upper = 0xbf

  take(byte: number): void {
    if (this.missing > 0) {
      if (byte >= this.lower && byte <= this.upper) {
        this.missing -= 1
        this.lower = 0x80
        this.upper = 0xbf
        if (this.missing === 0) this.good += 1
        return
      }
      this.broken += 1
      this.missing = 0
    }
    if (byte < 0x80) return
    this.lower = 0x80
    this.upper = 0xbf
    if (byte >= 0xc2 && byte <= 0xdf) this.missing = 1
    else if (byte >= 0xe0 && byte <= 0xef) {
      this.missing = 2
      if (byte === 0xe0) this.lower = 0xa0
      if (byte === 0xed) this.upper = 0x9f
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.missing = 3
      if (byte === 0xf0) this.lower = 0x90
      if (byte === 0xf4) this.upper = 0x8f
    } else this.broken += 1
  }

  get pending(): boolean {
    return this.missing > 0
  }
}

/**
 * Reads the whole source once and tells its encoding.
 * @throws StatementRefused when it is empty or larger than {@link MAX_FILE_BYTES}
 */
export async function surveyBytes(source: StatementSource): Promise<ByteSurvey> {
  const counts = new Uint32Array(256)
  const watch = new Utf8Watch()
  const zeros: [number, number] = [0, 0]
  const heads: Uint8Array[] = []
  let headLength = 0
  let sizeBytes = 0
  for await (const chunk of source.chunks()) {
    if (headLength < HEAD_BYTES) {
      heads.push(chunk.slice(0, HEAD_BYTES - headLength))
      headLength += chunk.length
    }
    if (watch.pending || !isAscii(chunk)) {
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at] ?? 0
        if (byte < 0x80 && !watch.pending) continue
        watch.take(byte)
        if (byte >= 0x80) counts[byte] = (counts[byte] ?? 0) + 1
      }
    }
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1))
      zeros[(sizeBytes + at) & 1 ? 1 : 0] += 1
    sizeBytes += chunk.length
    if (sizeBytes > MAX_FILE_BYTES) {
      throw new StatementRefused('file_too_large', 'The file is larger than 50 MB. Export a shorter period.')
    }
  }
  const headBytes = Buffer.concat(heads)
  const encoding = chooseEncoding(headBytes, counts, watch, zeros, sizeBytes)
  const wide = encoding.startsWith('utf-16')
  return {
    encoding,
    sizeBytes,
    headBytes,
    head: withPlainLineEnds(new TextDecoder(encoding).decode(headBytes, { stream: true })),
    binary: !wide && zeros[0] + zeros[1] > 0,
    damaged: encoding === 'utf-8' && watch.broken > 0,
  }
}

function chooseEncoding(
  head: Uint8Array,
  counts: Uint32Array,
  watch: Utf8Watch,
  zeros: readonly [number, number],
  sizeBytes: number,
): string {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  // Latin text in UTF-16 has a zero in nearly every second byte, always on the same side.
  const half = sizeBytes / 2
  if (zeros[1] > half * 0.7 && zeros[0] < half * 0.05) return 'utf-16le'
  if (zeros[0] > half * 0.7 && zeros[1] < half * 0.05) return 'utf-16be'
  if (watch.broken === 0) return 'utf-8'
  // Some banks cut a UTF-8 text in the middle of a letter: a few broken sequences among many good ones.
  if (watch.good > watch.broken * 4) return 'utf-8'
  const declared = declaredEncoding(head)
  return guessSingleByte(counts, head, declared === 'utf-8' ? null : declared)
}

/** What an OFX header (`CHARSET:1252`) or an XML declaration says, as TextDecoder's name. */
function declaredEncoding(head: Uint8Array): string | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 2048)).toString('latin1')
  const label =
    /<\?xml[^>]*encoding=["']([^"']+)["']/i.exec(text)?.[1] ?? /^\s*CHARSET:([^\r\n<]+)/im.exec(text)?.[1]
  return label === undefined ? null : knownEncoding(label)
}

/**
 * The source's text in pieces, without a byte order mark and with every line end as `\n`.
 * Every byte sequence gives text; broken ones become U+FFFD.
 */
export async function* decodeText(
  source: StatementSource,
  encoding: string,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder(encoding)
  // A piece that ends in \r keeps it for the next one, which may begin with its \n.
  let held = ''
  for await (const chunk of source.chunks()) {
    let text = held + decoder.decode(chunk, { stream: true })
    held = text.endsWith('\r') ? '\r' : ''
    if (held !== '') text = text.slice(0, -1)
    if (text !== '') yield withPlainLineEnds(text)
  }
  const rest = held + decoder.decode()
  if (rest !== '') yield withPlainLineEnds(rest)
}

export function withPlainLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}
