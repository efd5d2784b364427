/** Webhook bodies as Meta sends them, signed. */
import { createHmac } from 'node:crypto'

export interface Sender {
  waId: string
  bsuid: string
}

export interface WebhookMessage {
  phoneNumberId: string
  sender: Sender
  wamid: string
  text: string
}

export function sender(n: number): Sender {
  return { waId: `55119${String(n).padStart(8, '0')}`, bsuid: `BR.${1_349_120_865_530 + n}` }
}

export function webhookBody(message: WebhookMessage): Buffer {
  const contact = { profile: { name: 'Ana' }, wa_id: message.sender.waId, user_id: message.sender.bsuid }
  return Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '102290129340398',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550783881', phone_number_id: message.phoneNumberId },
                contacts: [contact],
                messages: [
                  {
                    from: message.sender.waId,
                    from_user_id: message.sender.bsuid,
                    id: message.wamid,
                    timestamp: String(Math.floor(Date.now() / 1000)),
                    type: 'text',
                    text: { body: message.text },
                  },
                ],
              },
            },
          ],
        },
      ],
    }),
  )
}

export function signature(secret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
