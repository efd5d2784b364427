/**
 * One line for each request that was answered: method, pattern of the route, status, milliseconds, workspace. Never the
 * address as it was sent: it may hold a secret of a link or what somebody searches for.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { TRACEPARENT } from '../platform/tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The workspace that the request is for, as soon as it is known. */
    tenantId: string | null
  }
}

/** The trace that the caller is in, or one of its own: the request's id without its dashes. */
export function traceIdOf(headers: IncomingMessage['headers'], requestId: string): string {
  const { traceparent } = headers
  const given = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined
  return given ?? requestId.replaceAll('-', '')
}

/** The pattern, so that there are as many of them as routes; an address that nobody serves is one more. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none'
}

/** Says of whom the request's further lines are. */
export function noteTenant(request: FastifyRequest, tenantId: string): void {
  request.tenantId = tenantId
  // On the logger that the request has: another child of it would cost as much as the line.
  const log = request.log as Partial<Pick<Logger, 'setBindings'>>
  log.setBindings?.({ tenant: tenantId })
}

export function registerAccessLog(app: FastifyInstance): void {
  app.decorateRequest('tenantId', null)
  app.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request)
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    }
    // Probes and scrapes come every few seconds and say nothing while all is well.
    if (reply.statusCode < 400 && /^\/(health|metrics)/.test(route)) request.log.debug(line, 'request')
    else request.log.info(line, 'request')
    done()
  })
}
