import type { ControlPlane } from '../../platform/control.ts'
import type { EventBus } from '../../platform/events.ts'
import type { Store } from '../../platform/store.ts'
import { sessionEndedChannel } from '../events/events.service.ts'
import { forgetTokensOf } from './api-tokens.service.ts'
import { forgetCallers } from './sessions.service.ts'
import { listSessionsIn } from './workspace-callers.queries.ts'

/**
 * After a workspace was suspended or let go on: nobody who is signed in there is known any more, so that each is asked
 * for at their next request, and every open stream and token asks at once.
 */
export async function forgetWorkspaceCallers(
  deps: { control: ControlPlane; store: Store; bus: EventBus },
  tenantId: string,
): Promise<void> {
  const sessions = await listSessionsIn(deps.control, tenantId)
  await forgetCallers(deps, sessions)
  for (const id of sessions) deps.bus.poke(sessionEndedChannel(id))
  await forgetTokensOf(deps, { tenantId })
}
