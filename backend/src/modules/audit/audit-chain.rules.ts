/**
 * The hash of a row of the audit log, as `app.seal_audit` makes it in the database. Written a second time here, so that
 * what verifies is not what sealed.
 *
 * SHA-256 over: the tag `chronos.audit.v1`, the row's number, every column of the row in the order below, each as its
 * length in bytes (four bytes, big-endian; -1 for null) and its UTF-8 bytes; then the 32 bytes of the hash before it
 * (zeros before the first). Columns are taken as PostgreSQL prints them. For jsonb that is a canonical form already: it
 * is kept parsed, so the print depends on neither the order of keys nor the blanks that were sent, and what is hashed is
 * what is stored.
 */
import { createHash } from 'node:crypto'

/** Columns of `app.audit_logs` in the order in which version 1 hashes them; a test holds them to the catalogue. */
export const CHAINED_COLUMNS = [
  'tenant_id',
  'at',
  'id',
  'actor_type',
  'actor_id',
  'action',
  'entity',
  'entity_id',
  'before',
  'after',
  'request_id',
  'session_id',
  'ip',
] as const

export const CHAIN_VERSION = 1
/** What the first row is chained to. */
export const CHAIN_START = '0'.repeat(64)

/** A row's columns as text; `at` as `2026-11-23T12:00:00.000000Z`. */
export type ChainedRow = Readonly<Record<(typeof CHAINED_COLUMNS)[number], string | null>>

/** @returns 64 hexadecimal digits */
export function chainHash(seq: number, row: ChainedRow, previous: string): string {
  const hash = createHash('sha256')
  for (const field of ['chronos.audit.v1', String(seq), ...CHAINED_COLUMNS.map((column) => row[column])]) {
    const length = Buffer.alloc(4)
    length.writeInt32BE(field === null ? -1 : Buffer.byteLength(field))
    hash.update(length).update(field ?? '')
  }
  return hash.update(Buffer.from(previous, 'hex')).digest('hex')
}
