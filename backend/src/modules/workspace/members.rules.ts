/** Who may do what to whom. Nobody reaches above their own role, and ownership goes by transfer alone. */
import { RESTRICTABLE_ROLES, type Role } from '@chronos/contracts/permissions'
import { AppError } from '../../platform/errors.ts'

const RANK: Readonly<Record<Role, number>> = { owner: 2, admin: 1, member: 0, viewer: 0, accountant: 0 }

/** @throws AppError forbidden */
export function assertReaches(actor: Role, ...roles: readonly Role[]): void {
  if (roles.every((role) => RANK[role] <= RANK[actor])) return
  throw new AppError('forbidden', { detail: `Your role (${actor}) does not reach so far` })
}

/** @param owners ids of the owners. @throws AppError last_owner */
export function assertOwnerRemains(owners: readonly string[], leaving: string): void {
  if (owners.some((id) => id !== leaving)) return
  throw new AppError('last_owner', {
    detail: 'A workspace has an owner: make somebody else the owner first, or delete the workspace',
  })
}

/** @throws AppError invalid_request where a role that sees everything would be kept from something */
export function assertRestrictable(role: Role, hidden: readonly string[]): void {
  if (hidden.length === 0 || RESTRICTABLE_ROLES.includes(role)) return
  throw new AppError('invalid_request', {
    detail: `Who is ${role} sees every account`,
    fields: [{ path: 'hiddenAccountIds', message: 'Members and viewers alone can be kept from an account' }],
  })
}
