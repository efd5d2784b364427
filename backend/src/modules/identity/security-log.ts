/**
 * What happens to a person's sign-in, told twice: to the person (control.security_events), and, where it happened in a
 * workspace, to its audit log.
 */
import type { AuditEvent } from '@chronos/contracts/audit'
import type { ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'

export interface SecurityEventInput {
  event: AuditEvent
  identityId: string
  /** The workspace it happened in, and who the person is there. */
  membership: { tenantId: string; userId: string } | null
  sessionId: string | null
  ip: string | null
  userAgent: string | null
  requestId: string | null
  /** More for the audit log; never a secret. */
  details?: Record<string, unknown>
}

export async function recordSecurityEvent(
  deps: { control: ControlQueries; tenancy: Tenancy },
  input: SecurityEventInput,
  now: Date,
): Promise<void> {
  await deps.control.query(
    `insert into control.security_events (identity_id, at, id, event, tenant_id, session_id, ip, user_agent)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    input.identityId,
    now,
    newId(),
    input.event,
    input.membership?.tenantId ?? null,
    input.sessionId,
    input.ip,
    input.userAgent?.slice(0, 300) ?? null,
  )
  if (input.membership === null) return
  const { tenantId, userId } = input.membership
  const tenant = deps.tenancy.enter({
    tenantId,
    actor: { type: 'user', userId, hiddenAccounts: [] },
    requestId: input.requestId,
    sessionId: input.sessionId,
    ip: input.ip,
  })
  await tenant.bulk((tx) =>
    recordAuditEvent(tx, {
      action: input.event,
      entity: 'users',
      entityId: userId,
      ...(input.details === undefined ? {} : { after: input.details }),
      at: now,
    }),
  )
}
