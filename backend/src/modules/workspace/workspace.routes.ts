import * as contract from '@chronos/contracts/workspace'
import type { Endpoints } from '../../plugins/endpoints.ts'
import type { SessionDeps } from '../identity/sessions.service.ts'
import * as service from './workspace.service.ts'

export function registerWorkspaceRoutes(endpoints: Endpoints, deps: SessionDeps): void {
  endpoints.register(contract.getWorkspace, ({ tenant }) => service.getWorkspace(deps, tenant))

  endpoints.register(contract.updateWorkspace, ({ tenant, caller, body, expectedVersion }) =>
    service.updateWorkspace(deps, tenant, caller, body, expectedVersion),
  )

  endpoints.register(contract.allowSupport, ({ tenant, body }) => service.allowSupport(deps, tenant, body))

  endpoints.register(contract.endSupport, ({ tenant }) => service.endSupport(deps, tenant))
}
