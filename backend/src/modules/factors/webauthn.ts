/**
 * Making and checking passkeys. Every one verifies its user (PIN, fingerprint, face), so that it is two factors in one.
 * Whatever is wrong with an answer, the refusal is the same.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { AppError } from '../../platform/errors.ts'
import type { ControlQueries } from '../../platform/control.ts'
import type { Clock } from '../../platform/clock.ts'
import { countUse, findPasskeyByCredential, type PasskeyRow } from './passkeys.queries.ts'
import {
  Assertion,
  knownTransports,
  Registration,
  userHandleOf,
  type RelyingParty,
} from './webauthn.rules.ts'

export interface WebauthnDeps {
  control: ControlQueries
  clock: Clock
  relyingParty: RelyingParty
}

type Json = Record<string, unknown>
/** COSE names of EdDSA, ES256 and RS256. */
const ALGORITHMS = [-8, -7, -257]
const TIMEOUT_MS = 5 * 60_000

/** What navigator.credentials.create needs. @returns its JSON, and the challenge in it */
export async function registrationOptions(
  { relyingParty }: Pick<WebauthnDeps, 'relyingParty'>,
  person: { id: string; email: string; name: string },
  known: readonly PasskeyRow[],
): Promise<{ options: Json; challenge: string }> {
  const options = await generateRegistrationOptions({
    rpID: relyingParty.id,
    rpName: relyingParty.name,
    userID: userHandleOf(person.id),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    timeout: TIMEOUT_MS,
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    excludeCredentials: known.map(credentialOf),
  })
  return { options: { ...options }, challenge: options.challenge }
}

/** What navigator.credentials.get needs. @param known passkeys of the person; none where it is not known who comes */
export async function assertionOptions(
  { relyingParty }: Pick<WebauthnDeps, 'relyingParty'>,
  known: readonly PasskeyRow[],
): Promise<{ options: Json; challenge: string }> {
  const options = await generateAuthenticationOptions({
    rpID: relyingParty.id,
    userVerification: 'required',
    timeout: TIMEOUT_MS,
    ...(known.length === 0 ? {} : { allowCredentials: known.map(credentialOf) }),
  })
  return { options: { ...options }, challenge: options.challenge }
}

function credentialOf({ credential_id: id, transports }: PasskeyRow): { id: string; transports: string[] } {
  return { id, transports }
}

/** @throws AppError passkey_refused */
export async function readRegistration(
  { relyingParty }: Pick<WebauthnDeps, 'relyingParty'>,
  answer: Json,
  challenge: string,
): Promise<Pick<PasskeyRow, 'credential_id' | 'public_key' | 'counter' | 'transports' | 'synced'>> {
  const parsed = Registration.safeParse(answer)
  if (!parsed.success) throw passkeyRefused()
  const result = await verifyRegistrationResponse({
    response: parsed.data as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: relyingParty.origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(refuse)
  if (!result.verified) throw passkeyRefused()
  const { credential, credentialBackedUp } = result.registrationInfo
  return {
    credential_id: credential.id,
    public_key: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: knownTransports(parsed.data.response.transports),
    synced: credentialBackedUp,
  }
}

/**
 * Checks the answer of an authenticator and counts it.
 * @param owner whose passkey it must be; null where the passkey says who comes
 * @param challenge what was to be signed; null where nothing was offered
 * @throws AppError passkey_refused
 */
export async function checkAssertion(
  deps: WebauthnDeps,
  answer: Json,
  owner: string | null,
  challenge: string | null,
): Promise<PasskeyRow> {
  const parsed = Assertion.safeParse(answer)
  if (!parsed.success || challenge === null) throw passkeyRefused()
  const passkey = await findPasskeyByCredential(deps.control, parsed.data.id)
  if (!passkey || (owner !== null && passkey.identity_id !== owner)) throw passkeyRefused()
  if (!isOf(passkey, parsed.data)) throw passkeyRefused()
  const result = await verifyAuthenticationResponse({
    response: parsed.data as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: deps.relyingParty.origin,
    expectedRPID: deps.relyingParty.id,
    requireUserVerification: true,
    credential: {
      id: passkey.credential_id,
      publicKey: new Uint8Array(Buffer.from(passkey.public_key, 'base64url')),
      counter: passkey.counter,
    },
  }).catch(refuse)
  if (!result.verified) throw passkeyRefused()
  const { newCounter, credentialBackedUp } = result.authenticationInfo
  if (!(await countUse(deps.control, passkey.id, newCounter, credentialBackedUp, deps.clock.now()))) {
    throw passkeyRefused()
  }
  return passkey
}

/** An authenticator that says whose key it is must say the same as we do. */
function isOf(passkey: PasskeyRow, { response }: Assertion): boolean {
  const handle = response.userHandle ?? null
  return (
    handle === null || Buffer.from(userHandleOf(passkey.identity_id)).equals(Buffer.from(handle, 'base64url'))
  )
}

function refuse(): never {
  throw passkeyRefused()
}

export function passkeyRefused(): AppError {
  return new AppError('passkey_refused', {
    detail: 'This passkey was not accepted: try again, or use another',
  })
}
