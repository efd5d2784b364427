/**
 * Seals what was written into the audit logs, once a minute in whichever process takes the job, and publishes the heads
 * of the chains: each new one in the log stream (`audit head`), and once a day all that have moved in AUDIT_HEAD_FILE.
 * Doing it twice, or in two processes at once, is harmless.
 */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import { QUEUES } from '../../platform/queues.ts'
import { SYSTEM, type Tenancy, type Tenant } from '../../platform/tenancy.ts'
import * as queries from './audit-chain.queries.ts'
import { appendHeads, readHeads, type PublishedHead } from './audit-heads.ts'

export interface AuditJobDeps {
  control: ControlPlane
  tenancy: Tenancy
  clock: Clock
  logger: Log
  headFile: string | undefined
}

const MINUTE_MS = 60_000
const BATCH = 2000

export function auditJobs(deps: AuditJobDeps): JobHandler[] {
  let publishedOn = ''
  return [
    {
      queue: 'audit',
      async handle() {
        await sealAll(deps)
        const today = deps.clock.now().toISOString().slice(0, 10)
        if (today === publishedOn) return
        await publishHeads(deps)
        publishedOn = today
      },
    },
  ]
}

export async function sealAll({ control, tenancy, logger }: AuditJobDeps): Promise<void> {
  for (const tenantId of await queries.listTenantIds(control)) {
    const sealed = await sealTenant(tenancy.enter({ tenantId, actor: SYSTEM, requestId: null }))
    if (sealed.rows > 0) logger.info({ tenantId, seq: sealed.seq, hash: sealed.hash }, 'audit head')
  }
}

/** Seals all that waits. @returns how many rows, and the head after them */
export async function sealTenant(tenant: Tenant): Promise<queries.Sealed> {
  let rows = 0
  for (;;) {
    const sealed = await queries.sealRows(tenant, BATCH)
    rows += sealed.rows
    if (sealed.rows < BATCH) return { ...sealed, rows }
  }
}

/** Writes the heads that have moved since they were last written. */
export async function publishHeads({ control, tenancy, clock, headFile }: AuditJobDeps): Promise<void> {
  if (headFile === undefined) return
  const known = new Map((await readHeads(headFile)).map(({ tenantId, seq }) => [tenantId, seq]))
  const at = clock.now().toISOString()
  const moved: PublishedHead[] = []
  for (const tenantId of await queries.listTenantIds(control)) {
    const head = await queries.findHead(tenancy.enter({ tenantId, actor: SYSTEM, requestId: null }))
    if (head && head.seq > (known.get(tenantId) ?? 0)) moved.push({ at, tenantId, ...head })
  }
  await appendHeads(headFile, moved)
}

/** Asks for the job every minute. @returns what ends it */
export function scheduleSealing(control: ControlPlane, failed: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    control.query('select control.enqueue($1, null, null, null)', QUEUES.audit.name).catch(failed)
  }, MINUTE_MS)
  timer.unref()
  return () => clearInterval(timer)
}
