/** Who may do what: the one table that server, web and documentation print from. */
export const ROLES = ['owner', 'admin', 'member', 'viewer', 'accountant'] as const
export type Role = (typeof ROLES)[number]

const ALL: readonly Role[] = ROLES
const WRITERS: readonly Role[] = ['owner', 'admin', 'member']
const ADMINS: readonly Role[] = ['owner', 'admin']
const OWNER: readonly Role[] = ['owner']

export const PERMISSIONS = {
  'ledger.read': ALL,
  'ledger.write': WRITERS,
  'ledger.export': ['owner', 'admin', 'member', 'accountant'],
  'budgets.write': WRITERS,
  'imports.write': WRITERS,
  'whatsapp.link': WRITERS,
  'whatsapp.read': ALL,
  'members.read': ALL,
  'members.manage': ADMINS,
  'workspace.update': ADMINS,
  'workspace.transfer': OWNER,
  'workspace.delete': OWNER,
  'support.consent': ADMINS,
  'audit.read': ['owner', 'admin', 'accountant'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof PERMISSIONS

/** What an API token may be given; managing people and the workspace takes a person who signs in. */
export const TOKEN_SCOPES = [
  'ledger.read',
  'ledger.write',
  'ledger.export',
  'budgets.write',
  'imports.write',
  'whatsapp.read',
  'members.read',
  'audit.read',
] as const satisfies readonly Permission[]
export type TokenScope = (typeof TOKEN_SCOPES)[number]

/** Roles that may be kept from single accounts. The others see everything, since they answer for it. */
export const RESTRICTABLE_ROLES: readonly Role[] = ['member', 'viewer']

export function allows(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role)
}

export function permissionsOf(role: Role): Permission[] {
  return (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => allows(role, permission))
}
