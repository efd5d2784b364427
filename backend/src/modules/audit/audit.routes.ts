import { listAuditLogs } from '@chronos/contracts/audit'
import { pageOf } from '../../platform/cursor.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as queries from './audit.queries.ts'

export function registerAuditRoutes(endpoints: Endpoints): void {
  endpoints.register(listAuditLogs, async ({ tenant, query }) =>
    pageOf(await queries.listAuditLogs(tenant, query), query.limit, queries.auditLogOf, (row) => [
      row.at,
      row.id,
    ]),
  )
}
