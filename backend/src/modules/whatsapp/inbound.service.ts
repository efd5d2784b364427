/**
 * An inbound event on its way into a tenant. A message is stored, understood and answered in one transaction of the
 * person whose chat it is; delivered again, it changes nothing. Messages of one sender are handled in their order.
 */
import { allows, type Role } from '@chronos/contracts/permissions'
import type { GraphClient } from '../../integrations/whatsapp/client.ts'
import type { InboundMessage, InboundStatus } from '../../integrations/whatsapp/payloads.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { countBooked } from '../../platform/measures.ts'
import { sqlErrorOf } from '../../platform/sql-errors.ts'
import type { Store } from '../../platform/store.ts'
import { SYSTEM, type Tenancy, type Tenant, type Tx } from '../../platform/tenancy.ts'
import { actorFor } from '../identity/membership.service.ts'
import { assertFeature, assertRoom, planOf } from '../plans/plans.service.ts'
import { keyOf, linkChat } from './sealed-chats.ts'
import { readCorrelation } from './correlation.rules.ts'
import { converse, type Person, type Reply } from './conversation.service.ts'
import { findLinkCode, hashLinkCode } from './link-code.rules.ts'
import {
  linkedReply,
  linkExpiredReply,
  notAllowedReply,
  notLinkedReply,
  planFullReply,
  planOffReply,
  unknownReply,
} from './replies.ts'
import * as routing from './routing.queries.ts'
import { findLink, putLink } from './sender-links.ts'
import * as queries from './whatsapp.queries.ts'

export interface InboundDeps {
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  clock: Clock
  dataKeys: DataKeys
  log: Log
  /** Null where no token is configured: replies to strangers are left out then. */
  graph: GraphClient | null
}

/**
 * Handles an event, and before it whatever its sender wrote earlier. An earlier one that fails is left to its own
 * job: it must not keep all that its sender writes after it from being read.
 */
export async function handleEvent(deps: InboundDeps, eventId: string): Promise<void> {
  let inOrder = true
  for (;;) {
    const event = await routing.findWaitingEvent(deps.control, eventId)
    if (!event) return
    const oldest =
      inOrder && event.sender_key !== null
        ? await routing.findOldestOf(deps.control, event.sender_key)
        : event
    const first = oldest ?? event
    try {
      const outcome = await handle(deps, first)
      // It waits, and so does whatever the same sender wrote after it, until the workspace is let go on.
      if (outcome === null) return
      await routing.closeEvent(deps.control, first.id, outcome, deps.clock.now())
    } catch (error) {
      if (first.id === eventId) throw error
      deps.log.warn({ err: error, eventId: first.id }, 'an earlier message fails; going on without it')
      inOrder = false
      continue
    }
    if (first.id === eventId) return
  }
}

/** @returns null for a message that waits: its workspace is suspended, and nothing of it may be lost */
async function handle(
  deps: InboundDeps,
  { payload, sender_key: senderKey }: routing.WaitingEvent,
): Promise<string | null> {
  if (payload.kind === 'status') return handleStatus(deps, payload)
  if (payload.kind === 'problem') {
    // Meta's texts may name the number that it was about.
    const codes = payload.errors.map(({ code }) => code)
    deps.log.warn({ codes }, 'WhatsApp reports a problem')
    return 'problem'
  }
  if (senderKey === null || payload.type === 'system') return 'no sender'
  const code = payload.text === null ? null : findLinkCode(payload.text)
  if (code !== null) {
    const outcome = await redeem(deps, payload, senderKey, code)
    if (outcome !== null) return outcome
  }
  const link = await findLink(deps.control, payload.phoneNumberId, payload.sender, deps.clock.now())
  if (!link) return greetStranger(deps, payload, senderKey, code !== null)
  if ((await planOf(deps, link.tenant_id)).status !== 'active') return null
  return handleMessage(deps, payload, link, (tx, person) => respondTo(deps, tx, payload, person)).catch(
    (error: unknown) => {
      // It would be the same next time: said so, instead of tried again. Nothing of the first try was kept.
      const refusal = refusalOf(error)
      if (refusal === null) throw error
      return handleMessage(deps, payload, link, (_tx, person) =>
        Promise.resolve({ text: refusal(person.locale) }),
      )
    },
  )
}

/**
 * What the plan of the workspace does not open, or has no room for, is refused here as it is on the web.
 * @throws AppError feature_off, plan_limit
 */
async function respondTo(
  deps: InboundDeps,
  tx: Tx,
  message: InboundMessage,
  person: Person,
): Promise<Reply | null> {
  if (!allows(person.role, 'ledger.write')) return { text: notAllowedReply(person.locale) }
  await assertFeature(deps, tx.tenantId, 'whatsapp')
  // The message stands already, and so does what it books afterwards: both are counted with the rest.
  await assertRoom(deps, tx, 'whatsappMessagesPerMonth', 0)
  const reply = await converse(tx, { message, person, now: deps.clock.now() })
  if ((reply?.booked ?? 0) > 0) await assertRoom(deps, tx, 'transactionsPerMonth', 0)
  return reply
}

/** What to say to somebody whose message changes nothing, however often it is tried; null for what may go well later. */
function refusalOf(error: unknown): ((locale: string) => string) | null {
  if (isOverflow(error)) return (locale) => unknownReply(locale, 'too_large')
  if (!(error instanceof AppError)) return null
  if (error.code === 'feature_off') return planOffReply
  return error.code === 'plan_limit' ? planFullReply : null
}

/** PostgreSQL refuses whatever would take a total past what can be kept exactly, by a trigger or by a check. */
function isOverflow(error: unknown): boolean {
  const state = sqlErrorOf(error)?.state
  return state === '22003' || state === '23514'
}

type Respond = (tx: Tx, person: Person) => Promise<Reply | null>

async function handleMessage(
  deps: InboundDeps,
  message: InboundMessage,
  link: routing.SenderLink,
  respond: Respond,
): Promise<string> {
  const tenant = await enter(deps, link)
  const now = deps.clock.now()
  const key = await keyOf(deps, link)
  if (!key) return 'no member any more'
  let booked = 0
  const outcome = await tenant.command(async (tx) => {
    booked = 0
    const id = newId()
    const stored = await queries.insertInbound(tx, key, link.chat_id, id, message, now)
    if (stored === null) return 'known'
    const person = await findPerson(tx, link, id)
    if (!person) return 'no member any more'
    const reply = await respond(tx, person)
    await queries.markProcessed(tx, id, now)
    tx.changed('whatsapp')
    if (reply) {
      const replyId = newId()
      const payload = reply.buttons ? { buttons: reply.buttons } : null
      await queries.insertReply(
        tx,
        key,
        { id: replyId, chatId: link.chat_id, inReplyTo: id, text: reply.text, payload },
        now,
      )
      await tx.enqueue('whatsapp.outbound', replyId)
    }
    booked = reply?.booked ?? 0
    return 'answered'
  })
  countBooked('whatsapp', booked)
  return outcome
}

async function findPerson(tx: Tx, link: routing.SenderLink, messageId: string): Promise<Person | null> {
  const key = { tenantId: tx.tenantId }
  const [user, workspace] = [
    await tx.prisma.user.findUnique({ where: { tenantId_id: { ...key, id: link.user_id } } }),
    await tx.prisma.tenant.findUnique({ where: key }),
  ]
  if (user?.status !== 'active' || workspace?.status !== 'active') return null
  return {
    userId: user.id,
    name: user.name,
    // Of a workspace that is being deleted everybody reads, and nobody writes.
    role: workspace.deletionRequestedAt === null ? (user.role as Role) : 'viewer',
    locale: user.locale,
    currency: workspace.currency,
    timezone: workspace.timezone,
    workspaceName: workspace.name,
    chatId: link.chat_id,
    messageId,
  }
}

const GUESSES = { limit: 10, windowSeconds: 3600 }

/** @returns null where the text only looks like a code, and its sender is linked: it is an ordinary message then */
async function redeem(
  deps: InboundDeps,
  message: InboundMessage,
  senderKey: string,
  code: string,
): Promise<string | null> {
  const tries = await deps.store.consume(`whatsapp-guess:${senderKey}`, GUESSES)
  const now = deps.clock.now()
  const owner = tries.allowed
    ? await routing.redeemLinkCode(deps.control, hashLinkCode(code), senderKey, now)
    : null
  if (!owner) return null
  const previous = await findLink(deps.control, message.phoneNumberId, message.sender, now)
  const key = await keyOf(deps, owner)
  if (!key) return null
  const tenant = await enter(deps, owner)
  const chatId = await tenant.command(async (tx) => {
    tx.changed('whatsapp')
    const chat = {
      id: newId(),
      userId: owner.user_id,
      phoneNumberId: message.phoneNumberId,
      sender: message.sender,
    }
    return linkChat(deps, tx, key, chat, now)
  })
  const link = { ...owner, chat_id: chatId }
  await putLink(deps.control, message.phoneNumberId, message.sender, link, now)
  if (previous && (previous.tenant_id !== link.tenant_id || previous.chat_id !== chatId)) {
    await routing.deleteLinks(deps.control, previous.tenant_id, previous.chat_id)
    const before = await enter(deps, previous)
    await before.command(async (tx) => {
      tx.changed('whatsapp')
      await queries.unlinkChat(tx, previous.chat_id, null, now)
    })
  }
  await handleMessage(deps, message, link, (_tx, person) =>
    Promise.resolve({ text: linkedReply(person.locale, person.name, person.workspaceName) }),
  )
  return 'linked'
}

const GREETINGS = { limit: 1, windowSeconds: 86_400 }

/** Tells somebody we do not know, once a day, how to link; what they wrote is not kept. */
async function greetStranger(
  deps: InboundDeps,
  message: InboundMessage,
  senderKey: string,
  triedCode: boolean,
): Promise<string> {
  const budget = await deps.store.consume(
    `whatsapp-stranger:${triedCode ? 'code:' : ''}${senderKey}`,
    GREETINGS,
  )
  if (!budget.allowed || !deps.graph) return 'stranger'
  const text = triedCode ? linkExpiredReply(localeOf(message)) : notLinkedReply(localeOf(message))
  const { bsuid, waId } = message.sender
  await deps.graph.send({
    recipient: { bsuid, waId },
    correlationId: `stranger.${newId()}`,
    text,
    quoted: message.wamid,
  })
  return 'stranger greeted'
}

/** The language of a stranger, by the country code of their phone: Portuguese for Brazil and Portugal, else Spanish or English. */
function localeOf({ sender }: InboundMessage): string {
  const phone = sender.waId ?? ''
  const country = sender.bsuid?.slice(0, 2) ?? ''
  if (/^(55|351)/.test(phone) || country === 'BR' || country === 'PT') return 'pt-BR'
  return /^(5|34)/.test(phone) ? 'es' : 'en'
}

/**
 * Our own id comes back in the status and names the tenant. Where Meta leaves it out, the recipient says whose message it
 * was, and Meta's id which.
 */
async function handleStatus(deps: InboundDeps, status: InboundStatus): Promise<string> {
  const now = deps.clock.now()
  const ours = readCorrelation(status.correlationId)
  const tenantId =
    ours?.tenantId ?? (await findLink(deps.control, status.phoneNumberId, status.recipient, now))?.tenant_id
  if (tenantId === undefined) return 'unknown message'
  const tenant = deps.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  const reason = status.errors[0]
  const error = reason === undefined ? null : `${reason.code ?? ''} ${reason.message ?? ''}`.trim()
  await tenant.command(async (tx) => {
    const by = { id: ours?.messageId ?? null, wamid: status.wamid }
    if (await queries.applyStatus(tx, by, status.status, error, now)) tx.changed('whatsapp')
  })
  return 'status'
}

async function enter(deps: InboundDeps, link: { tenant_id: string; user_id: string }): Promise<Tenant> {
  const { tenant_id: tenantId, user_id: userId } = link
  const actor = await actorFor(deps.tenancy, 'whatsapp', { tenantId, userId })
  return deps.tenancy.enter({ tenantId, actor, requestId: null })
}
