import * as contract from '@chronos/contracts/privacy'
import type { Clock } from '../../platform/clock.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { getRetention, updateRetention } from './retention.service.ts'

export function registerRetentionRoutes(endpoints: Endpoints, { clock }: { clock: Clock }): void {
  endpoints.register(contract.getRetention, ({ tenant }) => getRetention(tenant))
  endpoints.register(contract.updateRetention, ({ tenant, body, expectedVersion }) =>
    updateRetention(tenant, body, expectedVersion, clock.now()),
  )
}
