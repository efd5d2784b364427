import { Readable } from 'node:stream'
import { exportAuditLogs, listAuditLogs, verifyAuditLogs } from '@chronos/contracts/audit'
import type { Clock } from '../../platform/clock.ts'
import { pageOf } from '../../platform/cursor.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { exportRows } from './audit-export.ts'
import { readHeads } from './audit-heads.ts'
import * as queries from './audit.queries.ts'
import { recordAuditEvent } from './audit.service.ts'
import { verifyChain } from './audit-verify.service.ts'
import { openImages } from './personal-images.ts'

export interface AuditRouteDeps {
  clock: Clock
  dataKeys: DataKeys
  /** Where heads of the chains are published; the verification looks there too. */
  headFile: string | undefined
}

const TYPES = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const

export function registerAuditRoutes(endpoints: Endpoints, deps: AuditRouteDeps): void {
  const { clock, dataKeys, headFile } = deps

  endpoints.register(listAuditLogs, async ({ tenant, query }) => {
    const rows = await openImages(dataKeys, await queries.listAuditLogs(tenant, query))
    return pageOf(rows, query.limit, queries.auditLogOf, (row) => [row.at, row.id])
  })

  endpoints.register(exportAuditLogs, async ({ tenant, query, reply }) => {
    const { format, ...filter } = query
    // Before the first byte: a file that nobody knows of would be worse than a record of one that broke off.
    await tenant.command((tx) =>
      recordAuditEvent(tx, {
        action: 'audit.exported',
        entity: 'audit_logs',
        entityId: null,
        after: { format, ...filter },
        at: clock.now(),
      }),
    )
    const day = clock.now().toISOString().slice(0, 10)
    reply.type(TYPES[format]).header('content-disposition', `attachment; filename="audit-${day}.${format}"`)
    // The answer is a stream; the contract's type says what comes of it.
    return Readable.from(exportRows(deps, tenant, filter, format)) as unknown as string
  })

  endpoints.register(verifyAuditLogs, async ({ tenant }) =>
    verifyChain(tenant, headFile === undefined ? [] : await readHeads(headFile, tenant.id)),
  )
}
