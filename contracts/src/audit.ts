import { z } from 'zod'
import { CalendarDate, Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { page, PageQuery } from './pagination.ts'

export const AuditLog = z
  .object({
    id: z.string(),
    at: Instant,
    actor: z.object({
      type: z.enum(['user', 'whatsapp', 'import', 'system']),
      userId: z.string().nullable(),
      name: z.string().nullable(),
    }),
    action: z.string().meta({ description: 'insert, update, delete, or an event such as session.started' }),
    entity: z.string().meta({ description: 'Table, or the subject of the event' }),
    entityId: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'AuditLog' })
export type AuditLog = z.infer<typeof AuditLog>

export const listAuditLogs = endpoint({
  id: 'listAuditLogs',
  method: 'GET',
  path: '/audit-logs',
  tag: 'Audit',
  auth: 'session',
  permission: 'audit.read',
  summary: 'Who changed what, newest first',
  query: z.strictObject({
    ...PageQuery,
    entity: z
      .string()
      .regex(/^[a-z_.]{1,60}$/, { error: 'Lower-case letters, underscores and dots' })
      .optional(),
    entityId: z.guid().optional(),
    from: CalendarDate.optional(),
    to: CalendarDate.optional(),
  }),
  status: 200,
  response: page(AuditLog),
})
