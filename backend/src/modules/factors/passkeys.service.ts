/** The passkeys of a person. */
import type { Passkey } from '@chronos/contracts/factors'
import type { Caller } from '../../plugins/endpoints.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { getIdentity, type Device } from '../identity/sign-in.service.ts'
import { offerSessionWebauthn, takeSessionWebauthn } from './challenges.service.ts'
import {
  changeFactors,
  dropUselessCodes,
  giveRecoveryCodes,
  type EnrolmentDeps,
} from './enrolment.service.ts'
import { listMethods } from './factors.queries.ts'
import * as queries from './passkeys.queries.ts'
import { passkeyOf } from './passkeys.rules.ts'
import { hasOtherWayIn } from './ways-in.service.ts'
import { passkeyRefused, readRegistration, registrationOptions } from './webauthn.ts'

/** More than anybody has devices, and few enough for one list. */
const MOST_PASSKEYS = 20

export async function passkeyOptions(deps: EnrolmentDeps, caller: Caller): Promise<Record<string, unknown>> {
  const person = await getIdentity(deps.control, caller.identityId)
  if (!person) throw new AppError('session_ended')
  const known = await queries.listPasskeys(deps.control, person.id)
  const { options, challenge } = await registrationOptions(deps, person, known)
  await offerSessionWebauthn(deps, 'passkey_registration', caller, challenge)
  return options
}

/**
 * @returns recovery codes where this is the first factor of the person
 * @throws AppError passkey_refused, already_enrolled
 */
export async function createPasskey(
  deps: EnrolmentDeps,
  caller: Caller,
  body: { name: string; passkey: Record<string, unknown> },
  device: Device,
): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> {
  const { identityId, sessionId } = caller
  const challenge = await takeSessionWebauthn(deps, 'passkey_registration', sessionId)
  if (challenge === null) throw passkeyRefused()
  const made = await readRegistration(deps, body.passkey, challenge)
  return changeFactors(deps, caller, device, 'added', async (control, _person, now) => {
    const isFirst = (await listMethods(control, identityId)).length === 0
    const row: queries.PasskeyRow = {
      id: newId(),
      identity_id: identityId,
      ...made,
      name: body.name,
      created_at: now.toISOString(),
      last_used_at: null,
    }
    if ((await queries.listPasskeys(control, identityId)).length >= MOST_PASSKEYS) {
      throw new AppError('already_enrolled', {
        detail: `${MOST_PASSKEYS} passkeys are the most: remove one first`,
      })
    }
    if (!(await queries.insertPasskey(control, row, now))) {
      throw new AppError('already_enrolled', { detail: 'This passkey is known already' })
    }
    const recoveryCodes = isFirst ? await giveRecoveryCodes(control, identityId, now) : null
    return { factor: `passkey “${body.name}”`, answer: { passkey: passkeyOf(row), recoveryCodes } }
  })
}

/** @throws AppError not_found */
export async function renamePasskey(
  deps: Pick<EnrolmentDeps, 'control'>,
  caller: Caller,
  id: string,
  name: string,
): Promise<Passkey> {
  const row = await queries.renamePasskey(deps.control, caller.identityId, id, name)
  if (!row) throw notFound('Passkey')
  return passkeyOf(row)
}

/** @throws AppError not_found; in_use where it is the only way in */
export function deletePasskey(
  deps: EnrolmentDeps,
  caller: Caller,
  id: string,
  device: Device,
): Promise<void> {
  const { identityId } = caller
  return changeFactors(deps, caller, device, 'removed', async (control, person) => {
    const row = await queries.deletePasskey(control, identityId, id)
    if (!row) throw notFound('Passkey')
    if (!(await hasOtherWayIn(control, person))) {
      throw new AppError('in_use', { detail: 'This passkey is your only way in: set a password first' })
    }
    await dropUselessCodes(control, identityId)
    return { factor: `passkey “${row.name}”`, answer: undefined }
  })
}
