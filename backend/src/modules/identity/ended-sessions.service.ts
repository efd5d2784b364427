/** All sessions of one person end, wherever they are, because somebody else who may says so. */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { queueMail } from '../mail/mail.service.ts'
import { endTokensOf } from './api-tokens.service.ts'
import { findIdentityByEmail } from './identity.queries.ts'
import { listSessionPlaces, endSessionsOf, lockIdentity, type EndedSession } from './person.queries.ts'
import { recordSecurityEvent } from './security-log.ts'
import { forgetEnded, type SessionDeps } from './sessions.service.ts'

export type { EndedSession } from './person.queries.ts'

export interface EndedOfPerson {
  identityId: string
  sessions: EndedSession[]
  /** How many API tokens ended. */
  tokens: number
}

/**
 * Before it returns, none of them opens anything any more.
 * @param noted writes who did it, in the transaction that ends them
 * @returns null where nobody has the e-mail
 */
export async function endPersonsSessions(
  deps: Pick<SessionDeps, 'control' | 'tenancy' | 'store' | 'bus' | 'clock'> & { control: ControlPlane },
  email: string,
  { tokens, by }: { tokens: boolean; by: { requestId: string | null } },
  noted: (control: ControlQueries, identityId: string, now: Date) => Promise<void>,
): Promise<EndedOfPerson | null> {
  const known = await findIdentityByEmail(deps.control, email)
  if (!known) return null
  const { id: identityId } = known
  const reason = 'ended by an operator'
  const sessions = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await lockIdentity(control, identityId)
    const places = await listSessionPlaces(control, identityId)
    const ended = new Set(await endSessionsOf(control, identityId, null, reason, now))
    await noted(control, identityId, now)
    const { locale, name } = known
    await queueMail(
      control,
      { kind: 'sessions_ended_here', to: email, locale, identityId, params: { name } },
      now,
    )
    return places.filter(({ id }) => ended.has(id))
  })
  await forgetEnded(
    deps,
    sessions.map(({ id }) => id),
  )
  const endedTokens = tokens ? await endTokensOf(deps, { identityId }, reason) : 0
  const { requestId } = by
  const circumstances = { membership: null, sessionId: null, ip: null, userAgent: null, requestId }
  await recordSecurityEvent(
    deps,
    { event: 'operator.sessions_ended', identityId, ...circumstances },
    deps.clock.now(),
  )
  return { identityId, sessions, tokens: endedTokens }
}
