/**
 * Joining a workspace by an invitation. Its own tables go first, then the person's: cut off in between, following the
 * link again goes on where it stopped. Of two that follow it at once one membership comes, and nobody joins by a link
 * that went to an address which is not theirs.
 */
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { SYSTEM, type TenantQueries } from '../../platform/tenancy.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import {
  getPerson,
  signInElsewhere,
  signInWith,
  type Device,
  type IdentityDeps,
  type IdentityRouteDeps,
  type SignedIn,
} from '../identity/identity.service.ts'
import { closeSession } from '../identity/sessions.service.ts'
import { assertStrongPassword, hashPassword } from '../identity/passwords.service.ts'
import { assertNewPerson, membershipBegun, personBegun, sealedPerson } from '../identity/standing.service.ts'
import { readLink, redeemLink, type LinkRow } from '../mail/mail.service.ts'
import { assertRoom } from '../plans/plans.service.ts'
import * as queries from './invitations.queries.ts'
import { knownAccounts, setRestrictions } from './members.queries.ts'

/** What a link invites to. @throws AppError link_invalid */
export async function readInvitation(
  deps: IdentityDeps,
  secret: string,
): Promise<{ link: LinkRow; tenantId: string; invitation: queries.InvitationRow }> {
  const link = await readLink(deps.control, 'invitation', secret, deps.clock.now())
  const { tenant_id: tenantId, subject_id: subjectId } = link
  if (tenantId === null || subjectId === null) throw linkInvalid()
  const tenant = deps.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  const invitation = await queries.findInvitation(tenant, subjectId)
  if (!invitation || invitation.status === 'revoked') throw linkInvalid()
  return { link, tenantId, invitation }
}

/** @throws AppError link_invalid, forbidden where it went to another address, already_member, plan_limit */
export async function acceptInvitation(
  deps: IdentityDeps,
  caller: Caller,
  secret: string,
  device: Device,
): Promise<SignedIn> {
  const { link, tenantId, invitation } = await readInvitation(deps, secret)
  const person = await getPerson(deps, caller.identityId)
  if (person.email !== link.email) {
    throw new AppError('forbidden', {
      detail: 'This invitation went to another address: sign in with that one, or ask for a new invitation',
    })
  }
  const sealed = await sealedPerson(deps.dataKeys, person.id, person)
  const newUser = newId()
  const tenant = deps.tenancy.enter({
    tenantId,
    actor: SYSTEM,
    requestId: device.requestId,
    ip: device.ip,
  })
  const userId = await tenant.command((tx) =>
    join(deps, tx, invitation.id, newUser, {
      identityId: person.id,
      name: person.name,
      email: person.email,
      ...sealed,
      locale: person.locale,
      role: invitation.role,
    }),
  )
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await redeemLink(control, 'invitation', secret, now)
    const member = { identityId: person.id, tenantId, userId, tenantName: invitation.workspace_name }
    await membershipBegun(control, member, now)
  })
  const signedIn = await signInElsewhere(deps, caller, tenantId, device)
  await closeSession(deps, caller.sessionId, 'went to another workspace')
  return signedIn
}

/**
 * Makes a person by an invitation, whose e-mail it has shown to be theirs. Their id is the invitation's, so that
 * following the link again, after it was cut off, goes on with the same person.
 * @throws AppError link_invalid, email_taken, weak_password, plan_limit, registration_closed
 */
export async function registerInvited(
  deps: IdentityRouteDeps,
  body: { token: string; name: string; password: string; locale: string },
  device: Device,
): Promise<SignedIn> {
  if (deps.registration === 'closed')
    throw new AppError('registration_closed', { detail: 'Nobody new can come to this server' })
  const { link, tenantId, invitation } = await readInvitation(deps, body.token)
  await assertNewPerson(deps.control, link.email)
  await assertStrongPassword(deps, body.password, [body.name, link.email, invitation.workspace_name])
  const person = {
    id: invitation.id,
    name: body.name,
    email: link.email,
    locale: body.locale,
    passwordHash: await hashPassword(body.password, deps.bcryptRounds),
  }
  const sealed = await sealedPerson(deps.dataKeys, person.id, person)
  const tenant = deps.tenancy.enter({ tenantId, actor: SYSTEM, requestId: device.requestId, ip: device.ip })
  const newUser = newId()
  const userId = await tenant.command((tx) =>
    join(deps, tx, invitation.id, newUser, {
      identityId: person.id,
      name: person.name,
      email: person.email,
      ...sealed,
      locale: person.locale,
      role: invitation.role,
    }),
  )
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await redeemLink(control, 'invitation', body.token, now)
    await personBegun(control, person, now)
    const member = { identityId: person.id, tenantId, userId, tenantName: invitation.workspace_name }
    await membershipBegun(control, member, now)
  })
  return signInWith(deps, person.id, { all: 'password', epoch: null }, tenantId, device)
}

/** @returns the member's id; that of before where this was done already */
async function join(
  deps: IdentityDeps,
  tx: TenantQueries,
  invitationId: string,
  newUser: string,
  joining: queries.Joining,
): Promise<string> {
  const invitation = await queries.lockInvitation(tx, invitationId)
  const before = await queries.findMembershipOf(tx, joining.identityId)
  if (invitation?.status === 'accepted' && before && invitation.accepted_by === before.id) return before.id
  const now = deps.clock.now()
  if (invitation?.status !== 'waiting' || new Date(invitation.expires_at) <= now) throw linkInvalid()
  if (before?.status === 'active')
    throw new AppError('already_member', { detail: 'You are a member of this workspace already' })
  await assertRoom(deps, tx, 'members')
  const userId = await queries.putMember(
    tx,
    before?.id ?? newUser,
    { ...joining, role: invitation.role },
    now,
  )
  await setRestrictions(tx, userId, await knownAccounts(tx, invitation.hidden_accounts), now)
  await queries.settle(tx, invitation.id, { status: 'accepted', by: userId }, now)
  tx.changed('members', 'audit')
  return userId
}

export function linkInvalid(): AppError {
  return new AppError('link_invalid', {
    detail: 'This link was used, has run out, or was replaced by a newer one: ask for another',
  })
}
