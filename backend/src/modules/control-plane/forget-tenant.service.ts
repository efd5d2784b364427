/** The control plane's part of deleting a tenant. Each step can be done again. */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { EventBus } from '../../platform/events.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Store } from '../../platform/store.ts'
import { forgetPlans } from '../plans/plans.service.ts'
import { insertAct } from './acts.queries.ts'
import * as queries from './forget-tenant.queries.ts'
import { wakeWaitingEvents } from './tenants.queries.ts'

interface Deps {
  control: ControlPlane
  store: Store
  bus: EventBus
  clock: Clock
}

const NOBODY = { operatorId: null, name: 'system', ip: null, requestId: null }

/** It is being deleted, or, with null, kept after all: what came by WhatsApp meanwhile has waited. */
export async function deletionNoted(deps: Deps, tenantId: string, deleteAfter: Date | null): Promise<void> {
  await queries.noteDeletion(deps.control, tenantId, deleteAfter)
  await forgetPlans(deps, [tenantId])
  if (deleteAfter === null && (await wakeWaitingEvents(deps.control, tenantId, deps.clock.now())) > 0) {
    deps.bus.poke(QUEUES.whatsappInbound.name)
  }
}

/** Asks for a job for every tenant whose days of grace are over. */
export async function askForDueDeletions({ control, clock }: Pick<Deps, 'control' | 'clock'>): Promise<void> {
  for (const tenantId of await queries.listDue(control, clock.now())) {
    await queries.enqueueDeletion(control, QUEUES.deletions.name, tenantId)
  }
}

export function routesClosed({ control }: Pick<Deps, 'control'>, tenantId: string): Promise<void> {
  return control.transaction((within) => queries.closeRoutes(within, tenantId))
}

/** Leaves one line in the log of acts: that there was such a tenant, and when it went. */
export async function tenantForgotten(deps: Deps, tenantId: string): Promise<void> {
  await deps.control.transaction(async (control) => {
    const name = await queries.findName(control, tenantId)
    if (name !== null) {
      await insertAct(control, NOBODY, { act: 'tenant.deleted', tenantId, detail: null }, deps.clock.now())
    }
    await queries.deleteTraces(control, tenantId)
  })
  await forgetPlans(deps, [tenantId])
}
