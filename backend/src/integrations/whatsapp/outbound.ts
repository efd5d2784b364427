/**
 * The bodies of what we send, within Meta's limits, which count code points. A text that is too long is cut and ends
 * in an ellipsis rather than being refused: the person gets an answer.
 */
import { cutText } from './payload-fields.ts'
import type { Sender } from './payload-sender.ts'

export interface ReplyButton {
  /** Ours, at most 256 characters; idempotent, since a person can press a button many times. */
  readonly id: string
  /** At most 20 code points. */
  readonly title: string
}

export interface OutboundMessage {
  readonly recipient: Pick<Sender, 'bsuid' | 'waId'>
  /** Our id of this message: comes back in its statuses, also when the answer to the send was lost. */
  readonly correlationId: string
  /** At most 4,096 code points, 1,024 with buttons. */
  readonly text: string
  /** At most three. */
  readonly buttons?: readonly ReplyButton[]
  /** The message that this one answers, shown as a quotation. */
  readonly quoted?: string | null
}

export const LIMITS = {
  text: 4096,
  buttonBody: 1024,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  correlationId: 512,
} as const

function fitted(text: string, max: number): string {
  const cut = cutText(text, max)
  return cut === text ? text : `${cutText(text, max - 1)}…`
}

function contentOf(message: OutboundMessage): Record<string, unknown> {
  const buttons = (message.buttons ?? []).slice(0, LIMITS.buttons)
  if (buttons.length === 0)
    return { type: 'text', text: { body: fitted(message.text, LIMITS.text), preview_url: false } }
  const replies = buttons.map((button) => ({
    type: 'reply',
    reply: { id: button.id.slice(0, LIMITS.buttonId), title: fitted(button.title, LIMITS.buttonTitle) },
  }))
  const body = { text: fitted(message.text, LIMITS.buttonBody) }
  return { type: 'interactive', interactive: { type: 'button', body, action: { buttons: replies } } }
}

/**
 * The JSON of a send. A phone goes into `to` with its plus sign (without it Meta would prefix the business's own
 * country); a BSUID goes into `recipient`: put into `to`, it is accepted and silently lost.
 * @throws RangeError when the recipient is nobody or the text is empty
 */
export function sendBody(message: OutboundMessage): Record<string, unknown> {
  const { bsuid, waId } = message.recipient
  if (message.text.trim() === '') throw new RangeError('A message needs a text')
  if (waId === null && bsuid === null) throw new RangeError('A message needs a recipient')
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(waId === null ? { recipient: bsuid } : { to: `+${waId}` }),
    ...contentOf(message),
    ...(message.quoted ? { context: { message_id: message.quoted } } : {}),
    biz_opaque_callback_data: message.correlationId.slice(0, LIMITS.correlationId),
  }
}
