/** Second factors and passkeys of somebody who never showed that the person's address is theirs. */
import type { ControlQueries } from '../../platform/control.ts'
import { deleteFactors, type DroppedFactors } from './factors.queries.ts'

/** All of them, with sign-ins that wait for one. In the transaction of the first proof of the address. */
export function dropFactors(control: ControlQueries, identityId: string): Promise<DroppedFactors> {
  return deleteFactors(control, identityId)
}
