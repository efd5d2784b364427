/**
 * Sending a reply. It is taken before it leaves, so that a crash or a lost answer leaves it `unknown`: Meta has no
 * idempotency key, and a message sent twice is worse than one whose status tells later that it went out.
 */
import type { GraphClient } from '../../integrations/whatsapp/client.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import { AppError } from '../../platform/errors.ts'
import { countSend } from '../../platform/measures.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import * as queries from './whatsapp.queries.ts'

export interface OutboundDeps {
  tenant: Tenant
  graph: GraphClient
  clock: Clock
  dataKeys: DataKeys
}

/** @throws AppError unavailable when Meta asks to come back later: the job does */
export async function sendReply(
  { tenant, graph, clock, dataKeys }: OutboundDeps,
  messageId: string,
): Promise<void> {
  const queued = await tenant.command((tx) => queries.takeQueued(tx, messageId, clock.now()))
  if (!queued) return
  const sealed = [queued.text, queued.payload, queued.bsuid, queued.wa_id]
  const reply = queries.readyReply(queued, await dataKeys.openerFor(sealed))
  if (!reply) return
  const result = await graph.send({
    recipient: reply.recipient,
    correlationId: `${tenant.id}.${messageId}`,
    text: reply.text,
    quoted: reply.quoted,
    ...(reply.buttons ? { buttons: reply.buttons } : {}),
  })
  const settle = (outcome: Parameters<typeof queries.settle>[2]): Promise<void> =>
    tenant.command(async (tx) => {
      await queries.settle(tx, messageId, outcome, clock.now())
      tx.changed('whatsapp')
    })
  if (result.outcome !== 'refused') countSend('whatsapp', result.outcome)
  if (result.outcome === 'sent') return settle({ state: 'sent', wamid: result.wamid })
  if (result.outcome === 'unknown') return settle({ state: 'unknown', error: result.reason })
  const error = `${result.code ?? ''} ${result.message}`.trim()
  const isOver = result.action !== 'retry' && result.action !== 'hold_recipient'
  countSend('whatsapp', isOver ? 'failed' : 'later')
  if (isOver) return settle({ state: 'failed', error })
  await settle({ state: 'queued', error })
  throw new AppError('unavailable', { detail: `Meta asks to come back later: ${error}` })
}
