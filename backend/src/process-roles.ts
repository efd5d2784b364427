/** One image, any set of roles: what each process does (CHRONOS_ROLES). */

/** What a process can do; any set of them in one process. */
export const PROCESS_ROLES = ['api', 'webhook', 'events', 'worker', 'scheduler'] as const
export type ProcessRole = (typeof PROCESS_ROLES)[number]
/** Roles that people and Meta reach by HTTP. */
export const HTTP_ROLES: readonly ProcessRole[] = ['api', 'webhook', 'events']
/** Roles that nobody asks anything but their health. */
export const JOB_ROLES: readonly ProcessRole[] = ['worker', 'scheduler']

/** Those of CHRONOS_ROLES, else the entry's. @throws Error for a role that there is not */
export function rolesOf(names: readonly string[], defaults: readonly ProcessRole[]): Set<ProcessRole> {
  if (names.length === 0) return new Set(defaults)
  const roles = new Set<ProcessRole>()
  for (const name of names) {
    const role = PROCESS_ROLES.find((known) => known === name)
    if (role === undefined) throw new Error(`CHRONOS_ROLES knows ${PROCESS_ROLES.join(', ')}, not ${name}`)
    roles.add(role)
  }
  return roles
}
