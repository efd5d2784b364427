/**
 * Members of a workspace. A change holds from their next request on; who is taken out loses sessions, tokens, streams
 * and chats at once, and what they wrote stays. There is always an owner, whoever acts at the same time.
 */
import type { Member, MemberUpdate } from '@chronos/contracts/members'
import { allows, RESTRICTABLE_ROLES } from '@chronos/contracts/permissions'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { withSecondFactor } from '../factors/factors.service.ts'
import { lastSeen } from '../identity/membership.service.ts'
import type { SessionDeps } from '../identity/sessions.service.ts'
import { endStanding, membershipEnded, standingChanged } from '../identity/standing.service.ts'
import { endChatsOf } from '../whatsapp/whatsapp.service.ts'
import * as queries from './members.queries.ts'
import { assertOwnerRemains, assertReaches, assertRestrictable } from './members.rules.ts'

/** As the API shows them: what is kept from whom, and who has a second factor, to those who manage members. */
export async function describeMembers(
  deps: Pick<SessionDeps, 'control'>,
  caller: Caller,
  rows: readonly queries.MemberRow[],
): Promise<Member[]> {
  const manages = allows(caller.role, 'members.manage')
  const [secured, seen] = await Promise.all([
    manages
      ? withSecondFactor(
          deps.control,
          rows.map((row) => row.identity_id),
        )
      : null,
    lastSeen(deps.control, caller.tenantId),
  ])
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    hiddenAccountIds: manages ? row.hidden_accounts : [],
    secondFactor: secured ? secured.has(row.identity_id) : null,
    isYou: row.id === caller.userId,
    joinedAt: row.created_at,
    lastSeenAt: seen.get(row.id) ?? null,
    version: row.version,
  }))
}

/** @throws AppError not_found, precondition_failed, forbidden, last_owner, invalid_request, unknown_reference */
export async function updateMember(
  deps: SessionDeps,
  tenant: Tenant,
  caller: Caller,
  id: string,
  patch: MemberUpdate,
  expectedVersion: number | null,
): Promise<Member> {
  const row = await tenant.command(async (tx) => {
    const owners = await queries.lockMembers(tx, id)
    const before = await getMember(tx, id, expectedVersion)
    const role = patch.role ?? before.role
    assertReaches(caller.role, before.role, role)
    if (before.role === 'owner' && role !== 'owner') assertOwnerRemains(owners, before.id)
    const kept = RESTRICTABLE_ROLES.includes(role) ? before.hidden_accounts : []
    const hidden = patch.hiddenAccountIds ? [...new Set(patch.hiddenAccountIds.map(lower))] : kept
    assertRestrictable(role, hidden)
    await assertAccounts(tx, hidden)
    const at = deps.clock.now()
    await queries.setRole(tx, before.id, role, at)
    if (hidden.join() !== before.hidden_accounts.join())
      await queries.setRestrictions(tx, before.id, hidden, at)
    tx.changed('members', 'audit')
    return found(tx, before.id)
  })
  await standingChanged(deps, { tenantId: tenant.id, userId: row.id })
  const [member] = await describeMembers(deps, caller, [row])
  invariant(member, 'a member who was just changed is there')
  return member
}

/** @throws AppError not_found, precondition_failed, forbidden, last_owner */
export async function removeMember(
  deps: SessionDeps,
  tenant: Tenant,
  caller: Caller,
  id: string,
  expectedVersion: number | null,
): Promise<void> {
  const userId = lower(id)
  await tenant.command(async (tx) => {
    const owners = await queries.lockMembers(tx, userId)
    const before = await getMember(tx, userId, expectedVersion)
    if (userId !== caller.userId) assertReaches(caller.role, before.role)
    if (before.role === 'owner') assertOwnerRemains(owners, userId)
    const at = deps.clock.now()
    await queries.setRestrictions(tx, userId, [], at)
    await queries.setRemoved(tx, userId, at)
    tx.changed('members', 'audit')
  })
  const member = { tenantId: tenant.id, userId }
  await membershipEnded(deps.control, member)
  await endStanding(deps, member, 'no member any more')
  await endChatsOf(deps, tenant, userId)
}

/** @throws AppError unknown_reference, forbidden where the caller is no owner any more */
export async function transferOwnership(
  deps: SessionDeps,
  tenant: Tenant,
  caller: Caller,
  memberId: string,
): Promise<Member> {
  const to = lower(memberId)
  const row = await tenant.command(async (tx) => {
    const owners = await queries.lockMembers(tx, to, caller.userId)
    if (!owners.includes(caller.userId))
      throw new AppError('forbidden', { detail: 'You are no owner any more' })
    const heir = await queries.findMember(tx, to)
    if (!heir || to === caller.userId) {
      throw new AppError('unknown_reference', {
        detail: 'There is no such other member',
        fields: [{ path: 'memberId', message: 'Another member of the workspace' }],
      })
    }
    const at = deps.clock.now()
    await queries.setRole(tx, to, 'owner', at)
    await queries.setRole(tx, caller.userId, 'admin', at)
    if (heir.hidden_accounts.length > 0) await queries.setRestrictions(tx, to, [], at)
    tx.changed('members', 'audit')
    return found(tx, to)
  })
  for (const userId of [to, caller.userId]) await standingChanged(deps, { tenantId: tenant.id, userId })
  const [member] = await describeMembers(deps, { ...caller, role: 'admin' }, [row])
  invariant(member, 'an owner is a member')
  return member
}

/** @throws AppError unknown_reference */
export async function assertAccounts(tx: TenantQueries, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const known = new Set(await queries.knownAccounts(tx, ids))
  const fields = ids.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `hiddenAccountIds.${index}`, message: 'No such account' }],
  )
  if (fields.length > 0)
    throw new AppError('unknown_reference', { detail: 'There is no such account', fields })
}

async function getMember(
  tx: TenantQueries,
  id: string,
  expectedVersion: number | null,
): Promise<queries.MemberRow> {
  const row = await queries.findMember(tx, id)
  if (!row) throw notFound('Member')
  if (expectedVersion !== null && row.version !== expectedVersion)
    throw new AppError('precondition_failed', { detail: 'The member has changed since you saw it' })
  return row
}

async function found(tx: TenantQueries, id: string): Promise<queries.MemberRow> {
  const row = await queries.findMember(tx, id)
  invariant(row, 'a member who was just changed is there')
  return row
}

const lower = (id: string): string => id.toLowerCase()
