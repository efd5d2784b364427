/**
 * Who wrote. Since 2026 Meta names a person by a business-scoped user id (BSUID) and may leave the phone out; both
 * fields have been seen holding the other kind, so a value is judged by its shape, never by its field.
 */
import { lineOf, objectOf, objectsOf } from './payload-fields.ts'
import type { JsonObject } from './payload-fields.ts'

export interface Sender {
  /** Business-scoped user id, the key of a person; changes when they change their number. */
  readonly bsuid: string | null
  /** Digits of the phone with country code, without plus sign. */
  readonly waId: string | null
  /** As the person calls themselves. */
  readonly name: string | null
}

const BSUID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
const PHONE = /^\+?\d{5,20}$/

/** A text in the shape `CC.…`, else null. */
export function bsuidOf(value: unknown): string | null {
  return typeof value === 'string' && BSUID.test(value) ? value : null
}

/** The digits of a phone, else null: a BSUID never gets through. */
export function waIdOf(value: unknown): string | null {
  return typeof value === 'string' && PHONE.test(value) ? value.replace('+', '') : null
}

function firstOf<T>(values: readonly (T | null)[]): T | null {
  return values.find((value) => value !== null) ?? null
}

function contactMatches(contact: JsonObject, bsuid: string | null, waId: string | null): boolean {
  const ids = [contact['user_id'], contact['wa_id']]
  return ids.some((id) => (bsuid !== null && id === bsuid) || (waId !== null && waIdOf(id) === waId))
}

/**
 * The sender of one message: its own fields, completed from the entry of `value.contacts` that fits.
 * @param contacts `value.contacts`; absent on system messages. The cards inside a `contacts` message are content.
 */
export function senderOf(message: JsonObject, contacts: unknown): Sender {
  const bsuid = firstOf([bsuidOf(message['from_user_id']), bsuidOf(message['from'])])
  const waId = firstOf([waIdOf(message['from']), waIdOf(message['from_user_id'])])
  const known = objectsOf(contacts)
  const single = known.length === 1 && bsuid === null && waId === null ? known[0] : undefined
  const contact = known.find((candidate) => contactMatches(candidate, bsuid, waId)) ?? single
  if (!contact) return { bsuid, waId, name: null }
  const profile = objectOf(contact['profile']) ?? {}
  return {
    bsuid: firstOf([bsuid, bsuidOf(contact['user_id']), bsuidOf(contact['wa_id'])]),
    waId: firstOf([waId, waIdOf(contact['wa_id']), waIdOf(contact['user_id'])]),
    name: firstOf([lineOf(profile['name'], 120), lineOf(profile['username'], 120)]),
  }
}

/** The key under which a sender is linked: the BSUID where Meta gives one, else the phone; null for nobody. */
export function senderKey(sender: Sender): string | null {
  return sender.bsuid ?? sender.waId
}
