/**
 * The job queues and how often each tries. A payload is `{ tenantId, subjectId }` and nothing else: amounts and texts
 * stay in tenant tables.
 */
export interface QueueDefinition {
  name: string
  options: {
    policy: 'standard'
    retryLimit: number
    retryDelay: number
    retryBackoff: boolean
    expireInSeconds: number
    retentionSeconds: number
    deleteAfterSeconds: number
    notify: false
  }
}

function queue(name: string, overrides: Partial<QueueDefinition['options']> = {}): QueueDefinition {
  return {
    name,
    options: {
      policy: 'standard',
      retryLimit: 8,
      retryDelay: 1,
      retryBackoff: true,
      expireInSeconds: 300,
      retentionSeconds: 14 * 86_400,
      deleteAfterSeconds: 86_400,
      notify: false,
      ...overrides,
    },
  }
}

export const QUEUES = {
  whatsappInbound: queue('whatsapp.inbound', { deleteAfterSeconds: 3600 }),
  whatsappOutbound: queue('whatsapp.outbound'),
  importApply: queue('imports.apply', { expireInSeconds: 900 }),
  importUndo: queue('imports.undo', { expireInSeconds: 900 }),
  mails: queue('mails', { retryLimit: 12 }),
  audit: queue('audit', { retryLimit: 2, deleteAfterSeconds: 3600 }),
  auditVerify: queue('audit.verify', { retryLimit: 2, expireInSeconds: 3600 }),
  personCopies: queue('identity.copies'),
  signInRefusals: queue('identity.refusals'),
  erasures: queue('privacy.erasures', { retryLimit: 20 }),
  personalExports: queue('privacy.exports', { retryLimit: 2, expireInSeconds: 900 }),
  exports: queue('exports', { retryLimit: 2, expireInSeconds: 1800 }),
  deletions: queue('workspace.deletions', { retryLimit: 20, expireInSeconds: 3600 }),
  housekeeping: queue('housekeeping', { retryLimit: 2 }),
} as const satisfies Record<string, QueueDefinition>

export type QueueName = (typeof QUEUES)[keyof typeof QUEUES]['name']

export interface JobPayload {
  tenantId: string | null
  subjectId: string | null
  /** W3C traceparent of what asked for the job, where that was traced. */
  trace?: string
}
