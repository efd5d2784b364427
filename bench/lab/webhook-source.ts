/** Messages of many persons, each with an id of its own, except that some are delivered again, as Meta does. */
import { randomUUID } from 'node:crypto'
import type { LoadSource } from './load-plan.ts'
import { sender, signature, webhookBody } from './whatsapp-body.ts'

export interface WebhookSourceOptions {
  path: string
  secret: string
  phoneNumberId: string
  senders: number
  /** Every so many requests one repeats the message before it; 0 for never. */
  repeatEvery: number
}

export default function webhookSource(options: WebhookSourceOptions): LoadSource {
  const { path, secret, phoneNumberId, senders, repeatEvery } = options
  const run = randomUUID()
  let count = 0
  let last = Buffer.alloc(0)
  return () => {
    count += 1
    if (repeatEvery > 0 && count % repeatEvery === 0) return last
    const cents = String(count % 100).padStart(2, '0')
    const body = webhookBody({
      phoneNumberId,
      sender: sender(count % senders),
      wamid: `wamid.${run}.${count}`,
      text: `mercado ${1 + (count % 90)},${cents}`,
    })
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nx-hub-signature-256: ${signature(secret, body)}\r\n\r\n`
    last = Buffer.concat([Buffer.from(head), body])
    return last
  }
}
