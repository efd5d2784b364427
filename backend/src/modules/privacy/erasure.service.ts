/**
 * Erasing a person, for ever. What is readable goes; what must stay as it was hashed cannot be read any more, since the
 * person's key is destroyed. The control plane and the tenants have no common transaction: each step can be done again,
 * and the job, put into the queue before the first of them, finishes what a process that died began. The person's own
 * row goes last, so that until then the job knows whom it erases.
 */
import { AppError } from '../../platform/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { destroyDataKey, type DataKeys } from '../../platform/data-keys.ts'
import type { EventBus } from '../../platform/events.ts'
import type { Log } from '../../platform/log.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Store } from '../../platform/store.ts'
import { SYSTEM, type Origin, type Tenancy } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { closeSession } from '../identity/sessions.service.ts'
import { endTokensOf } from '../identity/api-tokens.service.ts'
import { labelIn } from './erasure.rules.ts'
import { enqueue, findPerson, type PersonRow } from './person.queries.ts'
import * as queries from './erasure.queries.ts'

export interface ErasureDeps {
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  bus: EventBus
  clock: Clock
  dataKeys: DataKeys
  log: Log
}

const NOWHERE: Origin = { requestId: null, sessionId: null, ip: null }
/** Webhook events are kept for 14 days. */
const EVENT_DAYS = 15

/**
 * @param typed the person's own e-mail, typed again
 * @throws AppError invalid_request; last_owner while somebody else needs the person in a workspace
 */
export async function eraseMe(
  deps: ErasureDeps,
  identityId: string,
  typed: string,
  origin: Origin,
): Promise<void> {
  const person = await findPerson(deps.control, identityId)
  if (person?.email !== typed.trim().normalize('NFC').toLowerCase()) {
    throw new AppError('invalid_request', {
      detail: 'Type your own e-mail',
      fields: [{ path: 'email', message: 'This is not your e-mail' }],
    })
  }
  await assertNotNeeded(deps, identityId)
  await enqueue(deps.control, QUEUES.erasures.name, identityId)
  await erasePerson(deps, identityId, origin)
}

async function assertNotNeeded({ control, tenancy }: ErasureDeps, identityId: string): Promise<void> {
  for (const { tenant_id: tenantId, user_id: userId } of await queries.listPlaces(control, identityId)) {
    const tenant = tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
    const company = await queries.findCompany(tenant, userId)
    if (company?.status !== 'active' || company.role !== 'owner') continue
    if (company.others > 0 && company.owners === 0) {
      throw new AppError('last_owner', {
        detail: `Others work in ${company.name}, and you are its only owner: hand it over, or delete it, then come back`,
      })
    }
  }
}

/** All steps, from wherever an earlier try was cut off. Nobody of that id: nothing to do but the key. */
export async function erasePerson(
  deps: ErasureDeps,
  identityId: string,
  origin: Origin = NOWHERE,
): Promise<void> {
  const { control, clock } = deps
  const now = clock.now()
  const person = await findPerson(control, identityId)
  if (!person) return destroyDataKey(control, identityId, now)
  const places = await queries.listPlaces(control, identityId)
  // Keys of invitations go first: their rows, from which they are known, do after.
  for (const tenantId of await queries.listInviters(control, person.email)) {
    await eraseInvitations(deps, tenantId, person)
  }
  for (const place of places) await eraseIn(deps, place, person, origin, now)
  await endTokensOf(deps, { identityId }, 'erased')
  await control.transaction(async (within) => {
    await queries.eraseMails(within, identityId, namesOf(person))
    await destroyDataKey(within, identityId, now)
  })
  for (const sessionId of await queries.listSessionIds(control, identityId)) {
    await closeSession(deps, sessionId, 'erased')
  }
  await queries.deleteIdentity(control, identityId)
  deps.log.info({ identityId, event: 'privacy.erased' }, 'a person was erased')
}

/** What a text may name the person by. A name of one or two letters would be found everywhere. */
function namesOf({ email, name }: PersonRow): string[] {
  return name.length > 2 ? [email, name] : [email]
}

async function eraseInvitations(
  { control, tenancy, clock }: ErasureDeps,
  tenantId: string,
  { email }: PersonRow,
): Promise<void> {
  const tenant = tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  await tenant.bulk(async (tx) => {
    // Before the rows are gone for good: a key that is destroyed twice does no harm.
    for (const id of await queries.eraseInvitations(tx, email)) await destroyDataKey(control, id, clock.now())
  })
}

async function eraseIn(
  deps: ErasureDeps,
  place: queries.Place,
  person: PersonRow,
  origin: Origin,
  now: Date,
): Promise<void> {
  const { control, tenancy, dataKeys } = deps
  const { tenant_id: tenantId, user_id: userId } = place
  const system = tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  const since = new Date(now.getTime() - EVENT_DAYS * 86_400_000)
  const stored = await queries.listSenders(system, userId)
  const open = await dataKeys.openerFor(stored.flatMap((each) => [each.bsuid, each.wa_id]))
  const senders = stored.flatMap((each) => [
    open(each.bsuid, 'app.whatsapp_chats.bsuid'),
    open(each.wa_id, 'app.whatsapp_chats.wa_id'),
  ])
  const linked = await queries.listSenderKeys(control, place)
  const known = [...linked, ...senders.filter((each) => each !== null)]
  // No further message gets in once the sender is nobody's; then what was known of the earlier ones.
  await queries.eraseLinks(control, place)
  await queries.eraseEvents(control, known, await queries.listWamids(system, userId, since))
  const company = await queries.findCompany(system, userId)
  if (!company) return
  await eraseInvitations(deps, tenantId, person)
  const actor = { type: 'user', userId, hiddenAccounts: [] } as const
  await tenancy.enter({ tenantId, actor, ...origin }).bulk(async (tx) => {
    await queries.eraseMember(tx, { userId, names: namesOf(person), label: labelIn(person.locale) }, now)
    if (company.others === 0) await queries.endWorkspace(tx, now)
    await recordAuditEvent(tx, { action: 'privacy.erased', entity: 'users', entityId: userId, at: now })
    tx.changed('members', 'whatsapp')
  })
  if (company.others === 0) await queries.endRegisteredTenant(control, tenantId, now)
}
