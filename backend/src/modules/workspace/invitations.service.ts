/**
 * Invitations, as who manages members sees them. The answer is the same whether or not somebody is known here; the link
 * goes by mail alone, holds for 72 hours, and the newest one alone is good.
 */
import type { Invitation, InvitationCreate } from '@chronos/contracts/members'
import type { DataKeys } from '../../platform/data-keys.ts'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import type { SessionDeps } from '../identity/sessions.service.ts'
import { queueMail, voidLinks } from '../mail/mail.service.ts'
import { assertRoom } from '../plans/plans.service.ts'
import * as queries from './invitations.queries.ts'
import { assertReaches, assertRestrictable } from './members.rules.ts'
import { assertAccounts } from './members.service.ts'

export interface InvitationDeps extends SessionDeps {
  dataKeys: DataKeys
}

export const INVITATION_MS = 72 * 3_600_000

/** @throws AppError forbidden, already_member, plan_limit, invalid_request, unknown_reference */
export async function createInvitation(
  deps: InvitationDeps,
  tenant: Tenant,
  caller: Caller,
  input: InvitationCreate,
): Promise<Invitation> {
  assertReaches(caller.role, input.role)
  const hidden = [...new Set(input.hiddenAccountIds.map((id) => id.toLowerCase()))]
  assertRestrictable(input.role, hidden)
  const id = newId()
  const key = await deps.dataKeys.of(id)
  const invitation = await tenant.command(async (tx) => {
    await assertAccounts(tx, hidden)
    if (await queries.isMember(tx, input.email))
      throw new AppError('already_member', { detail: 'This person is a member already' })
    await assertRoom(deps, tx, 'members')
    const at = deps.clock.now()
    const put = await queries.putInvitation(
      tx,
      {
        id,
        email: input.email,
        emailSealed: key.seal(input.email, 'app.invitations.email_sealed'),
        role: input.role,
        hiddenAccounts: hidden,
        invitedBy: caller.userId,
        expiresAt: new Date(at.getTime() + INVITATION_MS),
      },
      at,
    )
    tx.changed('members', 'audit')
    return queries.invitationOf(await waiting(tx, put))
  })
  await mail(deps, tenant, invitation.id)
  return invitation
}

/** @throws AppError not_found */
export async function resendInvitation(
  deps: InvitationDeps,
  tenant: Tenant,
  id: string,
): Promise<Invitation> {
  const invitation = await tenant.command(async (tx) => {
    const { id: known } = await waiting(tx, id)
    const at = deps.clock.now()
    await queries.prolong(tx, known, new Date(at.getTime() + INVITATION_MS), at)
    tx.changed('members', 'audit')
    return queries.invitationOf(await waiting(tx, known))
  })
  await voidLinks(deps.control, 'invitation', { tenantId: tenant.id, subjectId: invitation.id })
  await mail(deps, tenant, invitation.id)
  return invitation
}

/** @throws AppError not_found */
export async function revokeInvitation(deps: InvitationDeps, tenant: Tenant, id: string): Promise<void> {
  const known = await tenant.command(async (tx) => {
    const row = await waiting(tx, id)
    await queries.settle(tx, row.id, { status: 'revoked', by: null }, deps.clock.now())
    tx.changed('members', 'audit')
    return row.id
  })
  await voidLinks(deps.control, 'invitation', { tenantId: tenant.id, subjectId: known })
}

async function mail(deps: InvitationDeps, tenant: Tenant, id: string): Promise<void> {
  const row = await queries.findInvitation(tenant, id)
  invariant(row, 'an invitation that was just written is there')
  await queueMail(
    deps.control,
    {
      kind: 'invitation',
      to: row.email,
      locale: row.workspace_locale,
      tenantId: tenant.id,
      subjectId: id,
      params: { inviter: row.inviter ?? row.workspace_name, workspace: row.workspace_name },
    },
    deps.clock.now(),
  )
}

async function waiting(tx: TenantQueries, id: string): Promise<queries.InvitationRow> {
  const row = await queries.lockInvitation(tx, id.toLowerCase())
  if (row?.status !== 'waiting') throw notFound('Invitation')
  return row
}
