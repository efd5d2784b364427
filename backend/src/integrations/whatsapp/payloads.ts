/**
 * From a webhook body to a flat list of events. A POST may carry up to 1,000 updates of several tenants, the same one
 * twice, in any order; whatever cannot be read is left out, and nothing that a sender can write makes this throw.
 */
import { createHash } from 'node:crypto'
import { contentOf, errorsOf } from './payload-content.ts'
import type { Content, PayloadError } from './payload-content.ts'
import { idOf, instantOf, lineOf, objectOf, objectsOf } from './payload-fields.ts'
import type { JsonObject } from './payload-fields.ts'
import { bsuidOf, senderOf, waIdOf } from './payload-sender.ts'
import type { Sender } from './payload-sender.ts'

interface EventBase {
  /** The same for every delivery of one event; unique per `phoneNumberId`. */
  readonly key: string
  /** The business number that was written to; decides, through its tenant, whose event this is. */
  readonly phoneNumberId: string
  /** When it happened by Meta's clock (arrival may be days later); null where Meta gives no usable time. */
  readonly at: string | null
}

/** Something that a person sent. */
export interface InboundMessage extends EventBase, Content {
  readonly kind: 'message'
  readonly wamid: string
  /** Meta's type (`text`, `image`, `interactive`, …); `unsupported` where it is unreadable. */
  readonly type: string
  readonly sender: Sender
  /** The message that this one quotes or answers. */
  readonly quoted: string | null
  readonly forwarded: boolean
}

export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'failed'

/** What became of a message of ours. */
export interface InboundStatus extends EventBase {
  readonly kind: 'status'
  readonly wamid: string
  readonly status: DeliveryStatus
  /** The id that we gave the send: ties a status to a send whose HTTP answer was lost. */
  readonly correlationId: string | null
  readonly recipient: Pick<Sender, 'bsuid' | 'waId'>
  readonly pricingCategory: string | null
  readonly errors: readonly PayloadError[]
}

/** A failure that Meta reports beside the messages, such as 130429. */
export interface InboundProblem extends EventBase {
  readonly kind: 'problem'
  readonly errors: readonly PayloadError[]
}

export type InboundEvent = InboundMessage | InboundStatus | InboundProblem

const STATUSES: Readonly<Record<string, DeliveryStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
}

function messageOf(message: JsonObject, value: JsonObject, phoneNumberId: string): InboundMessage | null {
  const wamid = idOf(message['id'])
  if (wamid === null) return null
  const named = message['type']
  const type = typeof named === 'string' && /^[a-z_]{1,40}$/.test(named) ? named : 'unsupported'
  const context = objectOf(message['context'])
  return {
    kind: 'message',
    key: `message:${wamid}`,
    phoneNumberId,
    wamid,
    type,
    at: instantOf(message['timestamp']),
    sender: senderOf(message, value['contacts']),
    quoted: idOf(context?.['id']),
    forwarded: context?.['forwarded'] === true || context?.['frequently_forwarded'] === true,
    ...contentOf(type, message),
  }
}

function statusOf(status: JsonObject, phoneNumberId: string): InboundStatus | null {
  const wamid = idOf(status['id'])
  const named = status['status']
  if (wamid === null || typeof named !== 'string' || !Object.hasOwn(STATUSES, named)) return null
  const reached = STATUSES[named]
  if (reached === undefined) return null
  return {
    kind: 'status',
    key: `status:${wamid}:${reached}`,
    phoneNumberId,
    wamid,
    status: reached,
    at: instantOf(status['timestamp']),
    correlationId: idOf(status['biz_opaque_callback_data']),
    recipient: {
      bsuid: bsuidOf(status['recipient_user_id']) ?? bsuidOf(status['recipient_id']),
      waId: waIdOf(status['recipient_id']),
    },
    pricingCategory: lineOf(objectOf(status['pricing'])?.['category'], 60),
    errors: errorsOf(status['errors']),
  }
}

function problemOf(value: JsonObject, phoneNumberId: string): InboundProblem | null {
  const errors = errorsOf(value['errors'])
  if (errors.length === 0) return null
  const hash = createHash('sha256').update(JSON.stringify(errors)).digest('hex')
  return { kind: 'problem', key: `problem:${hash}`, phoneNumberId, at: null, errors }
}

function eventsOfValue(value: JsonObject): InboundEvent[] {
  const phoneNumberId = idOf(objectOf(value['metadata'])?.['phone_number_id'], 64)
  if (phoneNumberId === null) return []
  const events = [
    ...objectsOf(value['messages']).map((message) => messageOf(message, value, phoneNumberId)),
    ...objectsOf(value['statuses']).map((status) => statusOf(status, phoneNumberId)),
    problemOf(value, phoneNumberId),
  ]
  return events.filter((event) => event !== null)
}

/**
 * Every event of a parsed webhook body, in its order, each once.
 * @param body anything; what is no WhatsApp webhook gives an empty list
 */
export function normaliseWebhook(body: unknown): InboundEvent[] {
  const unique = new Map<string, InboundEvent>()
  for (const entry of objectsOf(objectOf(body)?.['entry']))
    for (const change of objectsOf(entry['changes'])) {
      const value = objectOf(change['value'])
      for (const event of value ? eventsOfValue(value) : []) {
        const identity = `${event.phoneNumberId} ${event.key}`
        if (!unique.has(identity)) unique.set(identity, event)
      }
    }
  return [...unique.values()]
}

/** @returns the events of a raw body, null when it is no JSON at all. */
export function parseWebhook(rawBody: Uint8Array): InboundEvent[] | null {
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder().decode(rawBody))
  } catch {
    return null
  }
  return normaliseWebhook(body)
}
