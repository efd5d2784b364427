/**
 * Files that people send. The address of a file comes from outside and gets our token, so only Meta's hosts are
 * asked (and the configured Graph host itself); the bytes are capped, and judged by what they are, not by the name
 * or type that came with them.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** WhatsApp's own cap for documents is 100 MB; receipts and statements are far below this one. */
export const MAX_MEDIA_BYTES = 25_000_000

const META_HOSTS = ['fbsbx.com', 'fbcdn.net', 'whatsapp.net', 'facebook.com']

/** True for an https address on one of Meta's hosts, or for any path on the origin of the Graph address in use. */
export function isMediaUrlAllowed(address: string, graphBaseUrl: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return false
  if (url.origin === new URL(graphBaseUrl).origin) return true
  if (url.protocol !== 'https:' || url.port !== '') return false
  return META_HOSTS.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))
}

/** Webhooks give the hash in base64, the media endpoint in hex; both are accepted. */
export function hashMatches(bytes: Uint8Array, sha256: string): boolean {
  const actual = createHash('sha256').update(bytes).digest()
  const claimed = Buffer.from(sha256, /^[0-9a-fA-F]{64}$/.test(sha256) ? 'hex' : 'base64')
  return claimed.length === actual.length && timingSafeEqual(claimed, actual)
}

const SIGNATURES: readonly (readonly [mime: string, offset: number, magic: string])[] = [
  ['image/jpeg', 0, '\xFF\xD8\xFF'],
  ['image/png', 0, '\x89PNG\r\n\x1A\n'],
  ['image/webp', 8, 'WEBP'],
  ['application/pdf', 0, '%PDF-'],
  ['audio/ogg', 0, 'OggS'],
  ['audio/amr', 0, '#!AMR'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/mp4', 4, 'ftypM4A'],
  ['video/mp4', 4, 'ftyp'],
  ['application/zip', 0, 'PK\x03\x04'],
]

/** The type that the first bytes show, null when it is none that we know. */
export function sniffMime(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  return SIGNATURES.find(([, offset, magic]) => head.startsWith(magic, offset))?.[0] ?? null
}
