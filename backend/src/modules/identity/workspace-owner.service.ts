/**
 * A workspace that an operator makes for somebody. Who is known finds it among their workspaces; who is not becomes a
 * person by the link that goes to their address, where they choose a password. So does who has registered with the
 * address and never shown that it is theirs: until the link is followed nobody is in, since it may be somebody else. The workspace itself is made when its
 * owner enters it first, as with everybody who registers.
 */
import { randomBytes } from 'node:crypto'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'
import { queueMail } from '../mail/mail.service.ts'
import { findIdentityByEmail, insertIdentity, insertPendingMembership } from './identity.queries.ts'
import type { IdentityRow, WorkspaceSetup } from './identity.queries.ts'
import { lockIdentity, removePassword } from './person.queries.ts'
import { dropUnproven, type FirstProof } from './first-proof.service.ts'
import { hashPassword } from './passwords.ts'

export interface NewWorkspace {
  tenantId: string
  name: string
  ownerEmail: string
  setup: WorkspaceSetup
}

/**
 * In the caller's transaction. @returns what went of an account that nobody had proved to be theirs: for
 * `firstProofKept`, after the commit
 */
export async function appointOwner(
  deps: { control: ControlPlane; bcryptRounds: number },
  queries: ControlQueries,
  workspace: NewWorkspace,
  now: Date,
): Promise<FirstProof | null> {
  const { ownerEmail: email, setup, name } = workspace
  const registered = await findIdentityByEmail(deps.control, email)
  const known = registered && registered.email_verified_at !== null ? registered : null
  const identityId = registered?.id ?? newId()
  const dropped = registered && !known ? await closeUnproven(queries, registered, now) : null
  if (!registered) {
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
  return dropped
}

async function closeUnproven(
  queries: ControlQueries,
  { id }: Pick<IdentityRow, 'id'>,
  now: Date,
): Promise<FirstProof> {
  await lockIdentity(queries, id)
  await removePassword(queries, id, now)
  return dropUnproven(queries, id, now)
}
