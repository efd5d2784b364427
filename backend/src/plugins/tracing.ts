/** A span for each request, in the trace of whoever called; all that is done for it is a part of it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isTracing, startSpan, within, type OpenSpan } from '../platform/tracing.ts'
import { routeOf, traceIdOf } from './access-log.ts'

export function registerTracing(app: FastifyInstance): void {
  if (!isTracing()) return
  const spans = new WeakMap<FastifyRequest, OpenSpan>()
  app.addHook('onRequest', (request, _reply, done) => {
    const route = routeOf(request)
    const { traceparent } = request.headers
    const span = startSpan({
      name: `${request.method} ${route}`,
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      traceId: traceIdOf(request.headers, request.id),
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'chronos.request_id': request.id,
      },
    })
    if (span === null) return done()
    spans.set(request, span)
    within(span, done)
  })
  // A body comes by events of the socket, which know nothing of the request that they are for.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request)
    if (span) within(span, done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request)
    span?.set({ 'http.response.status_code': reply.statusCode })
    span?.end(reply.statusCode >= 500 ? new Error('the answer is a failure') : undefined)
    done()
  })
}
