/** Files of the double: uploaded by the business or sent by a person; ids and addresses as Meta gives them. */
import { createHash, randomInt } from 'node:crypto'

export interface StoredMedia {
  readonly id: string
  readonly mimeType: string
  readonly bytes: Buffer
  /** Hex. */
  readonly sha256: string
}

export interface MediaStore {
  add(bytes: Buffer, mimeType: string): StoredMedia
  find(id: string): StoredMedia | undefined
  remove(id: string): boolean
}

const MAX_FILES = 200

export function createMediaStore(): MediaStore {
  const files = new Map<string, StoredMedia>()
  return {
    add(bytes, mimeType) {
      const id = `${randomInt(1e12, 9e12)}${randomInt(100, 999)}`
      const media = { id, mimeType, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
      files.set(id, media)
      const oldest = files.keys().next().value
      if (files.size > MAX_FILES && oldest !== undefined) files.delete(oldest)
      return media
    },
    find: (id) => files.get(id),
    remove: (id) => files.delete(id),
  }
}

/** The part named `file` of a multipart body, null where there is none. */
export function filePartOf(body: Buffer, contentType: string): { bytes: Buffer; mimeType: string } | null {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (boundary === undefined) return null
  const text = body.toString('latin1')
  for (const part of text.split(`--${boundary}`)) {
    const split = part.indexOf('\r\n\r\n')
    const head = part.slice(0, Math.max(split, 0))
    if (split < 0 || !/name="file"/.test(head)) continue
    const mimeType = /content-type:\s*([^\s;]+)/i.exec(head)?.[1] ?? 'application/octet-stream'
    return { bytes: Buffer.from(part.slice(split + 4).replace(/\r\n$/, ''), 'latin1'), mimeType }
  }
  return null
}
