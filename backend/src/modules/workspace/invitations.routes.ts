import * as contract from '@chronos/contracts/members'
import type { SessionAnswer } from '@chronos/contracts/auth'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pageOf } from '../../platform/cursor.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import type { Device, IdentityRouteDeps, SignedIn } from '../identity/identity.service.ts'
import * as queries from './invitations.queries.ts'
import * as service from './invitations.service.ts'
import { acceptInvitation, linkInvalid, readInvitation, registerInvited } from './joining.service.ts'

export function registerInvitationRoutes(endpoints: Endpoints, deps: IdentityRouteDeps): void {
  endpoints.register(contract.listInvitations, async ({ tenant, query }) =>
    pageOf(
      await queries.listInvitations(tenant, query.limit, query.cursor, deps.clock.now()),
      query.limit,
      queries.invitationOf,
      (row) => [row.created_at, row.id],
    ),
  )

  endpoints.register(contract.createInvitation, ({ tenant, caller, body }) =>
    service.createInvitation(deps, tenant, caller, body),
  )

  endpoints.register(contract.resendInvitation, ({ tenant, params }) =>
    service.resendInvitation(deps, tenant, params.id),
  )

  endpoints.register(contract.revokeInvitation, async ({ tenant, params }) => {
    await service.revokeInvitation(deps, tenant, params.id)
    return undefined
  })

  endpoints.register(contract.previewInvitation, async ({ body }) => {
    const { invitation } = await readInvitation(deps, body.token)
    if (invitation.status !== 'waiting') throw linkInvalid()
    return {
      workspaceName: invitation.workspace_name,
      invitedBy: invitation.inviter,
      email: invitation.email,
      role: invitation.role,
      expiresAt: invitation.expires_at,
    }
  })

  endpoints.register(contract.acceptInvitation, async ({ caller, body, request, reply }) => {
    const signedIn = await acceptInvitation(deps, caller, body.token, deviceOf(request))
    return answered(reply, signedIn, body.includeRefreshToken)
  })

  endpoints.register(contract.registerInvited, async ({ body, request, reply }) =>
    answered(reply, await registerInvited(deps, body, deviceOf(request)), body.includeRefreshToken),
  )

  function answered(reply: FastifyReply, signedIn: SignedIn, withToken: boolean): SessionAnswer {
    deps.browser.setCookies(reply, signedIn)
    reply.header('cache-control', 'no-store')
    return withToken ? { ...signedIn.answer, refreshToken: signedIn.refreshToken } : signedIn.answer
  }
}

function deviceOf(request: FastifyRequest): Device {
  return { userAgent: request.headers['user-agent'] ?? null, ip: request.ip, requestId: request.id }
}
