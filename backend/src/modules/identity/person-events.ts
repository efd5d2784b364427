/** Security events of a person that happen outside a session: the audit log of the workspace last used has them. */
import type { AuditEvent } from '@chronos/contracts/audit'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import { listMemberships } from './identity.queries.ts'
import { recordSecurityEvent } from './security-log.ts'

/** Where a request came from. */
export interface RequestOrigin {
  ip: string | null
  userAgent: string | null
  requestId: string | null
}

export interface PersonSession {
  sessionId: string
  tenantId: string
  userId: string
}

/** @param session of the request, where it had one */
export async function recordPersonEvent(
  deps: { control: ControlPlane; tenancy: Tenancy; clock: Clock },
  event: AuditEvent,
  identityId: string,
  session: PersonSession | null,
  device: RequestOrigin,
  details?: Record<string, unknown>,
): Promise<void> {
  await recordSecurityEvent(
    deps,
    {
      event,
      identityId,
      membership: session ?? (await lastUsed(deps.control, identityId)),
      sessionId: session?.sessionId ?? null,
      ip: device.ip,
      userAgent: device.userAgent,
      requestId: device.requestId,
      ...(details === undefined ? {} : { details }),
    },
    deps.clock.now(),
  )
}

async function lastUsed(
  control: ControlPlane,
  identityId: string,
): Promise<{ tenantId: string; userId: string } | null> {
  const memberships = await listMemberships(control, identityId)
  const membership = memberships.find((each) => each.state === 'active')
  return membership ? { tenantId: membership.tenant_id, userId: membership.user_id } : null
}
