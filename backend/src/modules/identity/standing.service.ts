/**
 * What holds for members from their next request on: a change makes sessions and API tokens ask again who they are; a
 * removal ends them, with their event streams.
 */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'
import { recordRegistration } from '../consents/consents.service.ts'
import { endTokensOf, forgetTokensOf } from './api-tokens.service.ts'
import { findIdentityByEmail, insertIdentity } from './identity.queries.ts'
export { sealedPerson } from './personal-copies.ts'
import { closeSession, forgetCallers, type SessionDeps } from './sessions.service.ts'
import * as queries from './standing.queries.ts'

/** After a change of role, of hidden accounts or of a setting that binds everybody. */
export async function standingChanged(deps: SessionDeps, of: queries.Of): Promise<void> {
  await forgetCallers(deps, await queries.listLiveSessions(deps.control, of))
  await forgetTokensOf(
    deps,
    of.userId === undefined ? { tenantId: of.tenantId } : { ...of, userId: of.userId },
  )
}

/** Ends sessions, streams and tokens of somebody who is no member any more, or of everybody, before it returns. */
export async function endStanding(deps: SessionDeps, of: queries.Of, reason: string): Promise<void> {
  for (const id of await queries.listLiveSessions(deps.control, of)) await closeSession(deps, id, reason)
  const owner = of.userId === undefined ? { tenantId: of.tenantId } : { ...of, userId: of.userId }
  await endTokensOf(deps, owner, reason)
}

/** The person's own list of workspaces follows. */
export function membershipEnded(
  control: ControlPlane,
  member: { tenantId: string; userId: string },
): Promise<void> {
  return queries.removeMembership(control, member)
}

/** By following an invitation, which also shows that the e-mail is theirs. */
export async function membershipBegun(
  control: ControlQueries,
  member: { identityId: string; tenantId: string; userId: string; tenantName: string },
  now: Date,
): Promise<void> {
  await queries.putMembership(control, member, now)
  await queries.verifyEmail(control, member.identityId, now)
}

export interface InvitedPerson {
  id: string
  name: string
  email: string
  locale: string
  passwordHash: string
}

/**
 * A person who comes by an invitation, in the transaction that uses its link up.
 * @throws AppError email_taken
 */
export async function personBegun(control: ControlQueries, person: InvitedPerson, now: Date): Promise<void> {
  const { id, name, email, locale, passwordHash } = person
  if (!(await insertIdentity(control, { id, name, email, locale, password_hash: passwordHash }, now)))
    throw emailTaken()
  await recordRegistration(control, id, now)
}

/** @throws AppError email_taken */
export async function assertNewPerson(control: ControlPlane, email: string): Promise<void> {
  if (await findIdentityByEmail(control, email)) throw emailTaken()
}

function emailTaken(): AppError {
  return new AppError('email_taken', {
    detail: 'Somebody has registered with this e-mail: sign in, and follow the link again',
  })
}

/** The switcher and the operators show the name of today. */
export function workspaceRenamed(control: ControlPlane, tenantId: string, name: string): Promise<void> {
  return queries.renameMemberships(control, tenantId, name)
}

/** Until when operators may look in, where they look for it. */
export function supportNoted(control: ControlPlane, tenantId: string, until: Date | null): Promise<void> {
  return queries.noteSupport(control, tenantId, until)
}
