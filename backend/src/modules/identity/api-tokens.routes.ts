import * as contract from '@chronos/contracts/tokens'
import type { FastifyRequest } from 'fastify'
import { pageOf } from '../../platform/cursor.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { apiTokenOf } from './api-tokens.queries.ts'
import * as service from './api-tokens.service.ts'
import type { SessionDeps } from './sessions.service.ts'

export function registerApiTokenRoutes(endpoints: Endpoints, deps: SessionDeps): void {
  endpoints.register(contract.listTokens, async ({ caller, query }) =>
    pageOf(
      await service.listTokens(deps, caller, query.limit, query.cursor),
      query.limit,
      apiTokenOf,
      (row) => [row.created_at, row.id],
    ),
  )

  endpoints.register(contract.createToken, ({ caller, body, request }) =>
    service.createToken(deps, caller, body, from(request)),
  )

  endpoints.register(contract.revokeToken, async ({ caller, params, request }) => {
    await service.revokeToken(deps, caller, params.id, from(request))
    return undefined
  })
}

function from(request: FastifyRequest): service.Circumstances {
  return { requestId: request.id, userAgent: request.headers['user-agent'] ?? null, ip: request.ip }
}
