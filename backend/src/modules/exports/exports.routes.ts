import * as contract from '@chronos/contracts/exports'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import { sendFile } from '../../plugins/downloads.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { listExports } from './exports.queries.ts'
import * as service from './exports.service.ts'

export function registerExportRoutes(endpoints: Endpoints, deps: service.ExportDeps): void {
  endpoints.register(contract.createExport, ({ tenant, caller }) =>
    service.createExport(deps, tenant, caller),
  )

  endpoints.register(contract.listExports, async ({ tenant, caller, query }) => {
    const after = decodeCursor(query.cursor, ['instant', 'uuid'])
    const rows = await listExports(tenant, caller.userId, query.limit + 1, after)
    return pageOf(rows, query.limit, service.exportOf, (row) => [row.created_at, row.id])
  })

  endpoints.register(contract.getExport, ({ tenant, caller, params }) =>
    service.getExport(tenant, caller, params.id),
  )

  endpoints.register(contract.downloadExport, async ({ tenant, caller, params, request, reply }) => {
    const { item, open } = await service.findFile(deps, tenant, caller, params.id)
    const file = await sendFile(request, reply, {
      contentType: 'application/zip',
      fileName: `chronos-${item.createdAt.slice(0, 10)}.zip`,
      etag: item.id,
      sizeBytes: item.sizeBytes,
      open,
    })
    // The contract's string is what a client reads; Fastify sends the stream as it comes.
    return file as unknown as string
  })
}
