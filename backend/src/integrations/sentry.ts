/**
 * Failures told to Sentry. An event is built here from a short list of what may leave, instead of being cleaned of what
 * may not: kind and place of the error, the pattern of the route, the trace. No body, cookie, header, address, person or
 * workspace; numbers, e-mails and whatever a message quotes are taken out of it. Sentry's packages are loaded only here,
 * and only where SENTRY_DSN is set.
 */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Event, Exception, StackFrame } from '@sentry/core'
import type { Faults, FaultPlace } from '../platform/faults.ts'
import { safeErrorOf, type Log, type SafeError } from '../platform/log.ts'

export interface SentryOptions {
  dsn: string
  release: string
  environment: string
  log: Log
}

const CLOSE_MS = 2000
const MOST_FRAMES = 50

/** @throws Error when the DSN is none */
export async function createSentry({ dsn, release, environment, log }: SentryOptions): Promise<Faults> {
  const { createEventEnvelope, createTransport, getEnvelopeEndpointWithUrlEncodedAuth, makeDsn } =
    await import('@sentry/core')
  const address = makeDsn(dsn)
  if (!address) throw new Error('SENTRY_DSN is none: it looks like https://key@host/project')
  const url = getEnvelopeEndpointWithUrlEncodedAuth(address)
  // It keeps to what Sentry says of its limits (429, Retry-After, X-Sentry-Rate-Limits).
  const transport = createTransport({ recordDroppedEvent: () => undefined }, async ({ body }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-sentry-envelope' },
      body: body as string,
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    })
    await response.arrayBuffer()
    return {
      statusCode: response.status,
      headers: {
        'x-sentry-rate-limits': response.headers.get('x-sentry-rate-limits'),
        'retry-after': response.headers.get('retry-after'),
      },
    }
  })
  return {
    report(error, place) {
      const event = { ...eventOf(error, place), release, environment }
      Promise.resolve(transport.send(createEventEnvelope(event, address))).catch((failure: unknown) =>
        log.warn({ err: failure }, 'Sentry does not answer'),
      )
    },
    close: async () => void (await transport.flush(CLOSE_MS)),
  }
}

/** All that leaves. */
export function eventOf(error: unknown, { where, requestId, traceId }: FaultPlace): Event {
  const safe = safeErrorOf(error)
  const trace = traceId !== undefined && /^[0-9a-f]{32}$/.test(traceId) ? traceId : undefined
  return {
    event_id: randomBytes(16).toString('hex'),
    timestamp: Date.now() / 1000,
    platform: 'node',
    level: 'error',
    transaction: where,
    // The outermost last, as Sentry reads them.
    exception: { values: chainOf(safe).map(exceptionOf).toReversed() },
    tags: {
      where,
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...(safe.code === undefined ? {} : { code: safe.code }),
      ...(safe.constraint === undefined ? {} : { constraint: safe.constraint }),
    },
    ...(trace === undefined
      ? {}
      : { contexts: { trace: { trace_id: trace, span_id: randomBytes(8).toString('hex') } } }),
  }
}

function chainOf(error: SafeError): SafeError[] {
  return [error, ...(error.cause === undefined ? [] : chainOf(error.cause))]
}

/** Prisma puts the database's whole message between its own quotes: of it the code is enough. */
function messageOf({ type, message, code }: SafeError): string {
  if (type.startsWith('PrismaClient')) return `the database refuses (${code ?? 'no code'})`
  return message.replace(/["'`].*$/s, '…').replaceAll(/\d+(?:[.,]\d+)+|\d{3,}/g, '…')
}

function exceptionOf(error: SafeError): Exception {
  const { type, stack = '' } = error
  const frames = stack.split('\n').flatMap(frameOf).slice(0, MOST_FRAMES).toReversed()
  return {
    type,
    value: messageOf(error),
    ...(frames.length === 0 ? {} : { stacktrace: { frames } }),
  }
}

const FRAME = /^\s+at (?:async )?(?:(.+?) \()?(?:file:\/\/)?([^()]+?):(\d+):(\d+)\)?$/
const ROOT = path.join(import.meta.dirname, '../../..')

/** Paths begin at the checkout: where it lies on the machine is nobody's business. */
function frameOf(line: string): StackFrame[] {
  const [, name, file, lineNumber, column] = FRAME.exec(line) ?? []
  if (file === undefined) return []
  return [
    {
      filename: file.startsWith(ROOT)
        ? path.relative(ROOT, file)
        : file.replace(/^.*\/node_modules\//, 'node_modules/'),
      function: name ?? '?',
      lineno: Number(lineNumber),
      colno: Number(column),
      in_app: file.startsWith(ROOT) && !file.includes('node_modules'),
    },
  ]
}
