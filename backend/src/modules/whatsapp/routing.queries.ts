/** The control plane's side of WhatsApp: events before it is known whose they are, link codes, and whose chat it is. */
import type { InboundEvent } from '../../integrations/whatsapp/payloads.ts'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'

/** An event on its way in, with the id that it gets. */
export interface StoredEvent {
  id: string
  event: InboundEvent
  senderKey: string | null
  /** The workspace that it is known to be for without its sender: what became of a message of ours. */
  tenantId: string | null
}

/** Senders that no workspace knows take turns together. */
const STRANGERS = '00000000-0000-0000-0000-000000000000'

/**
 * Stores what is new of these events, each with its job, in one statement: event and job are there together or not at
 * all, and a second delivery changes nothing. Each gets its turn: now, or a second after the last of its workspace that
 * waits, so that one that floods waits behind itself and nobody else does.
 * @returns how many were new
 */
export async function storeEvents(
  control: ControlPlane,
  events: readonly StoredEvent[],
  at: Date,
): Promise<number> {
  const rows = await control.run({
    name: 'store-events',
    text: `with given as (
        select e.*, coalesce(s.tenant_id, e.tenant_id, $8) as lane,
          row_number() over (partition by coalesce(s.tenant_id, e.tenant_id, $8) order by e.nth) as place
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $7::uuid[]) with ordinality
          as e (id, phone_number_id, event_key, sender_key, payload, tenant_id, nth)
        left join control.whatsapp_senders s
          on s.phone_number_id = e.phone_number_id and s.sender_key = e.sender_key
      ), lanes as (
        select l.lane, greatest($6::timestamptz, interval '1 second' + (
            select max(w.turn_at) from control.inbound_events w where w.lane = l.lane and w.processed_at is null
          )) as next_at
        from (select distinct lane from given) l
      ), stored as (
        insert into control.inbound_events
          (id, phone_number_id, event_key, sender_key, payload, received_at, lane, turn_at)
        select g.id, g.phone_number_id, g.event_key, g.sender_key, g.payload, $6, g.lane,
          l.next_at + (g.place - 1) * interval '1 second'
        from given g join lanes l using (lane)
        order by g.nth
        on conflict (phone_number_id, event_key) do nothing
        returning id, turn_at
      )
      select control.enqueue_in_turn('whatsapp.inbound', id, turn_at) from stored`,
    values: [
      events.map((each) => each.id),
      events.map((each) => each.event.phoneNumberId),
      events.map((each) => each.event.key),
      events.map((each) => each.senderKey),
      events.map((each) => JSON.stringify(each.event)),
      at,
      events.map((each) => each.tenantId),
      STRANGERS,
    ],
  })
  return rows.length
}

export interface WaitingEvent {
  id: string
  sender_key: string | null
  payload: InboundEvent
}

export async function findWaitingEvent(control: ControlPlane, id: string): Promise<WaitingEvent | null> {
  const [row] = await control.run<WaitingEvent>({
    name: 'waiting-event',
    text: 'select id::text, sender_key, payload from control.inbound_events where id = $1 and processed_at is null',
    values: [id],
  })
  return row ?? null
}

/** The oldest event of a sender that waits: a person's messages are handled in the order in which they came. */
export async function findOldestOf(control: ControlPlane, senderKey: string): Promise<WaitingEvent | null> {
  const [row] = await control.run<WaitingEvent>({
    name: 'oldest-event',
    text: `select id::text, sender_key, payload from control.inbound_events
      where sender_key = $1 and processed_at is null order by received_at, id limit 1`,
    values: [senderKey],
  })
  return row ?? null
}

/** The event has reached its tenant, or concerns none: its content goes, its key stays. */
export async function closeEvent(
  control: ControlPlane,
  id: string,
  outcome: string,
  at: Date,
): Promise<void> {
  await control.run({
    name: 'close-event',
    text: 'update control.inbound_events set processed_at = $2, outcome = $3, payload = null where id = $1',
    values: [id, at, outcome],
  })
}

export interface SenderLink {
  tenant_id: string
  user_id: string
  chat_id: string
}

/** A name under which a chat's person is known: their business-scoped id, or their phone. */
export interface SenderName extends SenderLink {
  sender_key: string
}

/** Every name of the chats that go by one of these. */
export async function listNames(
  control: ControlPlane,
  phoneNumberId: string,
  senderKeys: readonly string[],
): Promise<SenderName[]> {
  return control.run<SenderName>({
    name: 'sender-names',
    text: `select sender_key, tenant_id::text, user_id::text, chat_id::text from control.whatsapp_senders
      where phone_number_id = $1 and (tenant_id, chat_id) in (
        select tenant_id, chat_id from control.whatsapp_senders
        where phone_number_id = $1 and sender_key = any($2::text[]))`,
    values: [phoneNumberId, senderKeys],
  })
}

/** The chat goes by these names from now on and by no other; nothing else goes by them. */
export async function putLink(
  control: ControlPlane,
  phoneNumberId: string,
  senderKeys: readonly string[],
  link: SenderLink,
  at: Date,
): Promise<void> {
  await control.transaction(async ({ query }) => {
    await query(
      'delete from control.whatsapp_senders where tenant_id = $1 and chat_id = $2',
      link.tenant_id,
      link.chat_id,
    )
    await query(
      `insert into control.whatsapp_senders (phone_number_id, sender_key, tenant_id, user_id, chat_id, linked_at)
       select $1, k, $3, $4, $5, $6 from unnest($2::text[]) k order by k
       on conflict (phone_number_id, sender_key) do update set tenant_id = excluded.tenant_id, user_id = excluded.user_id,
         chat_id = excluded.chat_id, linked_at = excluded.linked_at`,
      phoneNumberId,
      senderKeys,
      link.tenant_id,
      link.user_id,
      link.chat_id,
      at,
    )
  })
}

/** Another name of a linked chat, in the place of the one given; of two chats the one that has it keeps it. */
export async function learnName(
  control: ControlPlane,
  phoneNumberId: string,
  link: SenderLink,
  name: { learned: string; instead: string | null },
  at: Date,
): Promise<void> {
  await control.transaction(async ({ query }) => {
    await query(
      `delete from control.whatsapp_senders where phone_number_id = $1 and sender_key = $2 and tenant_id = $3 and chat_id = $4`,
      phoneNumberId,
      name.instead,
      link.tenant_id,
      link.chat_id,
    )
    await query(
      `insert into control.whatsapp_senders (phone_number_id, sender_key, tenant_id, user_id, chat_id, linked_at)
       select $1, $2, tenant_id, user_id, chat_id, $5 from control.whatsapp_senders
       where phone_number_id = $1 and tenant_id = $3 and chat_id = $4 limit 1
       on conflict (phone_number_id, sender_key) do nothing`,
      phoneNumberId,
      name.learned,
      link.tenant_id,
      link.chat_id,
      at,
    )
  })
}

export async function deleteLinks(control: ControlPlane, tenantId: string, chatId: string): Promise<void> {
  await control.query(
    'delete from control.whatsapp_senders where tenant_id = $1 and chat_id = $2',
    tenantId,
    chatId,
  )
}

/** A member's ways in: their senders, and codes that were not redeemed. */
export async function deleteLinksOf(control: ControlPlane, tenantId: string, userId: string): Promise<void> {
  await control.transaction(async ({ query }) => {
    await query(
      'delete from control.whatsapp_senders where tenant_id = $1 and user_id = $2',
      tenantId,
      userId,
    )
    await query(
      'delete from control.whatsapp_link_codes where tenant_id = $1 and user_id = $2',
      tenantId,
      userId,
    )
  })
}

/** The same in every workspace of a person. @returns how many chats were linked */
export async function deleteRoutesOf(queries: ControlQueries, identityId: string): Promise<number> {
  const theirs = `(tenant_id, user_id) in (
    select m.tenant_id, m.user_id from control.memberships m where m.identity_id = $1)`
  await queries.query(`delete from control.whatsapp_link_codes where ${theirs}`, identityId)
  const rows = await queries.query<{ chat_id: string }>(
    `delete from control.whatsapp_senders where ${theirs} returning chat_id::text`,
    identityId,
  )
  return new Set(rows.map((row) => row.chat_id)).size
}

/** Whose membership it is; null for one that is no more. */
export async function findIdentityOf(
  control: ControlPlane,
  member: { tenant_id: string; user_id: string },
): Promise<string | null> {
  const [row] = await control.run<{ identity_id: string }>({
    name: 'identity-of-member',
    text: 'select identity_id::text from control.memberships where tenant_id = $1 and user_id = $2',
    values: [member.tenant_id, member.user_id],
  })
  return row?.identity_id ?? null
}

/** Puts a new code in place of the person's unused ones. */
export async function putLinkCode(
  control: ControlPlane,
  code: { hash: string; tenantId: string; userId: string; expiresAt: Date },
  at: Date,
): Promise<void> {
  await control.transaction(async ({ query }) => {
    await query(
      'delete from control.whatsapp_link_codes where tenant_id = $1 and user_id = $2 and used_at is null',
      code.tenantId,
      code.userId,
    )
    await query(
      'insert into control.whatsapp_link_codes (code_hash, tenant_id, user_id, created_at, expires_at) values ($1, $2, $3, $4, $5)',
      code.hash,
      code.tenantId,
      code.userId,
      at,
      code.expiresAt,
    )
  })
}

/**
 * Uses a code up, in one atomic step: of two senders that redeem it, one gets it. The same sender may do it again,
 * since a job may be cut off before the chat is linked.
 */
export async function redeemLinkCode(
  control: ControlPlane,
  hash: string,
  sender: string,
  at: Date,
): Promise<{ tenant_id: string; user_id: string } | null> {
  const [row] = await control.query<{ tenant_id: string; user_id: string }>(
    `update control.whatsapp_link_codes set used_at = $3, used_by = $2
     where code_hash = $1 and (used_at is null or used_by = $2) and expires_at > $3
     returning tenant_id::text, user_id::text`,
    hash,
    sender,
    at,
  )
  return row ?? null
}
