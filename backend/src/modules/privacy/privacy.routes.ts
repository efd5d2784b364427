import * as contract from '@chronos/contracts/privacy'
import type { FastifyReply } from 'fastify'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import { sendFile } from '../../plugins/downloads.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { eraseMe, type ErasureDeps } from './erasure.service.ts'
import { exportOf, listExports } from './personal-export.queries.ts'
import { findFile, requestExport, type PersonalExportDeps } from './personal-export.service.ts'

export function registerPrivacyRoutes(
  endpoints: Endpoints,
  deps: PersonalExportDeps & ErasureDeps & { signedOut(reply: FastifyReply): void },
): void {
  endpoints.register(contract.createPersonalExport, ({ tenant, caller }) =>
    requestExport(deps, tenant, caller.identityId),
  )
  endpoints.register(contract.listPersonalExports, async ({ caller, query }) => {
    const after = decodeCursor(query.cursor, ['instant', 'uuid'])
    const rows = await listExports(deps.control, caller.identityId, query.limit + 1, after)
    return pageOf(rows, query.limit, exportOf, (row) => [row.created_at, row.id])
  })
  endpoints.register(contract.downloadPersonalExport, async ({ caller, params, request, reply }) => {
    const { item, open } = await findFile(deps, caller.identityId, params.id)
    const file = await sendFile(request, reply, {
      contentType: 'application/zip',
      fileName: 'chronos-my-data.zip',
      etag: item.id,
      sizeBytes: item.sizeBytes,
      open,
    })
    // The contract's string is what a client reads; Fastify sends the stream as it comes.
    return file as unknown as string
  })
  endpoints.register(contract.eraseMe, async ({ caller, body, request, reply }) => {
    const origin = { requestId: request.id, sessionId: caller.sessionId, ip: request.ip }
    await eraseMe(deps, caller.identityId, body.email, origin)
    deps.signedOut(reply)
    return undefined
  })
}
