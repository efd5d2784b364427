/** Finishing a sign-in with a second factor, and signing in with a passkey alone, which is both factors. */
import { AppError } from '../../platform/errors.ts'
import {
  getIdentity,
  recordPersonEvent,
  signInWith,
  type Device,
  type IdentityDeps,
  type SignedIn,
} from '../identity/sign-in.service.ts'
import {
  closeChallenge,
  getWaitingSignIn,
  issuePasskeySignIn,
  offerWebauthn,
  spendPasskeySignIn,
  takeWebauthn,
  tryWaitingSignIn,
} from './challenges.service.ts'
import { findPasskeyByCredential, listPasskeys } from './passkeys.queries.ts'
import { proveSecondFactor, type FactorDeps, type Proof } from './proofs.service.ts'
import { assertionOptions, checkAssertion, passkeyRefused } from './webauthn.ts'

export interface SignInDeps extends FactorDeps, IdentityDeps {}

/** Codes of refusals that tell of somebody trying; the others are slips. */
const REFUSALS = new Set(['invalid_code', 'passkey_refused'])

/** @throws AppError link_invalid, invalid_code, passkey_refused, too_many_requests */
export async function finishSignIn(
  deps: SignInDeps,
  { challenge, ...proof }: Proof & { challenge: string },
  device: Device,
): Promise<SignedIn> {
  const waiting = await tryWaitingSignIn(deps, challenge)
  const { challengeId, identityId } = waiting
  const prover = { identityId, session: null, device, takeWebauthn: () => takeWebauthn(deps, challengeId) }
  const by = await proveSecondFactor(deps, prover, proof).catch((error: unknown) =>
    refused(deps, error, identityId, device),
  )
  await closeChallenge(deps, challengeId)
  const proved = { all: `${waiting.method}+${by}`, epoch: waiting.epoch }
  return signInWith(deps, identityId, proved, waiting.tenantId, device)
}

/** What an authenticator needs to finish a sign-in that waits. @throws AppError link_invalid, passkey_refused */
export async function secondFactorOptions(
  deps: SignInDeps,
  challenge: string,
): Promise<Record<string, unknown>> {
  const waiting = await getWaitingSignIn(deps, challenge)
  const passkeys = await listPasskeys(deps.control, waiting.identityId)
  if (passkeys.length === 0) throw passkeyRefused()
  const { options, challenge: webauthn } = await assertionOptions(deps, passkeys)
  await offerWebauthn(deps, waiting.challengeId, webauthn)
  return options
}

/** What an authenticator needs where it is not known who comes. */
export async function passkeySignInOptions(
  deps: SignInDeps,
): Promise<{ challenge: string; options: Record<string, unknown> }> {
  const { options, challenge } = await assertionOptions(deps, [])
  return { challenge: await issuePasskeySignIn(deps, challenge), options }
}

/** @throws AppError link_invalid, passkey_refused, invalid_credentials, workspace_suspended */
export async function signInWithPasskey(
  deps: SignInDeps,
  body: { challenge: string; passkey: Record<string, unknown>; tenantId?: string | undefined },
  device: Device,
): Promise<SignedIn> {
  const webauthn = await spendPasskeySignIn(deps, body.challenge)
  const { id } = body.passkey
  const named = typeof id === 'string' ? await findPasskeyByCredential(deps.control, id.slice(0, 1400)) : null
  // Before the passkey is looked at: one that is taken off meanwhile opens nothing.
  const person = named && (await getIdentity(deps.control, named.identity_id))
  const passkey = await checkAssertion(deps, body.passkey, null, webauthn).catch(async (error: unknown) => {
    if (named) return refused(deps, error, named.identity_id, device)
    throw error
  })
  if (!person || person.id !== passkey.identity_id) throw passkeyRefused()
  const proved = { all: 'passkey', epoch: person.sign_in_epoch }
  return signInWith(deps, passkey.identity_id, proved, body.tenantId, device)
}

/** Keeps that somebody tried, for the person to see. */
async function refused(deps: SignInDeps, error: unknown, identityId: string, device: Device): Promise<never> {
  if (error instanceof AppError && REFUSALS.has(error.code)) {
    await recordPersonEvent(deps, 'session.refused', identityId, null, device, { code: error.code })
  }
  throw error
}
