/**
 * Traces: what happened inside a request or job, and how long each part took, across processes. Of the process as a
 * whole: nothing is traced, and nothing loaded for it, until a tracer is put in (integrations/otlp.ts). Spans hold names
 * of routes, statements and queues; never values, addresses, persons or workspaces.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

export interface SpanStart {
  name: string
  kind: 'server' | 'client' | 'consumer'
  /** W3C traceparent of what asked for it; without one it is a part of the current span. */
  parent?: string | undefined
  /** Of a span that begins a trace: 32 hexadecimal digits. */
  traceId?: string
  attributes?: Readonly<Record<string, string | number>>
}

export interface OpenSpan {
  readonly kind: SpanStart['kind']
  readonly traceId: string
  readonly traceparent: string
  set(attributes: Readonly<Record<string, string | number>>): void
  /** @param error what it failed with; its kind is told, never its message */
  end(error?: unknown): void
}

export interface Tracer {
  start(span: SpanStart, within: OpenSpan | undefined): OpenSpan
  close(): Promise<void>
}

/** W3C Trace Context: version, trace id, parent id, flags; zeros are none. */
export const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

let tracer: Tracer | null = null
const current = new AsyncLocalStorage<OpenSpan>()

export function setTracer(next: Tracer | null): void {
  tracer = next
}

export function isTracing(): boolean {
  return tracer !== null
}

/** Null where nothing is traced. */
export function startSpan(span: SpanStart): OpenSpan | null {
  return tracer === null ? null : tracer.start(span, current.getStore())
}

/** A part of the current span; null where there is none, as for what a process does of its own accord. */
export function startPart(span: SpanStart): OpenSpan | null {
  const within = current.getStore()
  return tracer === null || within === undefined ? null : tracer.start(span, within)
}

export function within<T>(span: OpenSpan, work: () => T): T {
  return current.run(span, work)
}

export function currentSpan(): OpenSpan | undefined {
  return current.getStore()
}

/** What a job that is asked for now is to know of its trace; null where nothing is traced. */
export function currentTraceparent(): string | null {
  return current.getStore()?.traceparent ?? null
}

/** Does some work in a span of its own. */
export async function traced<T>(span: SpanStart, work: () => Promise<T>): Promise<T> {
  const open = startSpan(span)
  return open === null ? work() : finish(open, () => current.run(open, work))
}

/** The same for a part of the current span. */
export async function tracedPart<T>(span: SpanStart, work: () => Promise<T>): Promise<T> {
  const open = startPart(span)
  return open === null ? work() : finish(open, () => current.run(open, work))
}

async function finish<T>(open: OpenSpan, work: () => Promise<T>): Promise<T> {
  try {
    const answer = await work()
    open.end()
    return answer
  } catch (error) {
    open.end(error)
    throw error
  }
}
