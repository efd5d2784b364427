/**
 * Whose chat a sender's is. A person is known by the business-scoped id that Meta gives and by the phone, and either may
 * be missing from a body. The id decides where there is one: a phone whose chat has another id is a recycled number,
 * and nobody we know. Source: Meta's business-scoped user ids, since 2026.
 */
import { bsuidOf, type Sender } from '../../integrations/whatsapp/payload-sender.ts'
import type { ControlPlane } from '../../platform/control.ts'
import * as routing from './routing.queries.ts'

type Names = Pick<Sender, 'bsuid' | 'waId'>

function keysOf({ bsuid, waId }: Names): string[] {
  return [bsuid, waId].filter((key) => key !== null)
}

/** @returns the chat that a sender is linked to, null for a stranger; a name that was new is kept for the next time */
export async function findLink(
  control: ControlPlane,
  phoneNumberId: string,
  sender: Names,
  now: Date,
): Promise<routing.SenderLink | null> {
  const names = await routing.listNames(control, phoneNumberId, keysOf(sender))
  const namesOf = (chatId: string): string[] =>
    names.filter((name) => name.chat_id === chatId).map((name) => name.sender_key)
  const { bsuid, waId } = sender
  const byId = names.find((name) => name.sender_key === bsuid)
  const byPhone = names.find((name) => name.sender_key === waId)
  if (byId) {
    const phone = namesOf(byId.chat_id).find((key) => bsuidOf(key) === null) ?? null
    if (waId !== null && waId !== phone)
      await routing.learnName(control, phoneNumberId, byId, { learned: waId, instead: phone }, now)
    return byId
  }
  if (!byPhone || bsuid === null) return byPhone ?? null
  if (namesOf(byPhone.chat_id).some((key) => bsuidOf(key) !== null)) return null
  await routing.learnName(control, phoneNumberId, byPhone, { learned: bsuid, instead: null }, now)
  return byPhone
}

/** Links a sender to a chat, by all that is known of them, and to no other. */
export async function putLink(
  control: ControlPlane,
  phoneNumberId: string,
  sender: Names,
  link: routing.SenderLink,
  now: Date,
): Promise<void> {
  await routing.putLink(control, phoneNumberId, keysOf(sender), link, now)
}
