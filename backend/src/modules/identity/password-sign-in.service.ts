/**
 * Signing in with e-mail and password. Whether or not there is such a person, the same is done: the same look-ups, one
 * bcrypt computation, and for a refusal one row and one job; the job finds out whether there is somebody to tell.
 */
import type { LoginBody } from '@chronos/contracts/auth'
import { countSignIn } from '../../platform/measures.ts'
import { deviceSubjectOf, knownBrowser } from './device-cookie.ts'
import * as queries from './devices.queries.ts'
import { findIdentityByEmail } from './identity.queries.ts'
import {
  invalidCredentials,
  signInWith,
  type Device,
  type IdentityDeps,
  type SignedIn,
} from './identity.service.ts'
import { verifyPassword } from './passwords.ts'
import { recordPersonEvent } from './person-events.ts'
import type { PersonDeps } from './person.service.ts'
import { beginAttempt } from './sign-in-guard.ts'
import { fingerprintOf } from './sign-in-note.service.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * @param cookie by which the browser may be known of the person
 * @throws AppError invalid_credentials, the same whether the e-mail, the password or the workspace is wrong;
 *   too_many_requests, second_factor_required with its challenge, workspace_suspended
 */
export async function login(
  deps: IdentityDeps & { limitGuesses: boolean },
  body: LoginBody,
  device: Device,
  cookie: string | undefined,
): Promise<SignedIn> {
  const identity = await findIdentityByEmail(deps.control, body.email)
  const hashes = deps.tokens.deviceHashes(identity?.id ?? NOBODY, fingerprintOf(device))
  const [seen = null] = await queries.findKnownDevices(deps.control, identity?.id ?? NOBODY, hashes)
  const known = knownBrowser(deps.tokens, deviceSubjectOf(identity), cookie) ?? seen
  const who = { email: body.email, ip: device.ip, known }
  const attempt = deps.limitGuesses ? await beginAttempt(deps.store, who) : null
  const fits = await verifyPassword(body.password, identity?.password_hash ?? null, deps.bcryptRounds)
  if (!identity || !fits) {
    const { ip, userAgent, requestId } = device
    const refusal = { identity_id: identity?.id ?? null, ip, request_id: requestId }
    await queries.insertRefusal(
      deps.control,
      { ...refusal, user_agent: userAgent?.slice(0, 300) ?? null },
      deps.clock.now(),
    )
    countSignIn('refused')
    throw invalidCredentials()
  }
  countSignIn('accepted')
  await attempt?.succeeded()
  return signInWith(
    deps,
    identity.id,
    { first: 'password', epoch: identity.sign_in_epoch },
    body.tenantId,
    device,
  )
}

/** Tells a person of a refused sign-in, where it was one's. */
export async function tellRefusal(deps: PersonDeps, id: string): Promise<void> {
  const refusal = await queries.findRefusal(deps.control, id)
  if (!refusal) return
  if (refusal.identity_id !== null) {
    const { ip, user_agent: userAgent, request_id: requestId } = refusal
    await recordPersonEvent(deps, 'session.refused', refusal.identity_id, null, { ip, userAgent, requestId })
  }
  await queries.deleteRefusal(deps.control, id)
}
