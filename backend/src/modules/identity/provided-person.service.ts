/** Persons whom the operator's OpenID provider brings, with an e-mail that it has verified. */
import type { ControlQueries } from '../../platform/control.ts'
import { recordRegistration } from '../consents/consents.service.ts'
import { insertIdentity } from './identity.queries.ts'
import { markVerified } from './person.queries.ts'

export { findIdentityByEmail } from './identity.queries.ts'

export interface ProvidedPerson {
  id: string
  name: string
  email: string
  locale: string
}

/**
 * A new person without a password, in the transaction that connects them. Their workspace is made when they sign in.
 * @returns false where the e-mail is somebody's
 */
export async function personProvided(
  control: ControlQueries,
  person: ProvidedPerson,
  now: Date,
): Promise<boolean> {
  if (!(await insertIdentity(control, { ...person, password_hash: null }, now))) return false
  await markVerified(control, person.id, now)
  await recordRegistration(control, person.id, now)
  return true
}
