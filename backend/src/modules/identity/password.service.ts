/**
 * Choosing a new password, by a link or with the old one. A reset ends every session, signs nobody in and leaves
 * second factors as they are, except where it is the first proof of the address (first-proof.service.ts). Whoever had a way in by mail before (a link to another address, an older reset) has none
 * afterwards.
 */
import type { Clock } from '../../platform/clock.ts'
import { PROOF_MS } from '../../plugins/access.ts'
import { AppError } from '../../platform/errors.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { cancelLinks, queueMail, readLink, resetLinkFor } from '../mail/mail.service.ts'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { deviceSubjectOf, type DeviceSubject } from './device-cookie.ts'
import { rememberDevice } from './devices.queries.ts'
import { firstProofKept, proveFirst } from './first-proof.service.ts'
import { personOfLink } from './email.service.ts'
import { findIdentityByEmail, getIdentity, listMemberships, type IdentityRow } from './identity.queries.ts'
import type { Device, IdentityDeps } from './identity.service.ts'
import { assertStrongPassword } from './password-strength.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { recordPersonEvent } from './person-events.ts'
import * as queries from './person.queries.ts'
import { forgetCallersOf, forgetEnded } from './sessions.service.ts'
import { fingerprintOf } from './sign-in-note.service.ts'

/**
 * Asks for a link. Nothing is looked up here: the job finds out whether somebody has the address, so that the time of
 * the answer tells nothing either.
 */
export async function requestPasswordReset(
  deps: { control: ControlPlane; clock: Clock },
  email: string,
): Promise<void> {
  await deps.control.transaction((control) =>
    queueMail(control, { kind: 'reset_password', to: email, locale: 'en' }, deps.clock.now()),
  )
}

/**
 * The same link for who hands it over in another way, as where no mail leaves. Following it proves the address as the
 * mail would: whoever gives it to somebody vouches for them.
 * @param told in the transaction that makes the link
 * @returns null where nobody has the address
 */
export async function makeResetLink(
  { control, clock }: { control: ControlPlane; clock: Clock },
  email: string,
  told: (queries: ControlQueries, identityId: string, now: Date) => Promise<void>,
): Promise<{ path: string; expiresAt: Date } | null> {
  const person = await findIdentityByEmail(control, email)
  if (!person) return null
  return control.transaction(async (queries) => {
    const now = clock.now()
    await told(queries, person.id, now)
    return resetLinkFor(queries, person, now)
  })
}

/**
 * @returns of whom the browser is known from now on
 * @throws AppError link_invalid, weak_password; the link stays good where the password was refused
 */
export async function resetPassword(
  deps: IdentityDeps,
  secret: string,
  password: string,
  device: Device,
): Promise<DeviceSubject> {
  // Known before the costly hash is made, and looked at again where it counts.
  const link = await readLink(deps.control, 'reset_password', secret, deps.clock.now())
  await assertStrongPassword(deps, password, await wordsAbout(deps.control, link.identity_id))
  const hash = await hashPassword(password, deps.bcryptRounds)
  const { person, first, ended } = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    const owner = await personOfLink(control, 'reset_password', secret, now)
    const sessions = await replacePassword(control, owner, hash, null, now)
    // The link went to the address that is the person's now, and was read there.
    const proof = await proveFirst(control, owner, now)
    // Whoever is kept out by what is guessed elsewhere comes in from here again.
    const [known] = deps.tokens.deviceHashes(owner.id, fingerprintOf(device))
    await rememberDevice(control, owner.id, known, now)
    return { person: owner, first: proof, ended: sessions }
  })
  await forgetEnded(deps, ended)
  if (first) await firstProofKept(deps, first, device.requestId)
  const told = first ? { dropped: { ...first.dropped, sessions: ended.length } } : {}
  await recordPersonEvent(deps, 'password.changed', person.id, null, device, { by: 'link', ...told })
  if (first) await recordPersonEvent(deps, 'email.verified', person.id, null, device)
  return deviceSubjectOf({ id: person.id, password_hash: hash })
}

/**
 * Changes the password of who is signed in; every other session ends.
 * @returns of whom the browser is known from now on: other browsers are no more
 * @throws AppError invalid_credentials, weak_password, step_up_required where there was none and nothing else was proved
 */
export async function changePassword(
  deps: IdentityDeps,
  caller: Caller,
  body: { currentPassword?: string | undefined; newPassword: string },
  device: Device,
): Promise<DeviceSubject> {
  const person = await getIdentity(deps.control, caller.identityId)
  if (!person) throw new AppError('session_ended')
  await assertKnows(deps, person, caller, body.currentPassword)
  await assertStrongPassword(deps, body.newPassword, await wordsAbout(deps.control, person.id), 'newPassword')
  const hash = await hashPassword(body.newPassword, deps.bcryptRounds)
  const ended = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    const locked = await queries.lockIdentity(control, person.id)
    // Somebody changed it while this was on its way: what was proved is not true any more.
    if (locked?.password_hash !== person.password_hash) throw wrongPassword()
    return replacePassword(control, person, hash, caller.sessionId, now)
  })
  await forgetEnded(deps, ended)
  await forgetCallersOf(deps, person.id)
  await recordPersonEvent(deps, 'password.changed', person.id, caller, device)
  return deviceSubjectOf({ id: person.id, password_hash: hash })
}

async function assertKnows(
  deps: IdentityDeps,
  person: IdentityRow,
  caller: Caller,
  current: string | undefined,
): Promise<void> {
  if (person.password_hash === null) {
    if (deps.clock.now().getTime() - caller.provedAt <= PROOF_MS) return
    throw new AppError('step_up_required', {
      detail: 'Prove that it is you: POST /auth/step-up, then send this again',
    })
  }
  if (current === undefined) throw wrongPassword()
  if (!(await verifyPassword(current, person.password_hash, deps.bcryptRounds))) throw wrongPassword()
}

/** @returns the sessions that ended */
async function replacePassword(
  control: ControlQueries,
  person: IdentityRow,
  hash: string,
  keep: string | null,
  now: Date,
): Promise<string[]> {
  const { id: identityId, email, locale, name } = person
  await queries.setPassword(control, identityId, hash, now)
  await cancelLinks(control, identityId, ['reset_password', 'change_email'])
  await queueMail(control, { kind: 'password_changed', to: email, locale, identityId, params: { name } }, now)
  return queries.endSessionsOf(control, identityId, keep, 'password changed', now)
}

/** What somebody who knows the person would try. */
export async function wordsAbout(control: ControlPlane, identityId: string | null): Promise<string[]> {
  if (identityId === null) return []
  const [person, memberships] = await Promise.all([
    getIdentity(control, identityId),
    listMemberships(control, identityId),
  ])
  return [person?.name ?? '', person?.email ?? '', ...memberships.map((each) => each.tenant_name)]
}

function wrongPassword(): AppError {
  return new AppError('invalid_credentials', { detail: 'The current password is wrong' })
}
