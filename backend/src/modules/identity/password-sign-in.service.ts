/**
 * Signing in with e-mail and password. Whether or not there is such a person, the same is done: the same look-ups, one
 * bcrypt computation, and for a refusal one row and one job; the job finds out whether there is somebody to tell.
 */
import type { LoginBody } from '@chronos/contracts/auth'
import { AppError } from '../../platform/errors.ts'
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
import { beginAttempt, digestOf } from './sign-in-guard.ts'
import { fingerprintOf } from './sign-in-note.service.ts'

const ONCE_AN_HOUR = { limit: 1, windowSeconds: 3600 }
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
  const attempt = deps.limitGuesses
    ? await beginAttempt(deps.store, who).catch((error: unknown) =>
        refusedByLimit(deps, error, identity?.id ?? null, who, device),
      )
    : null
  const fits = await verifyPassword(body.password, identity?.password_hash ?? null, deps.bcryptRounds)
  if (!identity || !fits) {
    await noteRefusal(deps, identity?.id ?? null, device, null)
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

/**
 * Tries that a limit refuses are noted once an hour for each e-mail, with the address of the first: a flood fills no
 * table, and its person and workspace still see that there was one.
 */
async function refusedByLimit(
  deps: IdentityDeps,
  error: unknown,
  identityId: string | null,
  { email }: { email: string },
  device: Device,
): Promise<never> {
  if (error instanceof AppError && error.code === 'too_many_requests') {
    countSignIn('refused')
    const { allowed } = await deps.store.consume(`limited:${digestOf(email)}`, ONCE_AN_HOUR)
    if (allowed) await noteRefusal(deps, identityId, device, error.code)
  }
  throw error
}

/** Alike for a person and for nobody: a row, and the job that finds out. */
function noteRefusal(
  { control, clock }: IdentityDeps,
  identityId: string | null,
  { ip, userAgent, requestId }: Device,
  code: string | null,
): Promise<void> {
  const refusal = { identity_id: identityId, ip, request_id: requestId, code }
  return queries.insertRefusal(
    control,
    { ...refusal, user_agent: userAgent?.slice(0, 300) ?? null },
    clock.now(),
  )
}

/** Tells a person of a refused sign-in, where it was one's. */
export async function tellRefusal(deps: PersonDeps, id: string): Promise<void> {
  const refusal = await queries.findRefusal(deps.control, id)
  if (!refusal) return
  if (refusal.identity_id !== null) {
    const { ip, user_agent: userAgent, request_id: requestId } = refusal
    await recordPersonEvent(
      deps,
      'session.refused',
      refusal.identity_id,
      null,
      { ip, userAgent, requestId },
      refusal.code === null ? undefined : { code: refusal.code },
    )
  }
  await queries.deleteRefusal(deps.control, id)
}
