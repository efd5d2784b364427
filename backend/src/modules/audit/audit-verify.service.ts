/**
 * Recomputes a tenant's chain from its first seal to its last. What holds: a row or a seal that was changed, taken out,
 * put in or moved is found, and the first of them is named. What cannot be found from inside, a chain made anew or cut
 * at its end, is found by heads that were published outside.
 */
import type { AuditVerification } from '@chronos/contracts/audit'
import type { ControlPlane } from '../../platform/control.ts'
import { SYSTEM, type Tenancy, type Tenant } from '../../platform/tenancy.ts'
import * as queries from './audit-chain.queries.ts'
import { CHAIN_START, CHAIN_VERSION, chainHash } from './audit-chain.rules.ts'
import { readHeads, type PublishedHead } from './audit-heads.ts'

const BATCH = 2000

type Broken = NonNullable<AuditVerification['firstBroken']>

interface Walk {
  /** Rows that are there, sealed and whole. */
  sealedRows: number
  head: AuditVerification['head']
  broken: Broken | null
}

/** @param published heads of this tenant, in any order */
export async function verifyChain(
  tenant: Tenant,
  published: readonly PublishedHead[],
): Promise<AuditVerification> {
  const walk = await walkChain(tenant, published)
  const unsealed = await queries.findUnsealed(tenant)
  const broken =
    walk.broken ??
    (unsealed.added === null
      ? null
      : ({ seq: unsealed.added.seq, auditId: unsealed.added.audit_id, reason: 'added' } as const))
  return {
    ok: broken === null,
    sealedRows: walk.sealedRows,
    waitingRows: unsealed.waiting,
    head: walk.head,
    firstBroken: broken,
  }
}

async function walkChain(tenant: Tenant, published: readonly PublishedHead[]): Promise<Walk> {
  const witnesses = new Map<number, Set<string>>()
  for (const { seq, hash } of published) witnesses.set(seq, (witnesses.get(seq) ?? new Set()).add(hash))
  const walk: Walk = { sealedRows: 0, head: null, broken: null }
  let last = 0
  let previous = CHAIN_START
  for (;;) {
    const seals = await queries.listSeals(tenant, last, BATCH)
    for (const [index, seal] of seals.entries()) {
      // The rows up to it were ended by retention, and it is all that is left of them: right if the log says so.
      const isBoundary = walk.head === null && seal.row === null && (await queries.isRetired(tenant, seal))
      const next = seals[index + 1]?.prev_hash ?? null
      walk.broken = (isBoundary ? null : judged(seal, last, previous, next)) ?? witnessed(witnesses, seal)
      if (walk.broken) return walk
      if (!isBoundary) walk.sealedRows += 1
      walk.head = headOf(seal)
      last = seal.seq
      previous = seal.hash
    }
    if (seals.length < BATCH) break
  }
  const beyond = Math.max(0, ...witnesses.keys())
  if (beyond > last) walk.broken = { seq: last + 1, auditId: null, reason: 'head' }
  return walk
}

function headOf({ seq, hash, at }: queries.Seal): AuditVerification['head'] {
  return { seq, hash, at: at.replace(/(\.\d{3})\d*Z$/, '$1Z') }
}

/** @param next what the seal after it says was before it; null at the end */
function judged(seal: queries.Seal, last: number, previous: string, next: string | null): Broken | null {
  const broken = (reason: Broken['reason']): Broken => ({
    seq: seal.seq,
    auditId: seal.audit_id,
    reason,
  })
  if (seal.seq !== last + 1) return { seq: last + 1, auditId: null, reason: 'missing' }
  if (seal.prev_hash !== previous || seal.version !== CHAIN_VERSION) return broken('chain')
  if (seal.row === null) return broken('missing')
  const hash = chainHash(seal.seq, seal.row, previous)
  if (hash === seal.hash) return null
  return broken(hash === next ? 'chain' : 'changed')
}

function witnessed(witnesses: ReadonlyMap<number, ReadonlySet<string>>, seal: queries.Seal): Broken | null {
  const hashes = witnesses.get(seal.seq)
  if (!hashes || (hashes.size === 1 && hashes.has(seal.hash))) return null
  return { seq: seal.seq, auditId: seal.audit_id, reason: 'head' }
}

/**
 * Every tenant's chain, each with its published heads. A tenant that is gone with its log is named by none.
 * @param say takes one line for each tenant that is broken, and a last one with the counts
 */
export async function findBrokenChains(
  { control, tenancy }: { control: ControlPlane; tenancy: Tenancy },
  headFile: string | undefined,
  say: (line: string) => void,
): Promise<{ tenants: number; broken: number }> {
  const published = new Map<string, PublishedHead[]>()
  for (const head of headFile === undefined ? [] : await readHeads(headFile)) {
    published.set(head.tenantId, [...(published.get(head.tenantId) ?? []), head])
  }
  const tenants = await queries.listTenantIds(control)
  let broken = 0
  let rows = 0
  for (const tenantId of tenants) {
    const tenant = tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
    const { ok, firstBroken, sealedRows } = await verifyChain(tenant, published.get(tenantId) ?? [])
    rows += sealedRows
    if (ok || firstBroken === null) continue
    broken += 1
    const { seq, auditId, reason } = firstBroken
    say(`tenant ${tenantId}: broken at number ${seq}, row ${auditId ?? 'unknown'}: ${reason}`)
  }
  say(`${tenants.length} tenants, ${rows} sealed rows, ${broken} broken`)
  return { tenants: tenants.length, broken }
}
