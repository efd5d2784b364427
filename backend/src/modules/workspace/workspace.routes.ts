import * as contract from '@chronos/contracts/workspace'
import type { Endpoints } from '../../plugins/endpoints.ts'
import type { IdentityRouteDeps } from '../identity/identity.service.ts'
import { createOwnWorkspace } from '../identity/own-workspace.service.ts'
import * as deletion from './deletion.service.ts'
import * as service from './workspace.service.ts'

export function registerWorkspaceRoutes(endpoints: Endpoints, deps: IdentityRouteDeps): void {
  endpoints.register(contract.getWorkspace, ({ tenant }) => service.getWorkspace(deps, tenant))

  endpoints.register(contract.updateWorkspace, ({ tenant, caller, body, expectedVersion }) =>
    service.updateWorkspace(deps, tenant, caller, body, expectedVersion),
  )

  endpoints.register(contract.createWorkspace, ({ caller, body, request }) =>
    createOwnWorkspace(deps, caller.identityId, body, request.id),
  )

  endpoints.register(contract.requestDeletion, ({ tenant, caller, body }) =>
    deletion.requestDeletion(deps, tenant, caller, body.name),
  )

  endpoints.register(contract.cancelDeletion, ({ tenant }) => deletion.cancelDeletion(deps, tenant))

  endpoints.register(contract.allowSupport, ({ tenant, body }) => service.allowSupport(deps, tenant, body))

  endpoints.register(contract.endSupport, ({ tenant }) => service.endSupport(deps, tenant))
}
