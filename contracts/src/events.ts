/** What happens elsewhere, told to open browsers as server-sent events. */
import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const EVENT_TOPICS = [
  'accounts',
  'categories',
  'transactions',
  'budgets',
  'imports',
  'whatsapp',
  'audit',
  'members',
  'workspace',
] as const
export type EventTopic = (typeof EVENT_TOPICS)[number]

/**
 * `event: changed` with the topics whose queries are stale. `event: reset` says that events were missed (the last id
 * is no longer known): everything is stale. Ids resume a broken stream through Last-Event-ID.
 */
export const ChangedEvent = z.object({ topics: z.array(z.enum(EVENT_TOPICS)) }).meta({ id: 'ChangedEvent' })
export type ChangedEvent = z.infer<typeof ChangedEvent>

export const streamEvents = endpoint({
  id: 'streamEvents',
  method: 'GET',
  path: '/events',
  tag: 'Events',
  auth: 'session',
  permission: 'ledger.read',
  summary: 'Server-sent events: which lists have changed',
  status: 200,
  response: ChangedEvent,
  responseKind: 'stream',
})
