import type { GraphClient } from '../../integrations/whatsapp/client.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import { SYSTEM } from '../../platform/tenancy.ts'
import { handleEvent, type InboundDeps } from './inbound.service.ts'
import { sendReply } from './outbound.service.ts'

export function whatsappJobs(deps: InboundDeps): JobHandler[] {
  const { graph } = deps
  return [
    {
      queue: 'whatsapp.inbound',
      concurrency: 4,
      handle: async ({ subjectId }) => {
        if (subjectId !== null) await handleEvent(deps, subjectId)
      },
    },
    ...(graph ? [outbound(deps, graph)] : []),
  ]
}

function outbound(deps: InboundDeps, graph: GraphClient): JobHandler {
  return {
    queue: 'whatsapp.outbound',
    concurrency: 4,
    handle: async ({ tenantId, subjectId }) => {
      if (tenantId === null || subjectId === null) return
      const tenant = deps.tenancy.enter({
        tenantId,
        actor: SYSTEM,
        requestId: null,
      })
      await sendReply({ tenant, graph, clock: deps.clock, dataKeys: deps.dataKeys }, subjectId)
    },
  }
}
