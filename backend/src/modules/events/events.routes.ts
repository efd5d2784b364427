/**
 * GET /events. A stream lives while its session does: the end of a session is poked through the bus and looked up, and
 * looked up again at each heartbeat should the poke get lost.
 */
import type { ServerResponse } from 'node:http'
import { streamEvents, type ChangedEvent } from '@chronos/contracts/events'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import type { EventBus } from '../../platform/events.ts'
import type { Caller, Endpoints } from '../../plugins/endpoints.ts'
import {
  EVENT_STREAM_LIMITS,
  openEventStream,
  type EventStream,
  type EventStreamLimits,
} from './event-stream.ts'
import { sessionEndedChannel } from './events.service.ts'

export interface EventRouteDeps {
  bus: EventBus
  /** False once the caller's session has ended. A rejection says that it cannot be known now; the stream goes on. */
  isActive(caller: Caller): Promise<boolean>
  limits?: Partial<EventStreamLimits>
  /** A further stream of a session takes the place of its oldest, which may be a dead connection. */
  streamsPerSession?: number
}

/** What a closing server gives browsers to read the rest. */
const CLOSE_GRACE_MS = 2000
/** Two browsers that push each other out do so slowly. */
const PUSHED_OUT_RETRY_MS = 60_000

export function registerEventRoutes(
  app: Pick<FastifyInstance, 'addHook'>,
  endpoints: Pick<Endpoints, 'register'>,
  deps: EventRouteDeps,
): void {
  const limits = { ...EVENT_STREAM_LIMITS, ...deps.limits }
  const sessions = createStreamsBySession(deps.streamsPerSession ?? 10)
  const answers = new Set<ServerResponse>()
  let isClosing = false

  // Before the server waits for its answers to end: these would not.
  app.addHook('preClose', (done) => {
    isClosing = true
    sessions.endAll()
    const cut = (): void => answers.forEach((answer) => answer.destroy())
    setTimeout(cut, CLOSE_GRACE_MS).unref()
    done()
  })

  endpoints.register(streamEvents, async ({ caller, request, reply }) => {
    if (isClosing) throw new AppError('unavailable', { headers: { 'retry-after': '2' } })
    setStreamHeaders(reply)
    const stream = openEventStream({
      bus: deps.bus,
      tenantId: caller.tenantId,
      lastEventId: lastEventIdOf(request),
      limits,
    })
    sessions.add(caller.sessionId, stream)
    answers.add(reply.raw)
    reply.raw.on('close', () => answers.delete(reply.raw))
    const check = (): void => void endIfOver(deps, caller, stream)
    stream.onBeat(check)
    stream.body.on('close', deps.bus.onPoke(sessionEndedChannel(caller.sessionId), check))
    // Fastify makes a HEAD route of every GET, and would wait for the end of this.
    if (request.method === 'HEAD') stream.end()
    // The contract describes one event; Fastify pipes the stream of them.
    return stream.body as unknown as ChangedEvent
  })
}

async function endIfOver(deps: EventRouteDeps, caller: Caller, stream: EventStream): Promise<void> {
  try {
    if (!(await deps.isActive(caller))) stream.end()
  } catch {
    // Not known now: the next heartbeat asks again, and the stream's lifetime bounds it.
  }
}

function lastEventIdOf(request: FastifyRequest): string | null {
  const header = request.headers['last-event-id']
  return typeof header === 'string' && header !== '' ? header : null
}

function setStreamHeaders(reply: FastifyReply): void {
  reply.headers({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // Once the stream ends the connection does: a server that closes waits for nobody.
    connection: 'close',
  })
}

function createStreamsBySession(most: number): {
  add(sessionId: string, stream: EventStream): void
  endAll(): void
} {
  const sessions = new Map<string, Set<EventStream>>()
  return {
    add(sessionId, stream) {
      const streams = sessions.get(sessionId) ?? new Set()
      sessions.set(sessionId, streams.add(stream))
      const [oldest] = streams
      if (streams.size > most && oldest) {
        streams.delete(oldest)
        oldest.end(PUSHED_OUT_RETRY_MS)
      }
      stream.body.on('close', () => {
        streams.delete(stream)
        if (streams.size === 0 && sessions.get(sessionId) === streams) sessions.delete(sessionId)
      })
    },
    endAll() {
      for (const streams of [...sessions.values()]) for (const stream of [...streams]) stream.end()
    },
  }
}
