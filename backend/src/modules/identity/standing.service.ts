/**
 * What holds for members from their next request on: a change makes sessions and API tokens ask again who they are; a
 * removal ends them, with their event streams.
 */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { endTokensOf, forgetTokensOf } from './api-tokens.service.ts'
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

/** The switcher and the operators show the name of today. */
export function workspaceRenamed(control: ControlPlane, tenantId: string, name: string): Promise<void> {
  return queries.renameMemberships(control, tenantId, name)
}

/** Until when operators may look in, where they look for it. */
export function supportNoted(control: ControlPlane, tenantId: string, until: Date | null): Promise<void> {
  return queries.noteSupport(control, tenantId, until)
}
