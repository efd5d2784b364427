/** Who is signed in, as the API tells it. */
import type { Me } from '@chronos/contracts/auth'
import { permissionsOf } from '@chronos/contracts/permissions'
import { AppError } from '../../platform/errors.ts'
import { PROOF_MS } from '../../plugins/access.ts'
import { actorOf, type Caller } from '../../plugins/endpoints.ts'
import * as queries from './identity.queries.ts'
import { choicesOf, tenantOf, userOf, type IdentityDeps } from './identity.service.ts'

export interface Described {
  user: queries.UserRow
  memberships: queries.MembershipRow[]
  session: queries.SessionRow
}

/** @throws AppError unauthenticated where the session is gone */
export async function describe(deps: IdentityDeps, caller: Caller): Promise<Described> {
  const tenant = deps.tenancy.enter({
    tenantId: caller.tenantId,
    actor: actorOf(caller),
    requestId: null,
  })
  const [user, memberships, session] = await Promise.all([
    queries.findUser(tenant, caller.userId),
    queries.listMemberships(deps.control, caller.identityId),
    queries.findSession(deps.control, caller.sessionId),
  ])
  if (!user || !session) {
    throw new AppError('unauthenticated', {
      detail: 'Sign in: send Authorization: Bearer, or the session cookie',
    })
  }
  return { user, memberships, session }
}

export async function describeMe(deps: IdentityDeps, caller: Caller): Promise<Me> {
  const { user, memberships, session } = await describe(deps, caller)
  return {
    user: userOf(user, caller.emailVerified),
    tenant: tenantOf(caller.tenantId, user),
    tenants: choicesOf(memberships),
    permissions: permissionsOf(user.role),
    hiddenAccounts: caller.hiddenAccounts.length > 0,
    secondFactorMissing: caller.secondFactorMissing,
    provedUntil: new Date(caller.provedAt + PROOF_MS).toISOString(),
    csrfToken: deps.tokens.csrfToken(caller.sessionId),
    sessionStartedAt: session.created_at,
  }
}
