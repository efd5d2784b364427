/**
 * Meta's webhook: verify, store once, answer 200; all else is a job. Events of a number that is not ours are answered
 * and forgotten.
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
import { QUEUES } from '../../platform/queues.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
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
    { maxItems: 200, maxRunning: 2 },
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

  endpoints.register(contract.receiveWebhook, async ({ request }) => {
    const raw = request.body
    const signature = request.headers['x-hub-signature-256']
    if (!Buffer.isBuffer(raw) || !secrets.some((secret) => verifySignature(secret, raw, signature))) {
      countDelivery('bad_signature')
      throw new AppError('unauthenticated', {
        detail: 'X-Hub-Signature-256 is missing or does not fit the body',
      })
    }
    const events = parseWebhook(raw)
    countDelivery(events === null ? 'no_json' : 'accepted')
    if (events === null) throw new AppError('invalid_request', { detail: 'The body is no JSON' })
    const ours = events.filter((event) => event.phoneNumberId === deps.phoneNumberId)
    if (ours.length > 0) {
      await store(ours.map((event) => ({ id: newId(), event, senderKey: keyOf(event) })))
    }
    return { received: true as const }
  })
}

function keyOf(event: InboundEvent): string | null {
  return event.kind === 'message' ? senderKey(event.sender) : null
}
