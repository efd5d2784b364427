/**
 * Challenges: what a proof must answer. One of a sign-in is named by a random token, bound to the person, the
 * workspace that they want and how the first factor was proved; one of a session belongs to that session alone. They
 * live in PostgreSQL and not in the store, since they must work exactly once, whether or not there is Redis.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Problem } from '@chronos/contracts/errors'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import * as queries from './challenges.queries.ts'
import { listMethods } from './factors.queries.ts'

export interface ChallengeDeps {
  control: ControlPlane
  clock: Clock
}

/** How the first factor was proved, as the list of sessions shows it. */
export type FirstFactor = 'password' | 'provider'

export interface WaitingSignIn {
  challengeId: string
  identityId: string
  tenantId: string
  method: string
  /** Of the person when the first factor was proved. */
  epoch: number | null
}

export interface WaitsFor {
  identityId: string
  tenantId: string
  method: FirstFactor
  epoch: number
}

/** How long a challenge may be answered, and how often wrongly. */
export const CHALLENGE_MS = 5 * 60_000
export const CHALLENGE_TRIES = 5

/**
 * What a sign-in answers whose person has a second factor; null where they have none.
 * @returns the token that goes on with it, and by which means
 */
export async function challengeFor(
  { control, clock }: ChallengeDeps,
  who: WaitsFor,
): Promise<NonNullable<Problem['challenge']> | null> {
  const methods = await listMethods(control, who.identityId)
  if (methods.length === 0) return null
  const token = await issue({ control, clock }, { purpose: 'second_factor', ...who })
  return { token, methods }
}

/** @throws AppError second_factor_required with its challenge, where the person has a second factor */
export async function demandSecondFactor(deps: ChallengeDeps, who: WaitsFor): Promise<void> {
  const challenge = await challengeFor(deps, who)
  if (challenge === null) return
  throw new AppError('second_factor_required', {
    detail: 'Go on with POST /auth/second-factor and the challenge of this answer',
    challenge,
  })
}

/** Takes one of the tries of a sign-in that waits. @throws AppError link_invalid: ran out, was used, or has none left */
export async function tryWaitingSignIn(
  { control, clock }: ChallengeDeps,
  token: string,
): Promise<WaitingSignIn> {
  return waitingOf(
    await queries.takeTry(control, 'second_factor', hashOf(token), CHALLENGE_TRIES, clock.now()),
  )
}

/** @throws AppError link_invalid */
export async function getWaitingSignIn(
  { control, clock }: ChallengeDeps,
  token: string,
): Promise<WaitingSignIn> {
  return waitingOf(
    await queries.findChallenge(control, 'second_factor', hashOf(token), CHALLENGE_TRIES, clock.now()),
  )
}

/** Closes a challenge that was answered. @throws AppError link_invalid where another answer was faster */
export async function closeChallenge({ control, clock }: ChallengeDeps, id: string): Promise<void> {
  if (!(await queries.spendChallenge(control, id, clock.now()))) throw challengeInvalid()
}

/** A challenge for whoever comes with a passkey. @returns its token */
export function issuePasskeySignIn(deps: ChallengeDeps, webauthn: string): Promise<string> {
  return issue(deps, { purpose: 'passkey_sign_in', webauthn })
}

/** What the authenticator was to sign, once. @throws AppError link_invalid */
export async function spendPasskeySignIn({ control, clock }: ChallengeDeps, token: string): Promise<string> {
  const row = await queries.takeTry(control, 'passkey_sign_in', hashOf(token), 1, clock.now())
  const webauthn = row && (await queries.takeWebauthn(control, row.id))
  if (!row || webauthn === null) throw challengeInvalid()
  await queries.spendChallenge(control, row.id, clock.now())
  return webauthn
}

export function offerWebauthn(
  { control }: ChallengeDeps,
  challengeId: string,
  webauthn: string,
): Promise<void> {
  return queries.setWebauthn(control, challengeId, webauthn)
}

/** What the authenticator was to sign, once; null where nothing was offered or it was taken. */
export function takeWebauthn({ control }: ChallengeDeps, challengeId: string): Promise<string | null> {
  return queries.takeWebauthn(control, challengeId)
}

/** Binds what an authenticator is to sign to a session; what was offered before is void. */
export async function offerSessionWebauthn(
  { control, clock }: ChallengeDeps,
  purpose: 'passkey_registration' | 'step_up',
  caller: { sessionId: string; identityId: string },
  webauthn: string,
): Promise<void> {
  const now = clock.now()
  await control.transaction(async (tx) => {
    await queries.deleteSessionChallenges(tx, purpose, caller.sessionId)
    await queries.insertChallenge(
      tx,
      {
        id: newId(),
        purpose,
        tokenHash: null,
        sessionId: caller.sessionId,
        identityId: caller.identityId,
        tenantId: null,
        method: null,
        webauthn,
        epoch: null,
      },
      now,
      new Date(now.getTime() + CHALLENGE_MS),
    )
  })
}

export function takeSessionWebauthn(
  { control, clock }: ChallengeDeps,
  purpose: 'passkey_registration' | 'step_up',
  sessionId: string,
): Promise<string | null> {
  return queries.takeSessionWebauthn(control, purpose, sessionId, clock.now())
}

async function issue(
  { control, clock }: ChallengeDeps,
  challenge: {
    purpose: queries.ChallengePurpose
    identityId?: string
    tenantId?: string
    method?: FirstFactor
    epoch?: number
    webauthn?: string
  },
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const now = clock.now()
  await queries.insertChallenge(
    control,
    {
      id: newId(),
      purpose: challenge.purpose,
      tokenHash: hashOf(token),
      sessionId: null,
      identityId: challenge.identityId ?? null,
      tenantId: challenge.tenantId ?? null,
      method: challenge.method ?? null,
      webauthn: challenge.webauthn ?? null,
      epoch: challenge.epoch ?? null,
    },
    now,
    new Date(now.getTime() + CHALLENGE_MS),
  )
  return token
}

function waitingOf(row: queries.ChallengeRow | null): WaitingSignIn {
  if (!row || row.identity_id === null || row.tenant_id === null || row.method === null)
    throw challengeInvalid()
  const { id: challengeId, identity_id: identityId, tenant_id: tenantId, method, sign_in_epoch: epoch } = row
  return { challengeId, identityId, tenantId, method, epoch }
}

export function challengeInvalid(): AppError {
  return new AppError('link_invalid', {
    detail: 'This challenge was used, has run out, or was answered wrongly too often: sign in again',
  })
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
