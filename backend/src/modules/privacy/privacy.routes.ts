import * as contract from '@chronos/contracts/privacy'
import type { FastifyReply } from 'fastify'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { eraseMe, type ErasureDeps } from './erasure.service.ts'
import { exportOf, listExports } from './personal-export.queries.ts'
import { readExport, requestExport, type PersonalExportDeps } from './personal-export.service.ts'

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
  endpoints.register(contract.downloadPersonalExport, async ({ caller, params, reply }) => {
    const file = await readExport(deps, caller.identityId, params.id)
    reply.type('application/zip')
    reply.header('content-disposition', 'attachment; filename="chronos-my-data.zip"')
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
