import { listAuditLogs } from '@chronos/contracts/audit'
import { pageOf } from '../../platform/cursor.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as queries from './audit.queries.ts'
import { openImages } from './personal-images.ts'

export function registerAuditRoutes(endpoints: Endpoints, { dataKeys }: { dataKeys: DataKeys }): void {
  endpoints.register(listAuditLogs, async ({ tenant, query }) => {
    const rows = await openImages(dataKeys, await queries.listAuditLogs(tenant, query))
    return pageOf(rows, query.limit, queries.auditLogOf, (row) => [row.at, row.id])
  })
}
