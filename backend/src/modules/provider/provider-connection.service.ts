/**
 * Connecting an account of the provider with who is signed in, taking it off, and proving by it that it is still them.
 * Both ends of a trip to the provider belong to one session: that which left, alive when the browser comes back with it.
 */
import type { OpenIdProvider, ProviderAccount } from '../../integrations/openid/provider.ts'
import type { ControlQueries } from '../../platform/control.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { hasSecondFactor } from '../factors/factors.service.ts'
import { hasOtherWayIn } from '../factors/ways-in.service.ts'
import {
  endSessionsOf,
  forgetCallers,
  forgetEnded,
  getCaller,
  lockIdentity,
  markProved,
  recordPersonEvent,
  type Device,
  type IdentityRow,
  type SessionDeps,
} from '../identity/sign-in.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import * as links from './provider-links.queries.ts'

export interface ConnectionDeps extends SessionDeps {
  provider: OpenIdProvider
}

/** Before leaving. @throws AppError already_enrolled */
export async function assertConnectable(deps: ConnectionDeps, caller: Caller): Promise<void> {
  if (await links.findLinkOf(deps.control, caller.identityId, deps.provider.issuer)) throw alreadyConnected()
}

/** @throws AppError session_ended, email_unverified, already_enrolled, provider_taken */
export async function connectAccount(
  deps: ConnectionDeps,
  sessionId: string,
  account: ProviderAccount,
  device: Device,
): Promise<void> {
  const caller = await getCaller(deps, sessionId)
  if (!caller.emailVerified)
    throw new AppError('email_unverified', { detail: 'Verify your e-mail first, then connect the provider' })
  await changed(deps, caller, device, 'connected', async (control, now) => {
    if (await links.insertLink(control, caller.identityId, account, now)) return
    const owner = await links.findLink(control, account)
    if (owner?.identity_id !== caller.identityId && owner !== null) {
      throw new AppError('provider_taken', { detail: 'Somebody else here signs in with this account' })
    }
    throw alreadyConnected()
  })
}

/** @throws AppError not_found; in_use where it is the only way in */
export function disconnectAccount(deps: ConnectionDeps, caller: Caller, device: Device): Promise<void> {
  return changed(deps, caller, device, 'disconnected', async (control, _now, person) => {
    if (!(await links.deleteLink(control, caller.identityId, deps.provider.issuer)))
      throw notFound('Connection')
    if (!(await hasOtherWayIn(control, person))) {
      throw new AppError('in_use', { detail: 'The provider is your only way in: set a password first' })
    }
  })
}

/** Before leaving. @throws AppError not_ready for who is not connected, or has a second factor to prove instead */
export async function assertProvable(
  deps: ConnectionDeps,
  { identityId }: Pick<Caller, 'identityId'>,
): Promise<void> {
  if (await hasSecondFactor(deps.control, identityId))
    throw new AppError('not_ready', {
      detail: 'You have a second factor: prove that with POST /auth/step-up',
    })
  if (!(await links.findLinkOf(deps.control, identityId, deps.provider.issuer)))
    throw new AppError('not_ready', { detail: 'You do not sign in with the provider' })
}

/** @throws AppError session_ended, not_ready, provider_refused for another account than the person's */
export async function proveByAccount(
  deps: ConnectionDeps,
  sessionId: string,
  account: ProviderAccount,
  device: Device,
): Promise<void> {
  const caller = await getCaller(deps, sessionId)
  await assertProvable(deps, caller)
  const owner = await links.findLink(deps.control, account)
  if (owner?.identity_id !== caller.identityId) {
    const details = { by: 'provider', code: 'provider_refused' }
    await recordPersonEvent(deps, 'session.refused', caller.identityId, caller, device, details)
    throw new AppError('provider_refused', { detail: 'This is not the account that you are connected with' })
  }
  await markProved(deps.control, sessionId, deps.clock.now())
  await forgetCallers(deps, [sessionId])
  await recordPersonEvent(deps, 'session.proved', caller.identityId, caller, device, { by: 'provider' })
}

/**
 * Changes the connection while the person's row is held; every other session of theirs ends with it, since one that
 * somebody else opened must not outlive the change, and a mail tells the person.
 */
async function changed(
  deps: ConnectionDeps,
  caller: Caller,
  device: Device,
  what: 'connected' | 'disconnected',
  change: (control: ControlQueries, now: Date, person: IdentityRow) => Promise<void>,
): Promise<void> {
  const { identityId, sessionId } = caller
  const { name: provider } = deps.provider
  const ended = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    const person = await lockIdentity(control, identityId)
    if (!person) throw new AppError('session_ended')
    await change(control, now, person)
    const { email: to, locale, name } = person
    await queueMail(
      control,
      { kind: `provider_${what}`, to, locale, identityId, params: { name, provider } },
      now,
    )
    return endSessionsOf(control, identityId, sessionId, `provider ${what}`, now)
  })
  await forgetEnded(deps, ended)
  await recordPersonEvent(deps, `provider.${what}`, identityId, caller, device, { provider })
}

function alreadyConnected(): AppError {
  return new AppError('already_enrolled', { detail: 'You are connected with an account of the provider' })
}
