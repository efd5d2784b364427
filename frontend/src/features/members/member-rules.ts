/** What a role may do to another: the server decides, this only keeps the web from offering what it would refuse. */
import { RESTRICTABLE_ROLES, allows } from '@chronos/contracts/permissions'
import type { Role } from '@chronos/contracts/permissions'

/** Roles that can be given; ownership goes by transfer alone. */
const GIVEN: Record<Exclude<Role, 'owner'>, true> = {
  admin: true,
  member: true,
  viewer: true,
  accountant: true,
}
export type GivenRole = keyof typeof GIVEN
export const GIVEN_ROLES = Object.keys(GIVEN) as GivenRole[]

export function isGivenRole(text: string | null): text is GivenRole {
  return text !== null && text in GIVEN
}

/** Some accounts can be kept from members and viewers alone. */
export function canBeRestricted(role: Role): boolean {
  return RESTRICTABLE_ROLES.includes(role)
}

export interface Person {
  role: Role
  isYou: boolean
}

/** The owner is changed by handing over, oneself by leaving. */
export function canChange(actor: Role, member: Person): boolean {
  return allows(actor, 'members.manage') && member.role !== 'owner' && !member.isYou
}
