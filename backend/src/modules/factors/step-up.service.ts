/**
 * Step-up: whoever is signed in proves again that it is them, before a dangerous act. With a second factor, that one;
 * without, the password. A person who has neither signs in at the provider anew (modules/provider).
 */
import { AppError } from '../../platform/errors.ts'
import { PROOF_MS } from '../../plugins/access.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import {
  forgetCallers,
  getIdentity,
  markProved,
  recordPersonEvent,
  verifyPassword,
  type Device,
  type SessionDeps,
} from '../identity/sign-in.service.ts'
import { offerSessionWebauthn, takeSessionWebauthn } from './challenges.service.ts'
import { listMethods } from './factors.queries.ts'
import { listPasskeys } from './passkeys.queries.ts'
import { guarded, proveSecondFactor, type FactorDeps, type Proof } from './proofs.service.ts'
import { assertionOptions } from './webauthn.ts'

export interface StepUpDeps extends FactorDeps, SessionDeps {
  bcryptRounds: number
}

/**
 * @returns until when the proof holds
 * @throws AppError invalid_credentials, invalid_code, passkey_refused, invalid_request, too_many_requests
 */
export async function stepUp(
  deps: StepUpDeps,
  caller: Caller,
  { password, ...proof }: Proof & { password?: string | undefined },
  device: Device,
): Promise<Date> {
  const { identityId, sessionId } = caller
  const hasFactor = (await listMethods(deps.control, identityId)).length > 0
  const by = hasFactor
    ? await proveSecondFactor(
        deps,
        {
          identityId,
          session: caller,
          device,
          takeWebauthn: () => takeSessionWebauthn(deps, 'step_up', sessionId),
        },
        proof,
      )
    : await provePassword(deps, identityId, password)
  const now = deps.clock.now()
  await markProved(deps.control, sessionId, now)
  await forgetCallers(deps, [sessionId])
  await recordPersonEvent(deps, 'session.proved', identityId, caller, device, { by })
  return new Date(now.getTime() + PROOF_MS)
}

async function provePassword(
  deps: StepUpDeps,
  identityId: string,
  password: string | undefined,
): Promise<'password'> {
  const person = await getIdentity(deps.control, identityId)
  if (!person || person.password_hash === null) {
    throw new AppError('invalid_credentials', {
      detail:
        'You have no password and no second factor: prove it by the provider, POST /auth/step-up/provider',
    })
  }
  if (password === undefined) throw new AppError('invalid_request', { detail: 'Send your password' })
  const { password_hash: hash } = person
  const refusal = (): AppError => new AppError('invalid_credentials', { detail: 'The password is wrong' })
  await guarded(deps, identityId, () => verifyPassword(password, hash, deps.bcryptRounds), refusal)
  return 'password'
}

/** What navigator.credentials.get needs for a step-up. @throws AppError passkey_refused where the person has no passkey */
export async function stepUpOptions(deps: StepUpDeps, caller: Caller): Promise<Record<string, unknown>> {
  const passkeys = await listPasskeys(deps.control, caller.identityId)
  if (passkeys.length === 0) throw new AppError('passkey_refused', { detail: 'You have no passkey' })
  const { options, challenge } = await assertionOptions(deps, passkeys)
  await offerSessionWebauthn(deps, 'step_up', caller, challenge)
  return options
}
