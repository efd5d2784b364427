/**
 * Reads whose answers are kept in the store. What holds, whatever the store does:
 *
 * - A kept answer counts only beside the revision that PostgreSQL names now, in a transaction of the tenant: slow,
 *   stale, of yesterday or gone, the store can cost the answer and never change it. Nothing has to be deleted, so no
 *   writer needs the store; the commit of a change is what ends the answers before it.
 * - The revision is read before what it names, on one connection. An answer that a commit overtook in between is kept
 *   under the revision before it, which nobody is told any more.
 * - Keys begin with the tenant. What is kept for somebody from whom accounts are kept is theirs alone.
 *
 * What it costs is a statement that reads a revision, so only what costs much more is worth it: docs/decisions/0012.
 */
import { createHash } from 'node:crypto'
import type { Statement } from './database.ts'
import type { Store } from './store.ts'

/** A read, and the statement whose one row has the `revision` of all that its answer is made of. */
export interface KeptRead {
  /** What is read, with everything that the answer depends on beside the tenant and the caller. */
  key: string
  revision: Statement
  statement: Statement
}

/** How statements reach the tenant, in order, on one connection. */
export type Send = (statements: readonly Statement[]) => Promise<unknown[][]>

const KEPT_SECONDS = 900
/** Larger answers are few, and would push many small ones out. */
const MAX_LENGTH = 256 * 1024

/** @param whose begins the key: the tenant, and who asks where that matters */
export async function readKept(store: Store, whose: string, read: KeptRead, send: Send): Promise<unknown[]> {
  const key = `${whose}:${read.key}`
  const [kept, [rows = []]] = await Promise.all([store.get(key), send([read.revision])])
  const known = kept === null ? null : parse(kept)
  if (known !== null && known.revision === revisionOf(rows)) return known.rows
  const [now = [], answer = []] = await send([read.revision, read.statement])
  const value = JSON.stringify({ revision: revisionOf(now), rows: answer } satisfies Kept)
  if (value.length <= MAX_LENGTH) await store.set(key, value, KEPT_SECONDS)
  return answer
}

/** A short name for a set of hidden accounts. */
export function digestOf(ids: readonly string[]): string {
  return createHash('sha256').update(ids.toSorted().join()).digest('base64url').slice(0, 22)
}

interface Kept {
  revision: string
  rows: unknown[]
}

function revisionOf(rows: readonly unknown[]): string {
  const revision = (rows[0] as { revision?: unknown } | undefined)?.revision
  return typeof revision === 'string' ? revision : ''
}

/** null for what nobody wrote here. */
function parse(text: string): Kept | null {
  try {
    const { revision, rows } = JSON.parse(text) as Partial<Kept>
    return typeof revision === 'string' && Array.isArray(rows) ? { revision, rows } : null
  } catch {
    return null
  }
}
