/**
 * Seals what was written into the audit logs, once a minute in whichever process takes the job, and publishes the heads
 * of the chains: each new one in the log stream (`audit head`), and once a day all that have moved in AUDIT_HEAD_FILE.
 * Doing it twice, or in two processes at once, is harmless.
 */
import type { Alarms } from '../../platform/alarms.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import { noteBrokenChains } from '../../platform/measures.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Schedule } from '../../platform/schedules.ts'
import { SYSTEM, type Tenancy, type Tenant } from '../../platform/tenancy.ts'
import * as queries from './audit-chain.queries.ts'
import { findBrokenChains } from './audit-verify.service.ts'
import { appendHeads, readHeads, type PublishedHead } from './audit-heads.ts'

export interface ChainDeps {
  control: ControlPlane
  tenancy: Tenancy
  clock: Clock
  logger: Log
  headFile: string | undefined
}

export interface AuditJobDeps extends ChainDeps {
  alarms: Alarms
}

/** Once a minute. */
export const SEALING: Schedule = { queue: QUEUES.audit.name, everySeconds: 60 }
/** Of every chain, at night, when the fewest people write. */
export const VERIFICATION: Schedule = {
  queue: QUEUES.auditVerify.name,
  everySeconds: 86_400,
  hourUtc: 3,
}

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
    { queue: 'audit.verify', handle: () => verifyChains(deps) },
  ]
}

/** Recomputes every chain, and wakes somebody where one does not hold. Which one stands in the log alone. */
export async function verifyChains(deps: AuditJobDeps): Promise<void> {
  const { broken, tenants } = await findBrokenChains(deps, deps.headFile, (line) => deps.logger.info(line))
  noteBrokenChains(broken)
  if (broken === 0) return deps.alarms.clear('audit-chain', `All ${tenants} audit logs hold again`)
  const whose = broken === 1 ? '1 workspace does' : `${broken} workspaces do`
  await deps.alarms.raise('audit-chain', `The audit log of ${whose} not hold`)
}

export async function sealAll({ control, tenancy, logger }: ChainDeps): Promise<void> {
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
export async function publishHeads({ control, tenancy, clock, headFile }: ChainDeps): Promise<void> {
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
