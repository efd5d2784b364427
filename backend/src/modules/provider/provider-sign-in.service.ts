/**
 * Signing in with an account of the operator's provider. An account that is connected is its person, by issuer and
 * subject alone. One that is not is connected by e-mail only where the provider has verified that the address is this
 * account's: else anybody could name somebody else's. Where we have not verified that it is this person's, somebody may
 * have registered with an address that is not theirs, to wait for its owner: then this is the first proof of it, and
 * what opened the account before, its password too, opens it no more (first-proof.service.ts).
 */
import type { ProviderAccount } from '../../integrations/openid/provider.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { countRegistration, countSignIn } from '../../platform/measures.ts'
import { findIdentityByEmail, personProvided } from '../identity/provided-person.service.ts'
import { firstProofKept, proveFirst } from '../identity/first-proof.service.ts'
import {
  lockIdentity,
  recordPersonEvent,
  removePassword,
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
  const { identity_id: identityId, sign_in_epoch: epoch } = known ?? {
    identity_id: await admit(deps, account, device, acceptLanguage),
    sign_in_epoch: null,
  }
  countSignIn('accepted')
  const now = deps.clock.now()
  await links.noteUse(deps.control, account, now)
  // What the provider does not say is not taken for a proof of this moment: a dangerous act asks for one.
  const provedAt = new Date(Math.min(account.signedInAt?.getTime() ?? 0, now.getTime()))
  return signInWith(deps, identityId, { first: 'provider', provedAt, epoch }, undefined, device).catch(
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
    if (person?.email !== email) return null
    const first = await proveFirst(control, person, now)
    if (first) await removePassword(control, identityId, now)
    if (!(await links.insertLink(control, identityId, account, now))) {
      // Nothing of the first proof stays where nobody came in by it.
      if (first) throw unlinked()
      return null
    }
    const { locale, name } = person
    const params = { name, provider: deps.providerName }
    await queueMail(control, { kind: 'provider_connected', to: email, locale, identityId, params }, now)
    return { first }
  })
  if (!connected) {
    const code = 'provider_unlinked'
    await recordPersonEvent(deps, 'session.refused', identityId, null, device, { by: 'provider', code })
    countSignIn('refused')
    throw unlinked()
  }
  const { first } = connected
  if (first) await firstProofKept(deps, first, device.requestId)
  const told = first ? { dropped: first.dropped } : {}
  const details = { provider: deps.providerName, by: 'email', ...told }
  await recordPersonEvent(deps, 'provider.connected', identityId, null, device, details)
  if (first) await recordPersonEvent(deps, 'email.verified', identityId, null, device)
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
