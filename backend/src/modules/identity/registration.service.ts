/**
 * Registering where the server verifies first. Asking makes nothing but a note and a mail, for a new address and a
 * taken one alike; following the link makes the person. The password is chosen then, by whoever reads the mailbox:
 * nobody can put one on somebody else's address and wait.
 */
import type { RegisterBody } from '@chronos/contracts/auth'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { countRegistration } from '../../platform/measures.ts'
import { recordRegistration } from '../consents/consents.service.ts'
import { queueMail, readLink, redeemLink } from '../mail/mail.service.ts'
import * as identities from './identity.queries.ts'
import {
  completeRegistration,
  signInWith,
  type Device,
  type IdentityDeps,
  type SignedIn,
} from './identity.service.ts'
import { assertStrongPassword } from './password-strength.ts'
import { hashPassword } from './passwords.ts'
import { markVerified } from './person.queries.ts'
import * as queries from './registration.queries.ts'

/** @throws AppError weak_password */
export async function askToRegister(deps: IdentityDeps, body: RegisterBody): Promise<void> {
  await assertStrongPassword(deps, body.password, [body.name, body.email, body.workspaceName])
  const now = deps.clock.now()
  const id = newId()
  await deps.control.transaction(async (control) => {
    await queries.insertPending(
      control,
      {
        id,
        email: body.email,
        name: body.name,
        locale: body.locale,
        workspace_name: body.workspaceName,
        setup: { currency: body.currency, locale: body.locale, timezone: body.timezone },
      },
      now,
    )
    const mail = { kind: 'finish_registration', to: body.email, locale: body.locale, subjectId: id } as const
    await queueMail(control, mail, now)
  })
}

/** @throws AppError link_invalid, weak_password, email_taken */
export async function finishRegistration(
  deps: IdentityDeps,
  secret: string,
  password: string,
  device: Device,
): Promise<SignedIn> {
  const link = await readLink(deps.control, 'finish_registration', secret, deps.clock.now())
  const asked = link.subject_id === null ? null : await queries.findPending(deps.control, link.subject_id)
  if (!asked || asked.email !== link.email) {
    throw new AppError('link_invalid', { detail: 'This registration has run out: register again' })
  }
  await assertStrongPassword(deps, password, [asked.name, asked.email, asked.workspace_name])
  const identity: identities.IdentityRow = {
    id: newId(),
    email: asked.email,
    name: asked.name,
    locale: asked.locale,
    password_hash: await hashPassword(password, deps.bcryptRounds),
    email_verified_at: null,
    sign_in_epoch: 0,
  }
  const membership: identities.MembershipRow = {
    tenant_id: newId(),
    user_id: newId(),
    tenant_name: asked.workspace_name,
    state: 'pending',
    setup: asked.setup,
  }
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await redeemLink(control, 'finish_registration', secret, now)
    if (!(await identities.insertIdentity(control, identity, now))) {
      throw new AppError('email_taken', {
        detail: 'Somebody has registered with this e-mail: sign in instead',
      })
    }
    await markVerified(control, identity.id, now)
    await recordRegistration(control, identity.id, now)
    await identities.insertPendingMembership(control, identity.id, membership, now)
    await queries.deletePending(control, asked.email)
  })
  await completeRegistration(deps, identity, membership, device.requestId)
  countRegistration()
  return signInWith(deps, identity.id, { all: 'password', epoch: 0 }, membership.tenant_id, device)
}
