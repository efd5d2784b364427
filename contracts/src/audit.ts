import { z } from 'zod'
import { CalendarDate, Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { page, PageQuery } from './pagination.ts'

/**
 * Events that no changed row tells of. The database takes these, and no others, from the application
 * (`app.is_audit_event`); rows called insert, update and delete are written by triggers alone.
 */
export const AUDIT_EVENTS = [
  'workspace.created',
  'session.started',
  'session.refused',
  'session.ended',
  'session.reused',
  'session.proved',
  'access.refused',
  'password.changed',
  'email.verified',
  'email.changed',
  'factor.added',
  'factor.removed',
  'factor.recovery_used',
  'provider.connected',
  'provider.disconnected',
  'token.created',
  'token.revoked',
  'export.requested',
  'export.downloaded',
  'audit.exported',
  'support.allowed',
  'support.started',
  'support.ended',
  'operator.sessions_ended',
  'operator.created',
  'operator.suspended',
  'operator.resumed',
  'operator.plan_changed',
  'operator.limits_changed',
  'privacy.exported',
  'privacy.erased',
  'privacy.consent',
  'retention.applied',
] as const
export type AuditEvent = (typeof AUDIT_EVENTS)[number]

export const ACTOR_TYPES = ['user', 'token', 'whatsapp', 'import', 'operator', 'system'] as const
export type ActorType = (typeof ACTOR_TYPES)[number]

export const AuditLog = z
  .object({
    id: z.string(),
    at: Instant,
    actor: z.object({
      type: z.enum(ACTOR_TYPES),
      userId: z.string().nullable(),
      name: z.string().nullable(),
    }),
    action: z.string().meta({ description: 'insert, update, delete, or an event such as session.started' }),
    entity: z.string().meta({ description: 'Table, or the subject of the event' }),
    entityId: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    requestId: z.string().nullable(),
    sessionId: z.string().nullable(),
    ip: z.string().nullable(),
    sealed: z.int().nullable().meta({ description: 'Its number in the hash chain; null until it is sealed' }),
  })
  .meta({ id: 'AuditLog' })
export type AuditLog = z.infer<typeof AuditLog>

const word = z.string().regex(/^[a-z_.]{1,60}$/, { error: 'Lower-case letters, underscores and dots' })

export const AuditFilter = {
  entity: word.optional(),
  entityId: z.guid().optional(),
  action: word.optional(),
  actorId: z.guid().optional().meta({ description: 'A member' }),
  from: CalendarDate.optional(),
  to: CalendarDate.optional(),
}

export const listAuditLogs = endpoint({
  id: 'listAuditLogs',
  method: 'GET',
  path: '/audit-logs',
  tag: 'Audit',
  auth: 'session',
  permission: 'audit.read',
  summary: 'Who changed what, newest first',
  query: z.strictObject({ ...PageQuery, ...AuditFilter }),
  status: 200,
  response: page(AuditLog),
})

export const exportAuditLogs = endpoint({
  id: 'exportAuditLogs',
  method: 'GET',
  path: '/audit-logs/export',
  tag: 'Audit',
  auth: 'session',
  permission: 'audit.read',
  verified: true,
  rate: 'costly',
  summary: 'The audit log as a file, oldest first, with the hashes of its chain',
  query: z.strictObject({ ...AuditFilter, format: z.enum(['csv', 'json']).default('csv') }),
  status: 200,
  response: z.string(),
  responseKind: 'file',
})

export const AuditVerification = z
  .object({
    ok: z.boolean(),
    sealedRows: z.int(),
    waitingRows: z.int().meta({ description: 'Written lately and not yet sealed' }),
    head: z.object({ seq: z.int(), hash: z.string(), at: Instant }).nullable(),
    firstBroken: z
      .object({
        seq: z.int(),
        auditId: z.string().nullable(),
        reason: z.enum(['changed', 'missing', 'added', 'chain', 'head']),
      })
      .nullable(),
  })
  .meta({ id: 'AuditVerification' })
export type AuditVerification = z.infer<typeof AuditVerification>

export const verifyAuditLogs = endpoint({
  id: 'verifyAuditLogs',
  method: 'POST',
  path: '/audit-logs/verify',
  tag: 'Audit',
  auth: 'session',
  permission: 'audit.read',
  rate: 'costly',
  summary: 'Recompute the hash chain of the audit log and name the first broken row',
  status: 200,
  response: AuditVerification,
})
