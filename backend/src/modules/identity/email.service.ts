/**
 * Showing that an e-mail is one's own, and changing it. What a link does happens in the transaction that uses it up;
 * a link holds for the address that it went to, and for that one alone. It is followed in a session of the person: who
 * reads a mailbox and follows what they never asked for would make somebody else's account theirs in name only, with
 * that one's password, passkeys and tokens in it.
 */
import { AppError } from '../../platform/errors.ts'
import { sqlErrorOf } from '../../platform/sql-errors.ts'
import {
  cancelLinks,
  queueMail,
  readLink,
  redeemLink,
  type LinkPurpose,
  type LinkRow,
} from '../mail/mail.service.ts'
import type { ControlQueries } from '../../platform/control.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { getIdentity, type IdentityRow } from './identity.queries.ts'
import type { Device } from './identity.service.ts'
import * as queries from './person.queries.ts'
import { copyPerson, type PersonDeps } from './person.service.ts'
import { recordPersonEvent } from './person-events.ts'
import { forgetCallersOf, forgetEnded, type SessionDeps } from './sessions.service.ts'

/** Sends the link that verifies an address, in the transaction that made it the person's. */
export function queueVerification(
  control: ControlQueries,
  { id, email, name, locale }: Pick<IdentityRow, 'id' | 'email' | 'name' | 'locale'>,
  now: Date,
): Promise<void> {
  return queueMail(
    control,
    { kind: 'verify_email', to: email, locale, identityId: id, params: { name } },
    now,
  )
}

/** @throws AppError conflict where there is nothing to verify */
export async function resendVerification(deps: SessionDeps, caller: Caller): Promise<void> {
  const person = await getIdentity(deps.control, caller.identityId)
  if (!person || person.email_verified_at !== null) {
    throw new AppError('conflict', { detail: 'This e-mail is verified already' })
  }
  await deps.control.transaction(async (control) => {
    await cancelLinks(control, person.id, ['verify_email'])
    await queueVerification(control, person, deps.clock.now())
  })
}

/** @throws AppError link_invalid, forbidden in a session of somebody else */
export async function verifyEmail(
  deps: SessionDeps,
  caller: Caller,
  secret: string,
  device: Device,
): Promise<void> {
  const now = deps.clock.now()
  const changed = await deps.control.transaction(async (control) => {
    assertOwn(await readLink(control, 'verify_email', secret, now), caller)
    const person = await personOfLink(control, 'verify_email', secret, now)
    return (await queries.markVerified(control, person.id, now)) ? person : null
  })
  if (!changed) return
  await forgetCallersOf(deps, changed.id)
  await recordPersonEvent(deps, 'email.verified', changed.id, caller, device)
}

/**
 * Asks for another address. The answer is the same whether or not somebody has it: its owner is told, by mail.
 * Asking for one's own address changes nothing.
 */
export async function requestEmailChange(deps: SessionDeps, caller: Caller, email: string): Promise<void> {
  const now = deps.clock.now()
  await deps.control.transaction(async (control) => {
    const person = await queries.lockIdentity(control, caller.identityId)
    if (!person) throw new AppError('session_ended')
    const { id: identityId, name, locale } = person
    await cancelLinks(control, identityId, ['change_email'])
    if (person.email === email) return
    const params = { name }
    const asked = { kind: 'change_email', to: email, locale, identityId, params } as const
    await queueMail(control, { ...asked, subjectId: caller.sessionId }, now)
    await queueMail(
      control,
      { kind: 'email_change_requested', to: person.email, locale, identityId, params },
      now,
    )
  })
}

/**
 * Takes over the new address: it is verified by that, links to the old one are void, and every session ends but this.
 * @throws AppError link_invalid, also where somebody has taken the address since; forbidden in a session of somebody else
 */
export async function confirmEmailChange(
  deps: SessionDeps & PersonDeps,
  caller: Caller,
  secret: string,
  device: Device,
): Promise<void> {
  const now = deps.clock.now()
  const { person, ended } = await deps.control
    .transaction(async (control) => {
      const link = await readLink(control, 'change_email', secret, now)
      assertOwn(link, caller)
      const before = link.identity_id && (await queries.lockIdentity(control, link.identity_id))
      if (!before) throw linkInvalid()
      await redeemLink(control, 'change_email', secret, now)
      await queries.setEmail(control, before.id, link.email, now)
      await cancelLinks(control, before.id, ['verify_email', 'reset_password', 'change_email'])
      await queries.enqueueCopies(control, before.id)
      const { id: identityId, name, locale } = before
      const told = { kind: 'email_changed', to: before.email, locale, identityId, params: { name } } as const
      await queueMail(control, told, now)
      const sessions = await queries.endSessionsOf(
        control,
        before.id,
        caller.sessionId,
        'e-mail changed',
        now,
      )
      return { person: before, ended: sessions }
    })
    .catch((error: unknown) => {
      throw sqlErrorOf(error)?.constraint === 'identities_email' ? linkInvalid() : error
    })
  await forgetEnded(deps, ended)
  await forgetCallersOf(deps, person.id)
  await recordPersonEvent(deps, 'email.changed', person.id, caller, device)
  const { requestId, ip } = device
  await copyPerson(deps, person.id, { requestId, sessionId: caller.sessionId, ip })
}

/** Uses a link up that went to a person at the address that is still theirs. @throws AppError link_invalid */
export async function personOfLink(
  control: ControlQueries,
  purpose: LinkPurpose,
  secret: string,
  now: Date,
): Promise<IdentityRow> {
  const link = await readLink(control, purpose, secret, now)
  const person = link.identity_id && (await queries.lockIdentity(control, link.identity_id))
  if (!person || person.email !== link.email) throw linkInvalid()
  await redeemLink(control, purpose, secret, now)
  return person
}

function assertOwn(link: LinkRow, caller: Caller): void {
  if (link.identity_id !== caller.identityId) {
    throw new AppError('forbidden', {
      detail: 'This link is for another account: sign in to that one, then follow it again',
    })
  }
}

function linkInvalid(): AppError {
  return new AppError('link_invalid', {
    detail: 'This link was used, has run out, or was replaced by a newer one: ask for another',
  })
}
