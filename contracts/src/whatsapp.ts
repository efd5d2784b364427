import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams } from './ids.ts'
import { page, PageQuery } from './pagination.ts'

const base = { tag: 'WhatsApp', auth: 'session' } as const

export const LinkCode = z
  .object({
    code: z.string().meta({ description: 'To be sent in the chat, once' }),
    link: z.string().meta({ description: 'Opens WhatsApp with the code typed' }),
    expiresAt: Instant,
  })
  .meta({ id: 'LinkCode' })
export type LinkCode = z.infer<typeof LinkCode>

export const createLinkCode = endpoint({
  ...base,
  id: 'createLinkCode',
  method: 'POST',
  path: '/whatsapp/link-codes',
  permission: 'whatsapp.link',
  verified: true,
  summary: 'A one-time code that ties a WhatsApp chat to the signed-in person',
  status: 201,
  response: LinkCode,
  errors: ['feature_off'],
})

export const Chat = z
  .object({
    id: z.string(),
    name: z.string().nullable().meta({ description: 'As the person calls themselves in WhatsApp' }),
    phone: z.string().nullable().meta({ description: 'Masked; may be unknown' }),
    userId: z.string().meta({ description: 'Whose chat it is' }),
    state: z.enum(['linked', 'unlinked']),
    lastMessageAt: Instant.nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'WhatsappChat' })
export type Chat = z.infer<typeof Chat>

export const listChats = endpoint({
  ...base,
  id: 'listWhatsappChats',
  method: 'GET',
  path: '/whatsapp/chats',
  permission: 'whatsapp.read',
  summary: 'Linked chats',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Chat),
})

export const unlinkChat = endpoint({
  ...base,
  id: 'unlinkWhatsappChat',
  method: 'DELETE',
  path: '/whatsapp/chats/{id}',
  permission: 'whatsapp.link',
  summary: 'Untie a chat; its messages stay',
  params: IdParams,
  status: 204,
  response: null,
})

export const MESSAGE_STATES = [
  'received',
  'processed',
  'queued',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
] as const

export const ChatMessage = z
  .object({
    id: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    type: z.string().meta({ description: 'text, image, audio, document, …' }),
    text: z.string().nullable(),
    state: z.enum(MESSAGE_STATES),
    error: z.string().nullable(),
    transactionId: z.string().nullable(),
    at: Instant,
  })
  .meta({ id: 'WhatsappMessage' })
export type ChatMessage = z.infer<typeof ChatMessage>

export const listChatMessages = endpoint({
  ...base,
  id: 'listWhatsappMessages',
  method: 'GET',
  path: '/whatsapp/chats/{id}/messages',
  permission: 'whatsapp.read',
  summary: 'Messages of a chat, newest first',
  params: IdParams,
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(ChatMessage),
})

export const verifyWebhook = endpoint({
  id: 'verifyWhatsappWebhook',
  method: 'GET',
  path: '/webhooks/whatsapp',
  tag: 'Webhooks',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  summary: "Meta's handshake: answers the challenge when the token fits",
  query: z.object({
    'hub.mode': z.string().max(500).optional(),
    'hub.challenge': z.string().max(500).optional(),
    'hub.verify_token': z.string().max(500).optional(),
  }),
  status: 200,
  response: z.string(),
  responseKind: 'text',
  errors: ['forbidden'],
})

export const receiveWebhook = endpoint({
  id: 'receiveWhatsappWebhook',
  method: 'POST',
  path: '/webhooks/whatsapp',
  tag: 'Webhooks',
  auth: 'public',
  permission: null,
  rate: 'delivery',
  summary: 'Events from Meta, signed over the raw bytes; stored once, handled in a job',
  bodyKind: 'raw',
  // Meta says 3 MB.
  maxBodyBytes: 4 * 1024 * 1024,
  body: z.unknown(),
  status: 200,
  response: z.object({ received: z.literal(true) }),
  errors: ['unauthenticated'],
})
