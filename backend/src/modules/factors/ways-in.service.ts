/** By what a person can still sign in when one of their ways is taken off. */
import type { ControlQueries } from '../../platform/control.ts'
import { hasProviderLink } from '../provider/provider-links.service.ts'
import type { IdentityRow } from '../identity/sign-in.service.ts'
import { listPasskeys } from './passkeys.queries.ts'

/** Whether a password, a passkey or the provider is left. Asked after the way was taken off, in its transaction. */
export async function hasOtherWayIn(control: ControlQueries, person: IdentityRow): Promise<boolean> {
  return (
    person.password_hash !== null ||
    (await listPasskeys(control, person.id)).length > 0 ||
    (await hasProviderLink(control, person.id))
  )
}
