/**
 * What operators do about one person: ending their sessions, as after a stolen device or a leaked password, and a link
 * to a new password where no mail leaves. An end of sessions is told everywhere it shows: in the log of acts, in the
 * audit log of each workspace that a session was of, among what happened to the person's sign-in, and to the person by
 * mail. A link is told in the log of acts; the rest is told when it is followed. The log of acts names the person by id:
 * it is never changed, and an e-mail in it would outlive an erasure.
 */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { notFound } from '../../platform/errors.ts'
import type { EventBus } from '../../platform/events.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Store } from '../../platform/store.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { endPersonsSessions, type EndedSession } from '../identity/ended-sessions.service.ts'
import { makeResetLink } from '../identity/password.service.ts'
import { insertAct, type ActingOperator } from './acts.queries.ts'

export interface PersonDeps {
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  bus: EventBus
  clock: Clock
}

/** @returns how many ended @throws AppError not_found */
export async function endSessions(
  deps: PersonDeps,
  { email, reason, tokens }: { email: string; reason: string; tokens: boolean },
  by: ActingOperator,
): Promise<{ sessions: number; tokens: number }> {
  const ended = await endPersonsSessions(deps, email, { tokens, by }, (control, identityId, now) =>
    insertAct(
      control,
      by,
      { act: 'person.sessions_ended', tenantId: null, detail: `${identityId}: ${reason}` },
      now,
    ),
  )
  if (!ended) throw notFound('Person')
  deps.bus.poke(QUEUES.mails.name)
  for (const [tenantId, sessions] of Map.groupBy(ended.sessions, (each) => each.tenant_id))
    await tell(deps, tenantId, sessions, reason, by)
  return { sessions: ended.sessions.length, tokens: ended.tokens }
}

/**
 * A link to a new password, for whoever runs the server to hand over: of the command line alone, since it opens an account.
 * @throws AppError not_found
 */
export async function resetLink(
  deps: Pick<PersonDeps, 'control' | 'clock'>,
  email: string,
  by: ActingOperator,
): Promise<{ path: string; expiresAt: Date }> {
  const made = await makeResetLink(deps, email, (control, identityId, now) =>
    insertAct(control, by, { act: 'person.reset_link_made', tenantId: null, detail: identityId }, now),
  )
  if (!made) throw notFound('Person')
  return made
}

async function tell(
  deps: PersonDeps,
  tenantId: string,
  sessions: readonly EndedSession[],
  reason: string,
  by: ActingOperator,
): Promise<void> {
  const { requestId, ip } = by
  const actor = { type: 'operator', userId: null } as const
  const tenant = deps.tenancy.enter({ tenantId, actor, requestId, ip })
  await tenant.bulk((tx) =>
    recordAuditEvent(tx, {
      action: 'operator.sessions_ended',
      entity: 'users',
      entityId: sessions[0]?.user_id ?? null,
      after: { operator: by.name, reason, sessions: sessions.length },
      at: deps.clock.now(),
    }),
  )
}
