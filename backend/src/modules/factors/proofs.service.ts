/**
 * Proving a second factor: a code of the authenticator app, a recovery code, or a passkey. Codes can be guessed, so each
 * try is counted before it is looked at and wrong ones make the next one wait; passkeys cannot, so nobody's wrong codes
 * keep a passkey out.
 */
import { AppError } from '../../platform/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { Keyring, Place } from '../../platform/keyring.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import {
  getIdentity,
  recordPersonEvent,
  type Device,
  type PersonSession,
} from '../identity/sign-in.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import type { Method } from './factors.queries.ts'
import { countCodes, takeCode } from './recovery-codes.queries.ts'
import { hashRecoveryCode } from './recovery-codes.rules.ts'
import { findTotp, takeStep } from './totp.queries.ts'
import { stepOfCode } from './totp.rules.ts'
import { clearTries, reserveTry } from './tries.queries.ts'
import { checkAssertion } from './webauthn.ts'
import type { RelyingParty } from './webauthn.rules.ts'

export interface FactorDeps {
  control: ControlPlane
  tenancy: Tenancy
  clock: Clock
  keyring: Keyring
  relyingParty: RelyingParty
}

/** Exactly one of them is given. */
export interface Proof {
  code?: string | undefined
  recoveryCode?: string | undefined
  passkey?: Record<string, unknown> | undefined
}

export interface Prover {
  identityId: string
  /** The session that asks; null at sign-in. */
  session: PersonSession | null
  device: Device
  /** What an authenticator was to sign, once; null where nothing was offered. */
  takeWebauthn(): Promise<string | null>
}

/** Where a secret belongs, so that it opens for its person alone. */
export function totpPlace(identityId: string): Place {
  return { owner: identityId, column: 'control.totp_factors.secret' }
}

/** @throws AppError invalid_request, invalid_code, passkey_refused, too_many_requests */
export async function proveSecondFactor(deps: FactorDeps, prover: Prover, proof: Proof): Promise<Method> {
  const { code, recoveryCode, passkey } = proof
  if ([code, recoveryCode, passkey].filter((each) => each !== undefined).length !== 1) {
    throw new AppError('invalid_request', {
      detail: 'Send exactly one of code, recoveryCode and passkey: you have a second factor',
    })
  }
  if (passkey !== undefined) {
    await checkAssertion(deps, passkey, prover.identityId, await prover.takeWebauthn())
    return 'passkey'
  }
  await guarded(deps, prover.identityId, async () =>
    code === undefined
      ? takeRecoveryCode(deps, prover, recoveryCode ?? '')
      : takeTotpCode(deps, prover.identityId, code),
  )
  return code === undefined ? 'recovery_code' : 'totp'
}

/**
 * Runs a check that can be guessed at. @throws AppError too_many_requests with Retry-After; invalid_code, unless told
 * otherwise, where the check says no
 */
export async function guarded(
  { control, clock }: Pick<FactorDeps, 'control' | 'clock'>,
  identityId: string,
  check: () => Promise<boolean>,
  refusal: () => AppError = invalidCode,
): Promise<void> {
  const now = clock.now()
  const freeAt = await reserveTry(control, identityId, now)
  if (freeAt !== null) {
    const seconds = Math.max(1, Math.ceil((freeAt.getTime() - now.getTime()) / 1000))
    throw new AppError('too_many_requests', {
      detail: `Too many wrong tries; try again in ${seconds} seconds`,
      headers: { 'retry-after': String(seconds) },
    })
  }
  if (!(await check())) throw refusal()
  await clearTries(control, identityId)
}

async function takeTotpCode(deps: FactorDeps, identityId: string, code: string): Promise<boolean> {
  const row = await findTotp(deps.control, identityId)
  if (!row || row.confirmed_at === null) return false
  const secret = deps.keyring.open(row.secret, totpPlace(identityId))
  const step = stepOfCode(secret, code, deps.clock.now(), row.last_step)
  return step !== null && takeStep(deps.control, identityId, row.secret, step)
}

/** Takes the code, tells the person how many are left, and keeps that it happened. */
async function takeRecoveryCode(deps: FactorDeps, prover: Prover, code: string): Promise<boolean> {
  const { identityId } = prover
  const person = await getIdentity(deps.control, identityId)
  if (!person) return false
  const left = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    const taken = await takeCode(control, identityId, hashRecoveryCode(identityId, code), now)
    if (!taken) return null
    const remaining = await countCodes(control, identityId)
    const { email: to, locale, name } = person
    const params = { name, left: String(remaining) }
    await queueMail(control, { kind: 'recovery_code_used', to, locale, identityId, params }, now)
    return remaining
  })
  if (left === null) return false
  await recordPersonEvent(deps, 'factor.recovery_used', identityId, prover.session, prover.device, { left })
  return true
}

export function invalidCode(): AppError {
  return new AppError('invalid_code', { detail: 'This code is wrong, has run out or was used already' })
}
