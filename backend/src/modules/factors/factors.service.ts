/**
 * Second factors: an authenticator app (TOTP) or a passkey makes one; recovery codes stand in for either. A person has
 * them in all their workspaces alike.
 */
import type { ControlQueries } from '../../platform/control.ts'
import { listMethods, listProtected } from './factors.queries.ts'

/** Whether a person has a second factor that is switched on. */
export async function hasSecondFactor(control: ControlQueries, identityId: string): Promise<boolean> {
  return (await listMethods(control, identityId)).length > 0
}

/** Who of these persons has a second factor: for the list of members. @returns ids of identities */
export async function withSecondFactor(
  control: ControlQueries,
  identityIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return new Set(await listProtected(control, identityIds))
}
