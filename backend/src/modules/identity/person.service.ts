/**
 * A person changes their name or language. The person stands in the control plane; each workspace has a copy for its
 * lists, brought up to date before the answer, and by a job should that be cut off.
 */
import type { PersonUpdate } from '@chronos/contracts/person'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import type { Origin, Tenancy } from '../../platform/tenancy.ts'
import { getIdentity, listMemberships } from './identity.queries.ts'
import * as queries from './person.queries.ts'
import { sealedPerson } from './personal-copies.ts'

export interface PersonDeps {
  control: ControlPlane
  tenancy: Tenancy
  clock: Clock
  dataKeys: DataKeys
}

export async function updatePerson(
  deps: PersonDeps,
  identityId: string,
  { name, locale }: PersonUpdate,
  origin: Origin,
): Promise<void> {
  await deps.control.transaction(async (control) => {
    const profile = { name: name ?? null, locale: locale ?? null }
    await queries.setProfile(control, identityId, profile, deps.clock.now())
    await queries.enqueueCopies(control, identityId)
  })
  await copyPerson(deps, identityId, origin)
}

/** Writes name, e-mail and language of a person into every workspace of theirs. Doing it again changes nothing. */
export async function copyPerson(deps: PersonDeps, identityId: string, origin: Origin): Promise<void> {
  const person = await getIdentity(deps.control, identityId)
  if (!person) return
  const copy = { ...person, ...(await sealedPerson(deps.dataKeys, person.id, person)) }
  for (const membership of await listMemberships(deps.control, identityId)) {
    if (membership.state !== 'active') continue
    const { tenant_id: tenantId, user_id: userId } = membership
    const actor = { type: 'user', userId, hiddenAccounts: [] } as const
    const tenant = deps.tenancy.enter({ tenantId, actor, ...origin })
    await tenant.bulk(async (tx) => {
      if (await queries.updateCopy(tx, userId, copy, deps.clock.now())) tx.changed('audit')
    })
  }
}
