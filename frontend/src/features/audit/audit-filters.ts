import { AUDIT_EVENTS } from '@chronos/contracts/audit'
import { isCalendarDate } from '@chronos/contracts/dates'

/** What the address of the history narrows it to. */
export interface AuditFilters {
  action?: string | undefined
  entity?: string | undefined
  actorId?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** What rows of the tables are called by; the rest are events. */
export const CHANGES = ['insert', 'update', 'delete'] as const

/** Kinds of things that the history is searched for, in the order of their list. */
export const KINDS = [
  'transactions',
  'accounts',
  'categories',
  'budgets',
  'imports',
  'whatsapp_chats',
  'users',
  'invitations',
  'tenants',
  'exports',
  'api_tokens',
] as const

/** Events by what they are about: `session.started` is about a session. */
export function eventsBySubject(): { subject: string; events: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const event of AUDIT_EVENTS) {
    const subject = event.split('.')[0] ?? event
    groups.set(subject, [...(groups.get(subject) ?? []), event])
  }
  return [...groups].map(([subject, events]) => ({ subject, events }))
}

const WORD = /^[a-z_.]{1,60}$/
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads an address leniently: what makes no sense is left out. */
export function readAuditFilters(search: Record<string, unknown>): AuditFilters {
  const read = (name: string, fits: (text: string) => boolean): Record<string, string> => {
    const value = search[name]
    return typeof value === 'string' && fits(value) ? { [name]: value } : {}
  }
  const word = (text: string): boolean => WORD.test(text)
  return {
    ...read('action', word),
    ...read('entity', word),
    ...read('actorId', (text) => ID.test(text)),
    ...read('from', isCalendarDate),
    ...read('to', isCalendarDate),
  }
}

export function countAuditFilters(filters: AuditFilters): number {
  return Object.values(filters).filter((value) => value !== undefined).length
}
