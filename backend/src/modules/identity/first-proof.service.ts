/**
 * The first proof that an e-mail is somebody's, given by whoever reads its mailbox and not in a session of the person:
 * a reset of the password, the operator's provider, a workspace that an operator makes for the address. Until then
 * anybody may have registered with it. So whatever opens the account, and was put there by whoever did, goes: the
 * password is replaced by the caller, all else here. The books stay: they are in the workspace that is found.
 * A link that verifies an address is followed in a session of the person: there, both are the same, and nothing goes.
 */
import type { ControlQueries } from '../../platform/control.ts'
import { withdrawConsents } from '../consents/consents.service.ts'
import { dropFactors } from '../factors/unproven.service.ts'
import { cancelLinks, queueMail } from '../mail/mail.service.ts'
import { dropProviderLinks } from '../provider/provider-links.service.ts'
import { dropRoutes, endChatsOf } from '../whatsapp/whatsapp.service.ts'
import { endTokens, type EndedToken } from './api-tokens.queries.ts'
import { forgetTokens } from './api-tokens.service.ts'
import { forgetDevices } from './devices.queries.ts'
import { listMemberships, type IdentityRow } from './identity.queries.ts'
import { recordPersonEvent } from './person-events.ts'
import { endSessionsOf, markVerified } from './person.queries.ts'
import { forgetEnded, type SessionDeps } from './sessions.service.ts'

export interface FirstProof {
  identityId: string
  sessions: string[]
  tokens: EndedToken[]
  /** How much of each kind went, for the audit log. */
  dropped: Readonly<Record<string, number>>
}

/**
 * In the transaction that proves the address, which holds the person's row. Afterwards: `firstProofKept`.
 * @returns null for an address that was proved before: nothing goes
 */
export async function proveFirst(
  control: ControlQueries,
  person: IdentityRow,
  now: Date,
): Promise<FirstProof | null> {
  const { id: identityId, email, locale, name } = person
  if (!(await markVerified(control, identityId, now))) return null
  const proof = await dropUnproven(control, identityId, now)
  await queueMail(control, { kind: 'address_proved', to: email, locale, identityId, params: { name } }, now)
  return proof
}

/** The same without the proof, which is on its way: nobody is in until it comes. */
export async function dropUnproven(
  control: ControlQueries,
  identityId: string,
  now: Date,
): Promise<FirstProof> {
  const why = 'put there before the e-mail was proved'
  const tokens = await endTokens(control, { identityId }, why, now)
  const factors = await dropFactors(control, identityId)
  const providers = await dropProviderLinks(control, identityId)
  const chats = await dropRoutes(control, identityId)
  const devices = await forgetDevices(control, identityId)
  const sessions = await endSessionsOf(control, identityId, null, why, now)
  await cancelLinks(control, identityId, ['change_email'])
  await withdrawConsents(control, identityId, now)
  const dropped = { sessions: sessions.length, tokens: tokens.length, ...factors, providers, chats, devices }
  return { identityId, sessions, tokens, dropped }
}

/** After the commit: nothing of it opens anything any more, in the store, in open streams and in chats. */
export async function firstProofKept(
  deps: Pick<SessionDeps, 'control' | 'tenancy' | 'store' | 'bus' | 'clock'>,
  { identityId, sessions, tokens, dropped }: FirstProof,
  requestId: string | null,
): Promise<void> {
  await forgetEnded(deps, sessions)
  await forgetTokens(deps, tokens)
  if (dropped['chats'] === 0) return
  for (const { tenant_id: tenantId, user_id: userId, state } of await listMemberships(
    deps.control,
    identityId,
  )) {
    if (state !== 'active') continue
    const actor = { type: 'user', userId, hiddenAccounts: [] } as const
    await endChatsOf(deps, deps.tenancy.enter({ tenantId, actor, requestId }), userId)
  }
}

/** After the commit of what an operator did, whose own address is not told: the workspace of the account tells what went. */
export async function droppedByOperator(
  deps: Pick<SessionDeps, 'control' | 'tenancy' | 'store' | 'bus' | 'clock'>,
  proof: FirstProof,
  requestId: string | null,
): Promise<void> {
  await firstProofKept(deps, proof, requestId)
  const from = { ip: null, userAgent: null, requestId }
  const details = { by: 'operator', dropped: proof.dropped }
  await recordPersonEvent(deps, 'password.changed', proof.identityId, null, from, details)
}
