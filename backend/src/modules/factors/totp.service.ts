/** The authenticator app of a person. Its secret waits until a code of it is confirmed; then it is a second factor. */
import type { Caller } from '../../plugins/endpoints.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import { getIdentity, lockIdentity, recordPersonEvent, type Device } from '../identity/sign-in.service.ts'
import {
  changeFactors,
  dropUselessCodes,
  giveRecoveryCodes,
  type EnrolmentDeps,
} from './enrolment.service.ts'
import { listMethods } from './factors.queries.ts'
import { guarded, invalidCode, totpPlace } from './proofs.service.ts'
import * as queries from './totp.queries.ts'
import { newTotpSecret, stepOfCode, totpUri } from './totp.rules.ts'

/** So long a secret waits for its first code. */
const PENDING_MS = 30 * 60_000

/** @throws AppError already_enrolled */
export async function startTotp(
  deps: EnrolmentDeps,
  { identityId }: Caller,
): Promise<{ secret: string; uri: string }> {
  const person = await getIdentity(deps.control, identityId)
  if (!person) throw new AppError('session_ended')
  const secret = newTotpSecret()
  const sealed = deps.keyring.seal(secret, totpPlace(identityId))
  if (!(await queries.putPendingTotp(deps.control, identityId, sealed, deps.clock.now()))) {
    throw new AppError('already_enrolled', { detail: 'You have an authenticator app: remove it first' })
  }
  return { secret, uri: totpUri(secret, person.email) }
}

/**
 * Turns the app on. Recovery codes made before are void.
 * @returns new recovery codes @throws AppError not_ready, invalid_code, too_many_requests
 */
export async function confirmTotp(
  deps: EnrolmentDeps,
  caller: Caller,
  code: string,
  device: Device,
): Promise<string[]> {
  const { identityId } = caller
  const now = deps.clock.now()
  const row = await queries.findTotp(deps.control, identityId)
  if (!row || row.confirmed_at !== null || now.getTime() - new Date(row.created_at).getTime() > PENDING_MS) {
    throw new AppError('not_ready', { detail: 'No secret waits for its code: start with POST /me/totp' })
  }
  const secret = deps.keyring.open(row.secret, totpPlace(identityId))
  const step = stepOfCode(secret, code, now, null)
  await guarded(deps, identityId, async () => step !== null)
  return changeFactors(deps, caller, device, 'added', async (control) => {
    if (!(await queries.confirmTotp(control, identityId, row.secret, step ?? 0, now))) throw invalidCode()
    return { factor: 'TOTP', answer: await giveRecoveryCodes(control, identityId, now) }
  })
}

/** @throws AppError not_found where there is none */
export function removeTotp(deps: EnrolmentDeps, caller: Caller, device: Device): Promise<void> {
  return changeFactors(deps, caller, device, 'removed', async (control) => {
    if (!(await queries.deleteTotp(control, caller.identityId))) throw notFound('Authenticator app')
    await dropUselessCodes(control, caller.identityId)
    return { factor: 'TOTP', answer: undefined }
  })
}

/** @throws AppError not_ready where there is no second factor that they could stand in for */
export async function renewRecoveryCodes(
  deps: EnrolmentDeps,
  caller: Caller,
  device: Device,
): Promise<string[]> {
  const { identityId } = caller
  const codes = await deps.control.transaction(async (control) => {
    await lockIdentity(control, identityId)
    if ((await listMethods(control, identityId)).length === 0) {
      throw new AppError('not_ready', {
        detail: 'Recovery codes stand in for a second factor: add one first',
      })
    }
    return giveRecoveryCodes(control, identityId, deps.clock.now())
  })
  await recordPersonEvent(deps, 'factor.added', identityId, caller, device, { factor: 'recovery codes' })
  return codes
}
