/**
 * Signing in with an account of the operator's provider. An account that is connected is its person, by issuer and
 * subject alone. One that is not is connected by e-mail only where both sides have verified it: the provider, that the
 * address is this account's, and we, that it is this person's. Without the first, anybody could name somebody else's
 * address; without the second, somebody could register with an address that is not theirs and wait for its owner to
 * come in by the provider.
 */
import type { ProviderAccount } from '../../integrations/openid/provider.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { countRegistration, countSignIn } from '../../platform/measures.ts'
import { findIdentityByEmail, personProvided } from '../identity/provided-person.service.ts'
import {
  lockIdentity,
  recordPersonEvent,
  signInWith,
  type Device,
  type IdentityDeps,
  type IdentityRow,
  type SignedIn,
} from '../identity/sign-in.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import * as links from './provider-links.queries.ts'
import { emailOf, localeOf, nameOf } from './provider.rules.ts'

export interface ProviderSignInDeps extends IdentityDeps {
  /** What the provider is called here. */
  providerName: string
}

/**
 * @param acceptLanguage of the browser, for who is new and of whom the provider tells no language
 * @throws AppError second_factor_required with its challenge, provider_email_unverified, provider_unlinked,
 *   registration_closed, workspace_suspended
 */
export async function signInWithAccount(
  deps: ProviderSignInDeps,
  account: ProviderAccount,
  device: Device,
  acceptLanguage: string | undefined,
): Promise<SignedIn> {
  const known = await links.findLink(deps.control, account)
  const identityId = known?.identity_id ?? (await admit(deps, account, device, acceptLanguage))
  countSignIn('accepted')
  const now = deps.clock.now()
  await links.noteUse(deps.control, account, now)
  // What the provider does not say is not taken for a proof of this moment: a dangerous act asks for one.
  const provedAt = new Date(Math.min(account.signedInAt?.getTime() ?? 0, now.getTime()))
  return signInWith(deps, identityId, { first: 'provider', provedAt }, undefined, device).catch(
    (error: unknown) => {
      // A person without any workspace, where nobody makes one for themselves.
      throw error instanceof AppError && error.code === 'invalid_credentials' ? closed() : error
    },
  )
}

/** Finds or makes the person of an account that comes for the first time. @returns their id */
async function admit(
  deps: ProviderSignInDeps,
  account: ProviderAccount,
  device: Device,
  acceptLanguage: string | undefined,
): Promise<string> {
  const email = emailOf(account.email)
  if (email === null || !account.emailVerified) {
    throw new AppError('provider_email_unverified', {
      detail: 'The provider does not say that it has verified an e-mail of this account',
    })
  }
  const known = await findIdentityByEmail(deps.control, email)
  if (known) return connectKnown(deps, known, account, device)
  if (deps.registration !== 'open') throw closed()
  const person = {
    id: newId(),
    email,
    name: nameOf(account.name, email),
    locale: localeOf(account.locale, acceptLanguage),
  }
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    // Somebody was faster, with this address or with this account: whoever comes again finds it so.
    const isNew = await personProvided(control, person, now)
    if (!isNew || !(await links.insertLink(control, person.id, account, now))) throw unlinked()
  })
  countRegistration()
  return person.id
}

async function connectKnown(
  deps: ProviderSignInDeps,
  { id: identityId, email }: IdentityRow,
  account: ProviderAccount,
  device: Device,
): Promise<string> {
  const connected = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    const person = await lockIdentity(control, identityId)
    if (person?.email !== email || person.email_verified_at === null) return false
    if (!(await links.insertLink(control, identityId, account, now))) return false
    const { locale, name } = person
    const params = { name, provider: deps.providerName }
    await queueMail(control, { kind: 'provider_connected', to: email, locale, identityId, params }, now)
    return true
  })
  if (!connected) {
    const code = 'provider_unlinked'
    await recordPersonEvent(deps, 'session.refused', identityId, null, device, { by: 'provider', code })
    countSignIn('refused')
    throw unlinked()
  }
  const details = { provider: deps.providerName, by: 'email' }
  await recordPersonEvent(deps, 'provider.connected', identityId, null, device, details)
  return identityId
}

function unlinked(): AppError {
  return new AppError('provider_unlinked', {
    detail: 'There is an account with this e-mail: sign in to it as before, then connect the provider there',
  })
}

function closed(): AppError {
  return new AppError('registration_closed', { detail: 'Nobody can register here without an invitation' })
}
