/**
 * One browser's stream of server-sent events. It ends by itself after a while: the browser comes back with its last
 * id, is checked again like any request, and misses nothing. What a slow browser does not read is not kept for it: its
 * stream is cut, and it resumes.
 */
import { Readable } from 'node:stream'
import type { BusEvent, EventBus } from '../../platform/events.ts'

export interface EventStreamOptions {
  bus: EventBus
  tenantId: string
  /** Of Last-Event-ID; null for a browser that has seen nothing yet. */
  lastEventId: string | null
  limits: EventStreamLimits
}

export interface EventStreamLimits {
  heartbeatMs: number
  lifetimeMs: number
  /** What may wait for a slow browser. */
  bufferBytes: number
  /** After which a browser comes back. */
  retryMs: number
}

export const EVENT_STREAM_LIMITS: EventStreamLimits = {
  heartbeatMs: 20_000,
  lifetimeMs: 15 * 60_000,
  bufferBytes: 64 * 1024,
  retryMs: 2000,
}

export interface EventStream {
  readonly body: Readable
  /** Ends the stream; the browser comes back after about `retryMs`, not all browsers at once. */
  end(retryMs?: number): void
  /** Called at each heartbeat. */
  onBeat(check: () => void): void
}

export function openEventStream({ bus, tenantId, lastEventId, limits }: EventStreamOptions): EventStream {
  const body = new Readable({ read: () => undefined })
  let check: () => void = () => undefined

  function write(text: string): void {
    if (body.destroyed || body.readableEnded) return
    body.push(text)
    if (body.readableLength > limits.bufferBytes) body.destroy()
  }
  function end(retryMs = limits.retryMs): void {
    leave()
    write(`retry: ${spread(retryMs)}\n\n`)
    if (!body.destroyed) body.push(null)
  }
  function leave(): void {
    clearInterval(heartbeat)
    clearTimeout(lifetime)
    unsubscribe()
  }

  // An id without data reaches no listener, and is what the browser resumes from: a quiet tenant's last event may be
  // long forgotten. All up to the position has been written to this stream before.
  const start = lastEventId === null ? `id: ${bus.position()}\n` : ''
  write(`retry: ${spread(limits.retryMs)}\n${start}\n`)
  const unsubscribe = bus.subscribe(tenantId, lastEventId, (event) => write(encodeEvent(event)))
  const heartbeat = setInterval(() => {
    write(`: beat\nid: ${bus.position()}\n\n`)
    check()
  }, limits.heartbeatMs)
  const lifetime = setTimeout(end, spread(limits.lifetimeMs))
  body.on('close', leave)
  return {
    body,
    end,
    onBeat: (given) => {
      check = given
    },
  }
}

export function encodeEvent({ id, name, topics }: BusEvent): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify({ topics })}\n\n`
}

/** Between three quarters of a time and the whole of it. */
function spread(ms: number): number {
  return Math.round(ms * (0.75 + Math.random() / 4))
}
