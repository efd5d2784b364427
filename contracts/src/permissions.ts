/** Who may do what: the one table that server, web and documentation print from. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const
export type Role = (typeof ROLES)[number]

const ALL: readonly Role[] = ROLES
const WRITERS: readonly Role[] = ['owner', 'admin', 'member']
const ADMINS: readonly Role[] = ['owner', 'admin']

export const PERMISSIONS = {
  'ledger.read': ALL,
  'ledger.write': WRITERS,
  'budgets.write': WRITERS,
  'imports.write': WRITERS,
  'whatsapp.link': WRITERS,
  'whatsapp.read': ALL,
  'audit.read': ADMINS,
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof PERMISSIONS

export function allows(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role)
}
