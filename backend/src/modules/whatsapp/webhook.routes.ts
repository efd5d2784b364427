/**
 * Meta's webhook: verify, store once, answer 200; all else is a job. Events of a number that is not ours are answered
 * and forgotten.
 *
 * What is not signed as it should be is limited by address. Meta delivers for all workspaces from a few addresses: what
 * is signed is limited all together, far above what is ever delivered, and refused as 503, so that Meta sends it again.
 * Once stored nothing is refused: it waits for its turn (routing.queries.ts).
 */
import * as contract from '@chronos/contracts/whatsapp'
import { parseWebhook, type InboundEvent } from '../../integrations/whatsapp/payloads.ts'
import { senderKey } from '../../integrations/whatsapp/payload-sender.ts'
import {
  deriveVerifyToken,
  verifySignature,
  verifyTokenMatches,
} from '../../integrations/whatsapp/signature.ts'
import { createBatches } from '../../platform/batches.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'
import type { EventBus } from '../../platform/events.ts'
import { newId } from '../../platform/ids.ts'
import { countDelivery } from '../../platform/measures.ts'
import { createLeases } from '../../platform/leases.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Store } from '../../platform/store.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { networkOf, spendRate } from '../../plugins/rate-limit.ts'
import type { RatePolicies } from '../../plugins/rate-policies.ts'
import { readCorrelation } from './correlation.rules.ts'
import { storeEvents, type StoredEvent } from './routing.queries.ts'

export interface WebhookDeps {
  control: ControlPlane
  bus: EventBus
  clock: Clock
  phoneNumberId: string | undefined
  /** Meta's app secret; without it every delivery is refused. */
  webhookSecret: string | undefined
  /** Those before it, while it is being rolled. */
  webhookSecretsBefore: readonly string[]
  /** Derived from the secret where it is not given. */
  verifyToken: string | undefined
  /** Null where nothing is limited. */
  limits: WebhookLimits | null
}

export interface WebhookLimits {
  store: Store
  policies: Pick<RatePolicies, 'unsigned' | 'deliveries'>
}

export function registerWebhookRoutes(endpoints: Endpoints, deps: WebhookDeps): void {
  const expected =
    deps.verifyToken ?? (deps.webhookSecret === undefined ? undefined : deriveVerifyToken(deps.webhookSecret))

  const secrets = deps.webhookSecret === undefined ? [] : [deps.webhookSecret, ...deps.webhookSecretsBefore]

  const store = createBatches<StoredEvent>(
    async (events) => {
      const stored = await storeEvents(deps.control, events, deps.clock.now())
      if (stored > 0) deps.bus.poke(QUEUES.whatsappInbound.name)
    },
    { maxItems: 200, maxRunning: 2, maxWaiting: 10_000 },
  )

  endpoints.register(contract.verifyWebhook, ({ query, reply }) => {
    const challenge = query['hub.challenge']
    const fits = expected !== undefined && verifyTokenMatches(expected, query['hub.verify_token'])
    if (query['hub.mode'] !== 'subscribe' || challenge === undefined || !fits) {
      throw new AppError('forbidden', { detail: 'The verify token does not fit' })
    }
    reply.type('text/plain; charset=utf-8')
    return Promise.resolve(challenge)
  })

  const { limits } = deps
  const leases = limits && createLeases(limits.store, deps.clock)

  endpoints.register(contract.receiveWebhook, async ({ request, reply }) => {
    const raw = request.body
    const signature = request.headers['x-hub-signature-256']
    if (!Buffer.isBuffer(raw) || !secrets.some((secret) => verifySignature(secret, raw, signature))) {
      countDelivery('bad_signature')
      if (limits) await spendRate(limits.store, limits.policies.unsigned, networkOf(request.ip), reply)
      throw new AppError('unauthenticated', {
        detail: 'X-Hub-Signature-256 is missing or does not fit the body',
      })
    }
    if (limits && leases) {
      const { allowed, resetSeconds } = await leases.take('deliveries:all', limits.policies.deliveries)
      if (!allowed) {
        countDelivery('refused')
        throw new AppError('unavailable', { headers: { 'retry-after': String(resetSeconds) } })
      }
    }
    const events = parseWebhook(raw)
    countDelivery(events === null ? 'no_json' : 'accepted')
    if (events === null) throw new AppError('invalid_request', { detail: 'The body is no JSON' })
    const ours = events.filter((event) => event.phoneNumberId === deps.phoneNumberId)
    if (ours.length > 0) {
      await store(
        ours.map((event) => ({
          id: newId(),
          event,
          senderKey: keyOf(event),
          tenantId: event.kind === 'status' ? (readCorrelation(event.correlationId)?.tenantId ?? null) : null,
        })),
      )
    }
    return { received: true as const }
  })
}

function keyOf(event: InboundEvent): string | null {
  return event.kind === 'message' ? senderKey(event.sender) : null
}
