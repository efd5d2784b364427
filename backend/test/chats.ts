/** Somebody who writes by WhatsApp, as Meta delivers it: signed webhooks, and waiting until the workers are through. */
import { expect } from 'vitest'
import { startGraphDouble, type GraphDouble } from '../src/integrations/whatsapp/graph-double.ts'
import { sign } from '../src/integrations/whatsapp/signature.ts'
import { TEST_WHATSAPP, type Answer, type Client, type Harness } from './harness.ts'

export interface Said {
  id?: string
  text?: string
  waId?: string
  bsuid?: string
  phoneNumberId?: string
  message?: object
}

export interface Message {
  direction: string
  text: string
  state: string
  transactionId: string | null
}

export interface Chats {
  bodyOf(said: Said): string
  /** @param signature null for none, the right one where not given */
  deliver(body: string, signature?: string | null): Promise<Answer>
  /** Until every event and every reply has been handled. */
  settled(): Promise<void>
  say(said: Said): Promise<void>
  /** Links a chat to somebody. @returns its id */
  link(client: Client, who?: Said): Promise<string>
  /** Newest first. */
  messages(client: Client, chatId: string): Promise<Message[]>
}

/** The double of the Graph API of the harness's own settings: what it receives is looked at, and it delivers nothing. */
export function startTestGraph(): Promise<GraphDouble> {
  return startGraphDouble({
    webhookUrl: 'http://127.0.0.1:9/',
    appSecret: TEST_WHATSAPP.secret,
    phoneNumberId: TEST_WHATSAPP.phoneNumberId,
    token: 'whatsapp-token-of-tests',
    statuses: 'none',
  })
}

/** @param harness with workers that run, given when it is first used */
export function chatsOf(harness: () => Harness): Chats {
  let wamids = 0

  function bodyOf({
    id,
    text,
    waId = '5511999990000',
    bsuid,
    phoneNumberId = TEST_WHATSAPP.phoneNumberId,
    message,
  }: Said): string {
    wamids += 1
    return JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
                contacts: [{ profile: { name: 'Ana' }, wa_id: waId, ...(bsuid ? { user_id: bsuid } : {}) }],
                messages: [
                  {
                    from: waId,
                    ...(bsuid ? { from_user_id: bsuid } : {}),
                    id: id ?? `wamid.${wamids}`,
                    timestamp: String(Math.floor(harness().clock.now().getTime() / 1000)),
                    ...(message ?? { type: 'text', text: { body: text ?? '' } }),
                  },
                ],
              },
            },
          ],
        },
      ],
    })
  }

  function deliver(
    body: string,
    signature: string | null = sign(TEST_WHATSAPP.secret, Buffer.from(body)),
  ): Promise<Answer> {
    return harness().request({
      method: 'POST',
      url: '/api/v1/webhooks/whatsapp',
      payload: body,
      headers: {
        'content-type': 'application/json',
        ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
      },
    })
  }

  async function settled(): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const { rows } = await harness().database.admin.query(
        `select (select count(*) from control.inbound_events where processed_at is null)::int
           + (select count(*) from pgboss.job where name = 'whatsapp.outbound' and state in ('created', 'active', 'retry'))::int as waiting`,
      )
      if ((rows[0] as { waiting: number }).waiting === 0) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error('events are still waiting')
  }

  async function say(said: Said): Promise<void> {
    const body = bodyOf(said)
    expect((await deliver(body)).status).toBe(200)
    await settled()
  }

  async function link(client: Client, who: Said = {}): Promise<string> {
    await harness().verify(client)
    const { status, body } = await client.post('/whatsapp/link-codes')
    expect(status).toBe(201)
    await say({ ...who, text: body.code })
    const chats = await client.get('/whatsapp/chats')
    expect(chats.body.items[0]).toMatchObject({ state: 'linked', name: 'Ana' })
    return chats.body.items[0].id as string
  }

  async function messages(client: Client, chatId: string): Promise<Message[]> {
    return (await client.get(`/whatsapp/chats/${chatId}/messages`)).body.items
  }

  return { bodyOf, deliver, settled, say, link, messages }
}
