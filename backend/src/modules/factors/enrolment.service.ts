/**
 * What adding and removing a factor share: in one transaction with it, every other session of the person ends, since a
 * session that somebody else opened must not outlive the change, and a mail tells the person.
 */
import type { Caller } from '../../plugins/endpoints.ts'
import type { ControlQueries } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'
import {
  endSessionsOf,
  forgetCallers,
  forgetEnded,
  lockIdentity,
  recordPersonEvent,
  type Device,
  type IdentityRow,
  type SessionDeps,
} from '../identity/sign-in.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import type { FactorDeps } from './proofs.service.ts'
import { deleteCodes, replaceCodes } from './recovery-codes.queries.ts'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.rules.ts'
import { listMethods } from './factors.queries.ts'

export interface EnrolmentDeps extends FactorDeps, SessionDeps {}

export interface FactorChange<T> {
  /** Shown in the mail, as TOTP or a passkey's name. */
  factor: string
  answer: T
}

/**
 * Changes factors while the person's row is held, so that of two changes the second sees the first.
 * @param change throws where nothing is to change: then nothing is ended and nobody is told
 */
export async function changeFactors<T>(
  deps: EnrolmentDeps,
  caller: Caller,
  device: Device,
  what: 'added' | 'removed',
  change: (control: ControlQueries, person: IdentityRow, now: Date) => Promise<FactorChange<T>>,
): Promise<T> {
  const { identityId, sessionId } = caller
  const { changed, ended } = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    const person = await lockIdentity(control, identityId)
    if (!person) throw new AppError('session_ended')
    const done = await change(control, person, now)
    const { email: to, locale, name } = person
    const params = { name, factor: done.factor }
    await queueMail(control, { kind: `factor_${what}`, to, locale, identityId, params }, now)
    return {
      changed: done,
      ended: await endSessionsOf(control, identityId, sessionId, `second factor ${what}`, now),
    }
  })
  await forgetEnded(deps, ended)
  await forgetCallers(deps, [sessionId])
  await recordPersonEvent(deps, `factor.${what}`, identityId, caller, device, { factor: changed.factor })
  return changed.answer
}

/** New codes in the place of those before. @returns them, to be shown once */
export async function giveRecoveryCodes(
  control: ControlQueries,
  identityId: string,
  now: Date,
): Promise<string[]> {
  const codes = newRecoveryCodes()
  const hashes = codes.map((code) => hashRecoveryCode(identityId, code))
  await replaceCodes(control, identityId, hashes, now)
  return codes
}

/** Recovery codes stand in for a second factor; without one they are nothing. */
export async function dropUselessCodes(control: ControlQueries, identityId: string): Promise<void> {
  if ((await listMethods(control, identityId)).length === 0) await deleteCodes(control, identityId)
}
