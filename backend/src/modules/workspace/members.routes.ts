import * as contract from '@chronos/contracts/members'
import { pageOf } from '../../platform/cursor.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import type { IdentityRouteDeps } from '../identity/identity.service.ts'
import { listMembers } from './members.queries.ts'
import * as service from './members.service.ts'

export function registerMemberRoutes(endpoints: Endpoints, deps: IdentityRouteDeps): void {
  endpoints.register(contract.listMembers, async ({ tenant, caller, query }) => {
    const rows = await listMembers(tenant, query.limit, query.cursor)
    const page = pageOf(
      rows,
      query.limit,
      (row) => row,
      (row) => [row.sort_name, row.id],
    )
    return { ...page, items: await service.describeMembers(deps, caller, page.items) }
  })

  endpoints.register(contract.updateMember, ({ tenant, caller, params, body, expectedVersion }) =>
    service.updateMember(deps, tenant, caller, params.id, body, expectedVersion),
  )

  endpoints.register(contract.removeMember, async ({ tenant, caller, params, expectedVersion }) => {
    await service.removeMember(deps, tenant, caller, params.id, expectedVersion)
    return undefined
  })

  endpoints.register(contract.leaveWorkspace, async ({ tenant, caller, reply }) => {
    await service.removeMember(deps, tenant, caller, caller.userId, null)
    deps.browser.clearCookies(reply)
    return undefined
  })

  endpoints.register(contract.transferOwnership, ({ tenant, caller, body }) =>
    service.transferOwnership(deps, tenant, caller, body.memberId),
  )
}
