import * as contract from '@chronos/contracts/privacy'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { listConsents } from './consents.queries.ts'
import { consentOf, giveConsent } from './consents.service.ts'

export function registerConsentRoutes(
  endpoints: Endpoints,
  { control, clock }: { control: ControlPlane; clock: Clock },
): void {
  endpoints.register(contract.listConsents, async ({ caller, query }) => {
    const after = decodeCursor(query.cursor, ['instant', 'uuid'])
    const rows = await listConsents(control, caller.identityId, query.limit + 1, after)
    return pageOf(rows, query.limit, consentOf, (row) => [row.at, row.id])
  })
  endpoints.register(contract.recordConsent, ({ tenant, caller, body }) =>
    giveConsent(control, tenant, caller.identityId, body, clock.now()),
  )
}
