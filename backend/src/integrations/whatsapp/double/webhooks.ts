/** The webhook bodies that Meta would post, signed and repeated the way Meta repeats them, only faster. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sign } from '../signature.ts'
import type { GraphError } from './checks.ts'
import type { Person } from './people.ts'

/** Between tries of one delivery, in milliseconds; Meta goes on for seven days. */
const RETRY_DELAYS_MS = [300, 1000, 3000, 9000]

export interface Business {
  readonly phoneNumberId: string
  /** Digits, as shown to people. */
  readonly displayPhone: string
}

/** What a person can send through the double; `raw` is any message object of Meta's, for odd cases. */
export type PersonMessage =
  | { readonly type: 'text'; readonly text: string; readonly quoted?: string }
  | { readonly type: 'button'; readonly id: string; readonly title: string; readonly quoted?: string }
  | {
      readonly type: 'image' | 'document' | 'audio'
      readonly mediaId: string
      readonly mimeType: string
      readonly sha256: string
      readonly fileName?: string
      readonly caption?: string
    }
  | { readonly type: 'location'; readonly latitude: number; readonly longitude: number }
  | { readonly type: 'raw'; readonly message: Readonly<Record<string, unknown>> }

function contentOf(message: PersonMessage): Record<string, unknown> {
  switch (message.type) {
    case 'text':
      return { type: 'text', text: { body: message.text } }
    case 'button': {
      const button_reply = { id: message.id, title: message.title }
      return { type: 'interactive', interactive: { type: 'button_reply', button_reply } }
    }
    case 'location':
      return { type: 'location', location: { latitude: message.latitude, longitude: message.longitude } }
    case 'raw':
      return { ...message.message }
    default: {
      const { type, mediaId, mimeType, sha256, fileName, caption } = message
      const named = type === 'document' ? { filename: fileName ?? 'file' } : {}
      const said = caption ? { caption } : {}
      return { type, [type]: { id: mediaId, mime_type: mimeType, sha256, ...named, ...said } }
    }
  }
}

function envelope(business: Business, person: Person | null, value: Record<string, unknown>) {
  const metadata = { display_phone_number: business.displayPhone, phone_number_id: business.phoneNumberId }
  const phone = person?.waId ? { wa_id: person.waId } : {}
  const contacts = person
    ? { contacts: [{ profile: { name: person.name }, ...phone, user_id: person.bsuid }] }
    : {}
  const full = { messaging_product: 'whatsapp', metadata, ...contacts, ...value }
  const changes = [{ field: 'messages', value: full }]
  return { object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes }] }
}

function seconds(now: number): string {
  return String(Math.floor(now / 1000))
}

/** The webhook body of something that a person wrote. */
export function messageBody(
  business: Business,
  person: Person,
  wamid: string,
  now: number,
  message: PersonMessage,
) {
  const from = person.waId ? { from: person.waId } : {}
  const quoted = 'quoted' in message && message.quoted ? message.quoted : null
  const context = quoted ? { context: { from: business.displayPhone, id: quoted } } : {}
  const common = { ...from, from_user_id: person.bsuid, id: wamid, timestamp: seconds(now) }
  return envelope(business, person, { messages: [{ ...context, ...common, ...contentOf(message) }] })
}

/** The webhook body of a status of something that the business sent. */
export function statusBody(
  business: Business,
  person: Person,
  status: { wamid: string; status: string; opaque: string | null; error: GraphError | null; now: number },
) {
  const { wamid, now, error, opaque } = status
  const to = person.waId ? { recipient_id: person.waId } : {}
  const correlation = opaque === null ? {} : { biz_opaque_callback_data: opaque }
  const errors = error && {
    errors: [
      {
        code: error.code,
        title: error.message,
        message: error.message,
        error_data: { details: error.details },
      },
    ],
  }
  const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' }
  const extra = errors ?? { recipient_user_id: person.bsuid, pricing }
  const full = { id: wamid, status: status.status, timestamp: seconds(now), ...to, ...correlation, ...extra }
  return envelope(business, error ? null : person, { statuses: [full] })
}

/**
 * Posts a signed body until the webhook answers 200.
 * @param retries further tries after the first; 0 shows the first answer
 * @returns the last HTTP status, 0 when nobody answered
 */
export async function deliver(
  target: { readonly webhookUrl: string; readonly appSecret: string; readonly signal: AbortSignal },
  body: unknown,
  retries = RETRY_DELAYS_MS.length,
): Promise<number> {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8')
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(target.appSecret, bytes) }
  let status = 0
  for (let attempt = 0; attempt <= retries; attempt += 1) {
    try {
      if (attempt > 0) await sleep(RETRY_DELAYS_MS[attempt - 1] ?? 9000, undefined, { signal: target.signal })
      const signal = AbortSignal.any([target.signal, AbortSignal.timeout(20_000)])
      const response = await fetch(target.webhookUrl, { method: 'POST', headers, body: bytes, signal })
      await response.arrayBuffer()
      status = response.status
      if (status === 200) return status
    } catch {
      status = 0
    }
    if (target.signal.aborted) return status
  }
  return status
}
