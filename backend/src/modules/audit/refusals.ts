/** What a signed-in caller was refused stands in the audit log of their workspace: once a minute for each endpoint. */
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Store } from '../../platform/store.ts'
import type { EndpointsOptions } from '../../plugins/endpoints.ts'
import { recordAuditEvent } from './audit.service.ts'

export interface RefusalDeps {
  store: Store
  clock: Clock
  logger: Log
}

/** So that trying a thousand times does not fill the log, nor hide in it what else happened. */
const ONCE_A_MINUTE = { limit: 1, windowSeconds: 60 }

export function createRefusalLog({ store, clock, logger }: RefusalDeps): EndpointsOptions['refused'] {
  return async (spec, caller, tenant) => {
    try {
      const { allowed } = await store.consume(`refused:${caller.sessionId}:${spec.id}`, ONCE_A_MINUTE)
      if (!allowed) return
      await tenant.bulk((tx) =>
        recordAuditEvent(tx, {
          action: 'access.refused',
          entity: 'endpoint',
          entityId: null,
          after: { endpoint: spec.id, role: caller.role, ...(caller.scopes && { scopes: caller.scopes }) },
          at: clock.now(),
        }),
      )
    } catch (error) {
      // The refusal itself stands; a database that is down must not turn it into something else.
      logger.error({ err: error, endpoint: spec.id }, 'a refusal could not be written into the audit log')
    }
  }
}
