/**
 * Who somebody is in a workspace, asked before anything else of the workspace is: the membership is active, its role is
 * the current one, and the workspace is not suspended. Sessions and API tokens keep the answer for a minute; whoever
 * changes something of it makes them forget it (forgetCallers, forgetTokens).
 */
import { AppError } from '../../platform/errors.ts'
import { SYSTEM, type PersonActor, type Tenancy } from '../../platform/tenancy.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { hasSecondFactor } from '../factors/factors.service.ts'
import { findUser } from './identity.queries.ts'
import { findStanding, listLastUses } from './membership.queries.ts'

export interface MembershipDeps {
  control: ControlPlane
  tenancy: Tenancy
}

export type Standing = Pick<
  Caller,
  | 'identityId'
  | 'tenantId'
  | 'userId'
  | 'role'
  | 'emailVerified'
  | 'secondFactorMissing'
  | 'hiddenAccounts'
  | 'readOnly'
>

/** @throws AppError session_ended for a membership that is no longer active; workspace_suspended */
export async function getStanding(
  { control, tenancy }: MembershipDeps,
  who: { identityId: string; tenantId: string; userId: string },
): Promise<Standing> {
  const { identityId, tenantId, userId } = who
  const [user, known] = await Promise.all([
    findUser(tenancy.enter({ tenantId, actor: SYSTEM, requestId: null }), userId),
    findStanding(control, identityId, tenantId),
  ])
  if (user?.status !== 'active' || !known) {
    throw new AppError('session_ended', { detail: 'The session has ended; sign in again' })
  }
  if (user.tenant_status !== 'active' || known.tenant_status === 'suspended') throw workspaceSuspended()
  return {
    identityId,
    tenantId,
    userId,
    role: user.role,
    emailVerified: known.email_verified_at !== null,
    secondFactorMissing: user.second_factor_required && !(await hasSecondFactor(control, identityId)),
    hiddenAccounts: user.hidden_accounts,
    readOnly: user.is_leaving,
  }
}

/** When members of a workspace last came, by their ids. */
export async function lastSeen(
  control: ControlPlane,
  tenantId: string,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await listLastUses(control, tenantId)
  return new Map(rows.map((row) => [row.user_id, row.last_used_at]))
}

/** Somebody of a workspace who acts without a session: a chat of theirs, or a job that goes on in their name. */
export async function actorFor(
  tenancy: Tenancy,
  type: PersonActor['type'],
  who: { tenantId: string; userId: string },
): Promise<PersonActor> {
  const user = await findUser(
    tenancy.enter({ tenantId: who.tenantId, actor: SYSTEM, requestId: null }),
    who.userId,
  )
  return { type, userId: who.userId, hiddenAccounts: user?.hidden_accounts ?? [] }
}

export function workspaceSuspended(): AppError {
  return new AppError('workspace_suspended', {
    detail: 'This workspace is suspended: nothing of it is lost, and who runs this server can let it go on',
  })
}
