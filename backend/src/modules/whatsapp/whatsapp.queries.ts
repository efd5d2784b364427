/** A tenant's chats and messages. Who wrote and what they wrote is ciphertext under the person's key. */
import type { Chat, ChatMessage } from '@chronos/contracts/whatsapp'
import type { OutboundState } from '../../integrations/whatsapp/delivery-state.ts'
import { statesBefore } from '../../integrations/whatsapp/delivery-state.ts'
import type { InboundMessage } from '../../integrations/whatsapp/payloads.ts'
import type { Sender } from '../../integrations/whatsapp/payload-sender.ts'
import type { DataKey, Opener } from '../../platform/data-keys.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

const CHAT = 'app.whatsapp_chats'
const MESSAGE = 'app.whatsapp_messages'

export interface ChatRow {
  id: string
  name: string | null
  wa_id: string | null
  user_id: string
  state: 'linked' | 'unlinked'
  last_message_at: string | null
  created_at: string
}

/** Chats of one person, newest first: nobody reads another's, whatever their role. */
export function listChats(
  tenant: Tenant,
  userId: string,
  limit: number,
  after: readonly (string | null)[],
): Promise<ChatRow[]> {
  return tenant.read<ChatRow>({
    name: 'chats',
    text: `select id::text, name, wa_id, user_id::text, state, last_message_at, created_at from app.whatsapp_chats
      where tenant_id = $1 and user_id = $2 and ($4::timestamptz is null or (created_at, id) < ($4::timestamptz, $5::uuid))
      order by created_at desc, id desc limit $3`,
    values: [tenant.id, userId, limit, ...after],
  })
}

export function chatOf(row: ChatRow, open: Opener): Chat {
  const phone = open(row.wa_id, `${CHAT}.wa_id`)
  return {
    id: row.id,
    name: open(row.name, `${CHAT}.name`),
    phone: phone === null ? null : `+${phone.slice(0, 4)}•••${phone.slice(-4)}`,
    userId: row.user_id,
    state: row.state,
    lastMessageAt: row.last_message_at,
    createdAt: row.created_at,
  }
}

export interface MessageRow {
  id: string
  direction: 'inbound' | 'outbound'
  type: string
  text: string | null
  state: ChatMessage['state']
  error: string | null
  transaction_id: string | null
  occurred_at: string
}

/** @returns null when the person has no such chat */
export async function listMessages(
  tenant: Tenant,
  userId: string,
  chatId: string,
  limit: number,
  after: readonly (string | null)[],
): Promise<MessageRow[] | null> {
  const [chats, messages] = (await tenant.readAll([
    {
      name: 'chat-of-user',
      text: 'select 1 from app.whatsapp_chats where tenant_id = $1 and id = $2 and user_id = $3',
      values: [tenant.id, chatId, userId],
    },
    {
      name: 'chat-messages',
      text: `select m.id::text, m.direction, m.type, m.text, m.state, m.error, m.occurred_at,
          (select min(t.id::text) from app.transactions t where t.tenant_id = $1 and t.whatsapp_message_id = m.id) as transaction_id
        from app.whatsapp_messages m
        where m.tenant_id = $1 and m.chat_id = $2 and ($4::uuid is null or m.id < $4::uuid)
        order by m.id desc limit $3`,
      values: [tenant.id, chatId, limit, ...after],
    },
  ])) as [unknown[], MessageRow[]]
  return chats.length === 0 ? null : messages
}

export function messageOf(row: MessageRow, open: Opener): ChatMessage {
  return {
    id: row.id,
    direction: row.direction,
    type: row.type,
    text: open(row.text, `${MESSAGE}.text`),
    state: row.state,
    error: row.error,
    transactionId: row.transaction_id,
    at: row.occurred_at,
  }
}

/** Chats of a person with one of our numbers, locked: whose they are is known to who opens them. */
export function lockChats(tx: TenantQueries, userId: string, phoneNumberId: string): Promise<SenderRow[]> {
  return tx.query<SenderRow>(
    `select id::text, bsuid, wa_id from app.whatsapp_chats
     where tenant_id = $1::uuid and user_id = $2::uuid and phone_number_id = $3 order by id for update`,
    tx.tenantId,
    userId,
    phoneNumberId,
  )
}

export interface SenderRow {
  id: string
  bsuid: string | null
  wa_id: string | null
}

/** A chat's sender in the clear. */
export function senderIn(row: SenderRow, open: Opener): Pick<Sender, 'bsuid' | 'waId'> {
  return { bsuid: open(row.bsuid, `${CHAT}.bsuid`), waId: open(row.wa_id, `${CHAT}.wa_id`) }
}

export async function relinkChat(
  tx: TenantQueries,
  key: DataKey,
  chat: { id: string; sender: Sender },
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.whatsapp_chats set state = 'linked', wa_id = coalesce($3, wa_id), name = coalesce($4, name), updated_at = $5::timestamptz,
       version = version + 1 where tenant_id = $1::uuid and id = $2::uuid returning id::text`,
    tx.tenantId,
    chat.id,
    key.sealed(chat.sender.waId, `${CHAT}.wa_id`),
    key.sealed(chat.sender.name, `${CHAT}.name`),
    at.toISOString(),
  )
}

export async function insertChat(
  tx: TenantQueries,
  key: DataKey,
  chat: { id: string; userId: string; phoneNumberId: string; sender: Sender },
  at: Date,
): Promise<void> {
  const { bsuid, waId, name } = chat.sender
  await tx.query(
    `insert into app.whatsapp_chats (tenant_id, id, user_id, phone_number_id, bsuid, wa_id, name, state, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, 'linked', $8::timestamptz, $8::timestamptz) returning id::text`,
    tx.tenantId,
    chat.id,
    chat.userId,
    chat.phoneNumberId,
    key.sealed(bsuid, `${CHAT}.bsuid`),
    key.sealed(waId, `${CHAT}.wa_id`),
    key.sealed(name, `${CHAT}.name`),
    at.toISOString(),
  )
}

/** @returns false when the person has no such chat */
export async function unlinkChat(
  tx: TenantQueries,
  chatId: string,
  userId: string | null,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `update app.whatsapp_chats set state = 'unlinked', updated_at = $4::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid and ($3::uuid is null or user_id = $3::uuid) returning id::text`,
    tx.tenantId,
    chatId,
    userId,
    at.toISOString(),
  )
  return rows.length === 1
}

export async function unlinkChatsOf(tx: TenantQueries, userId: string, at: Date): Promise<void> {
  await tx.query(
    `update app.whatsapp_chats set state = 'unlinked', updated_at = $3::timestamptz, version = version + 1
     where tenant_id = $1::uuid and user_id = $2::uuid and state = 'linked'`,
    tx.tenantId,
    userId,
    at.toISOString(),
  )
}

/** Stores an inbound message. @returns null when it is there already, however often it was delivered (migration 0130) */
export async function insertInbound(
  tx: TenantQueries,
  key: DataKey,
  chatId: string,
  id: string,
  message: InboundMessage,
  at: Date,
): Promise<string | null> {
  const { text, kind: _kind, key: _eventKey, wamid, type, sender: _sender, ...payload } = message
  const [row] = await tx.query<{ id: string }>(
    `insert into app.whatsapp_messages (tenant_id, id, chat_id, direction, wamid, type, text, payload, state, occurred_at, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3::uuid, 'inbound', $4, $5, $6, $7::jsonb, 'received', $8::timestamptz, $9::timestamptz, $9::timestamptz)
     returning id::text`,
    tx.tenantId,
    id,
    chatId,
    wamid,
    type,
    key.sealed(text, `${MESSAGE}.text`),
    sealedJson(key, payload),
    occurredAt(message, at),
    at.toISOString(),
  )
  if (!row) return null
  await tx.query(
    `update app.whatsapp_chats set last_inbound_at = $3::timestamptz, last_message_at = $3::timestamptz, updated_at = $3::timestamptz
     where tenant_id = $1::uuid and id = $2::uuid returning id::text`,
    tx.tenantId,
    chatId,
    at.toISOString(),
  )
  return row.id
}

/** A payload column holds JSON; sealed, a JSON text. */
function sealedJson(key: DataKey, payload: unknown): string {
  return JSON.stringify(key.seal(JSON.stringify(payload), `${MESSAGE}.payload`))
}

/** When Meta says it was sent; never in the future, and never later than a reply to it. */
function occurredAt(message: InboundMessage, at: Date): string {
  const sentMs = message.at === null ? Number.NaN : Date.parse(message.at)
  return new Date(Number.isNaN(sentMs) ? at.getTime() : Math.min(sentMs, at.getTime())).toISOString()
}

export async function markProcessed(tx: TenantQueries, messageId: string, at: Date): Promise<void> {
  await tx.query(
    `update app.whatsapp_messages set state = 'processed', updated_at = $3::timestamptz where tenant_id = $1::uuid and id = $2::uuid returning id::text`,
    tx.tenantId,
    messageId,
    at.toISOString(),
  )
}

/** Records a reply before it leaves. One inbound message has one reply: a second is refused by its key. */
export async function insertReply(
  tx: TenantQueries,
  key: DataKey,
  reply: { id: string; chatId: string; inReplyTo: string; text: string; payload: unknown },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into app.whatsapp_messages (tenant_id, id, chat_id, direction, type, text, payload, state, in_reply_to, occurred_at, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3::uuid, 'outbound', 'text', $4, $5::jsonb, 'queued', $6::uuid, $7::timestamptz, $7::timestamptz, $7::timestamptz) returning id::text`,
    tx.tenantId,
    reply.id,
    reply.chatId,
    key.seal(reply.text, `${MESSAGE}.text`),
    sealedJson(key, reply.payload ?? null),
    reply.inReplyTo,
    at.toISOString(),
  )
}

/** As it is stored. */
export interface QueuedReply {
  text: string | null
  payload: unknown
  bsuid: string | null
  wa_id: string | null
  quoted: string | null
}

export interface ReadyReply {
  text: string
  buttons: { id: string; title: string }[] | undefined
  recipient: Pick<Sender, 'bsuid' | 'waId'>
  quoted: string | null
}

/** @returns null where its person was erased since */
export function readyReply(row: QueuedReply, open: Opener): ReadyReply | null {
  const text = open(row.text, `${MESSAGE}.text`)
  const recipient = senderIn({ id: '', bsuid: row.bsuid, wa_id: row.wa_id }, open)
  if (text === null || (recipient.bsuid === null && recipient.waId === null)) return null
  const payload = payloadIn(row.payload, open) as { buttons?: { id: string; title: string }[] } | null
  return { text, recipient, quoted: row.quoted, buttons: payload?.buttons }
}

/** A message's payload in the clear, as Meta sent it or we made it. */
export function payloadIn(stored: unknown, open: Opener): unknown {
  if (typeof stored !== 'string') return stored
  const text = open(stored, `${MESSAGE}.payload`)
  return text === null ? null : (JSON.parse(text) as unknown)
}

/**
 * Takes a queued reply for sending: from here on it counts as sent with unknown outcome, until the answer says more.
 * @returns null when it was taken before
 */
export async function takeQueued(tx: TenantQueries, id: string, at: Date): Promise<QueuedReply | null> {
  const rows = await tx.query(
    `update app.whatsapp_messages set state = 'unknown', updated_at = $3::timestamptz
     where tenant_id = $1::uuid and id = $2::uuid and direction = 'outbound' and state = 'queued' returning id::text`,
    tx.tenantId,
    id,
    at.toISOString(),
  )
  if (rows.length === 0) return null
  const [reply] = await tx.query<QueuedReply>(
    `select m.text, m.payload, c.bsuid, c.wa_id, q.wamid as quoted from app.whatsapp_messages m
     join app.whatsapp_chats c on c.tenant_id = $1::uuid and c.id = m.chat_id
     left join app.whatsapp_messages q on q.tenant_id = $1::uuid and q.id = m.in_reply_to
     where m.tenant_id = $1::uuid and m.id = $2::uuid`,
    tx.tenantId,
    id,
  )
  return reply ?? null
}

/** What became of a send. */
export async function settle(
  tx: TenantQueries,
  id: string,
  outcome: { state: 'queued' | 'sent' | 'failed' | 'unknown'; wamid?: string; error?: string },
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.whatsapp_messages set wamid = coalesce($4, wamid), error = $5, updated_at = $6::timestamptz,
       state = case when state in ('unknown', 'queued') then $3 else state end
     where tenant_id = $1::uuid and id = $2::uuid returning id::text`,
    tx.tenantId,
    id,
    outcome.state,
    outcome.wamid ?? null,
    outcome.error ?? null,
    at.toISOString(),
  )
}

/** Applies a delivery status; it never goes backwards. Found by our own id, else by Meta's. */
export async function applyStatus(
  tx: TenantQueries,
  by: { id: string | null; wamid: string },
  status: OutboundState,
  error: string | null,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `update app.whatsapp_messages set state = $4, error = coalesce($5, error), wamid = coalesce(wamid, $3), updated_at = $7::timestamptz
     where tenant_id = $1::uuid and direction = 'outbound' and state = any($6::text[]) and id = coalesce($2::uuid, (
       select k.message_id from app.whatsapp_message_keys k where k.tenant_id = $1::uuid and k.kind = 'wamid' and k.value = $3))
     returning id::text`,
    tx.tenantId,
    by.id,
    by.wamid,
    status,
    error,
    statesBefore(status),
    at.toISOString(),
  )
  return rows.length > 0
}
