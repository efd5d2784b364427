/** A further workspace of somebody who has one. It is made as with registering: noted first, then made, repeatably. */
import type { WorkspaceCreate } from '@chronos/contracts/workspace'
import { AppError, invariant } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import * as queries from './identity.queries.ts'
import { completeRegistration, type IdentityDeps } from './identity.service.ts'

/** Of one person, those that they are invited to counted. */
const MOST_WORKSPACES = 20

/** @throws AppError registration_closed where the operators make workspaces, plan_limit for a person with very many */
export async function createOwnWorkspace(
  deps: IdentityDeps,
  identityId: string,
  input: WorkspaceCreate,
  requestId: string,
): Promise<{ id: string; name: string }> {
  if (deps.registration !== 'open') {
    throw new AppError('registration_closed', {
      detail: 'On this server new workspaces are made by those who run it: ask them for one',
    })
  }
  const { name, currency, locale, timezone } = input
  const setup = { currency, locale, timezone }
  const membership: queries.MembershipRow = {
    tenant_id: newId(),
    user_id: newId(),
    tenant_name: name,
    state: 'pending',
    setup,
  }
  const identity = await queries.getIdentity(deps.control, identityId)
  invariant(identity, 'somebody who is signed in is a person')
  await deps.control.transaction(async (control) => {
    if ((await queries.countMemberships(control, identityId)) >= MOST_WORKSPACES) {
      throw new AppError('plan_limit', { detail: `A person has at most ${MOST_WORKSPACES} workspaces` })
    }
    await queries.insertPendingMembership(control, identityId, membership, deps.clock.now())
  })
  await completeRegistration(deps, identity, membership, requestId)
  return { id: membership.tenant_id, name }
}
