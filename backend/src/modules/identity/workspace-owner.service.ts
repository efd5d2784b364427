/**
 * A workspace that an operator makes for somebody. Who is known finds it among their workspaces; who is not becomes a
 * person by the link that goes to their address, where they choose a password. The workspace itself is made when its
 * owner enters it first, as with everybody who registers.
 */
import { randomBytes } from 'node:crypto'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'
import { queueMail } from '../mail/mail.service.ts'
import { findIdentityByEmail, insertIdentity, insertPendingMembership } from './identity.queries.ts'
import type { WorkspaceSetup } from './identity.queries.ts'
import { hashPassword } from './passwords.ts'

export interface NewWorkspace {
  tenantId: string
  name: string
  ownerEmail: string
  setup: WorkspaceSetup
}

/** In the caller's transaction. @returns the id of the owner's membership */
export async function appointOwner(
  deps: { control: ControlPlane; bcryptRounds: number },
  queries: ControlQueries,
  workspace: NewWorkspace,
  now: Date,
): Promise<string> {
  const { ownerEmail: email, setup, name } = workspace
  const known = await findIdentityByEmail(deps.control, email)
  const identityId = known?.id ?? newId()
  if (!known) {
    const identity = {
      id: identityId,
      email,
      name: email.slice(0, email.indexOf('@')).slice(0, 120),
      locale: setup.locale,
      // Nobody has this password: the link of the mail leads to one.
      password_hash: await hashPassword(randomBytes(32).toString('base64url'), deps.bcryptRounds),
    }
    await insertIdentity(queries, identity, now)
  }
  const userId = newId()
  const membership = { tenant_id: workspace.tenantId, user_id: userId, tenant_name: name, setup }
  await insertPendingMembership(queries, identityId, membership, now)
  await queueMail(
    queries,
    {
      kind: known ? 'workspace_added' : 'workspace_ready',
      to: email,
      locale: known?.locale ?? setup.locale,
      identityId,
      params: { workspace: name, name: known?.name ?? '' },
    },
    now,
  )
  return userId
}
