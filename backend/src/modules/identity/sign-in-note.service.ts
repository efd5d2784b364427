/** What follows a sign-in: it is noted, and where the device is a new one, its person is told by mail. */
import type { Caller } from '../../plugins/endpoints.ts'
import { networkOf } from '../../plugins/rate-limit.ts'
import { queueMail } from '../mail/mail.service.ts'
import { deviceName } from './device.rules.ts'
import { findKnownDevices, rememberDevice } from './devices.queries.ts'
import { getIdentity } from './identity.queries.ts'
import { recordPersonEvent, type RequestOrigin } from './person-events.ts'
import type { SessionDeps, SessionProof } from './sessions.service.ts'
import type { Tokens } from './tokens.ts'

export async function noteSignIn(
  deps: SessionDeps & { tokens: Tokens },
  caller: Caller,
  proof: SessionProof,
  origin: RequestOrigin,
): Promise<void> {
  const { identityId } = caller
  await recordPersonEvent(deps, 'session.started', identityId, caller, origin, { method: proof.method })
  if (proof.goesOn) return
  const device = deviceName(origin.userAgent)
  const hashes = deps.tokens.deviceHashes(identityId, fingerprintOf(origin))
  const known = await findKnownDevices(deps.control, identityId, hashes)
  const person = await getIdentity(deps.control, identityId)
  const now = deps.clock.now()
  await deps.control.transaction(async (control) => {
    const { hadOthers } = await rememberDevice(control, identityId, hashes[0], now)
    if (known.length > 0 || !hadOthers || !person) return
    const { email: to, locale, name } = person
    const params = { name, device, ip: origin.ip ?? '' }
    await queueMail(control, { kind: 'new_sign_in', to, locale, identityId, params }, now)
  })
}

/** What a device is known by: what it calls itself, and from which network. */
export function fingerprintOf({ userAgent, ip }: Pick<RequestOrigin, 'userAgent' | 'ip'>): string {
  return `${deviceName(userAgent)}|${networkOf(ip ?? 'nowhere')}`
}
