/**
 * Heads of the chains, published where the database's owner cannot rewrite them: one JSON line each, appended to
 * AUDIT_HEAD_FILE (a volume of its own, or one that a log shipper carries away). A chain that was made anew from its
 * beginning is whole in itself; these lines tell.
 */
import { createReadStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { z } from 'zod'

export const PublishedHead = z.object({
  at: z.iso.datetime(),
  tenantId: z.guid(),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PublishedHead = z.infer<typeof PublishedHead>

/** Whole lines in one write, so that two processes never mix theirs. */
export async function appendHeads(file: string, heads: readonly PublishedHead[]): Promise<void> {
  if (heads.length === 0) return
  const lines = heads.map(({ at, tenantId, seq, hash }) => JSON.stringify({ at, tenantId, seq, hash }))
  await appendFile(file, `${lines.join('\n')}\n`, { mode: 0o640 })
}

/**
 * @param tenantId of all tenants where it is not given
 * @throws Error naming the first line that is none of ours: a file that was tampered with is no witness
 */
export async function readHeads(file: string, tenantId?: string): Promise<PublishedHead[]> {
  const heads: PublishedHead[] = []
  let number = 0
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      number += 1
      if (line.trim() === '') continue
      const parsed = PublishedHead.safeParse(jsonOf(line))
      if (!parsed.success) throw new Error(`line ${number} of AUDIT_HEAD_FILE is not a head of the audit log`)
      if (tenantId === undefined || parsed.data.tenantId === tenantId) heads.push(parsed.data)
    }
  } catch (error) {
    // Nothing was published yet.
    if ((error as { code?: unknown }).code === 'ENOENT') return []
    throw error
  }
  return heads
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
