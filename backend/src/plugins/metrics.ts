/**
 * `GET /metrics`, in Prometheus' text: what requests came, how they ended and how long they took by route, what the
 * process has done (platform/measures.ts), what it stands on (server-measures.ts), and the process itself; of several
 * processes behind one port their sum (platform/measures-of-all.ts). Served only where METRICS_TOKEN is set, and only to
 * who has it. No label names a workspace or a person: there would be as many series as customers, and who they are is no
 * business of monitoring.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'
import { AppError } from '../platform/errors.ts'
import { joinMeasures, type Measures } from '../platform/measures-of-all.ts'
import { processMeasures } from '../platform/measures.ts'
import { routeOf } from './access-log.ts'
import { measureConnections, measureServer, type ServerMeasureDeps } from './server-measures.ts'

export interface MetricsDeps extends ServerMeasureDeps {
  /** Undefined: nothing is measured and nothing served. */
  token: string | undefined
  /** It is scraped at an address of its own, whatever other processes there are. */
  isAlone?: boolean
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function registerMetrics(
  app: FastifyInstance,
  { token, isAlone = false, ...deps }: MetricsDeps,
): void {
  if (token === undefined) return
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  measureRequests(app, registry)
  const noteConnections = measureConnections(registry, deps)
  const server = new Registry()
  const refresh = measureServer(server, deps.control)
  const own = async (): Promise<Measures> => {
    noteConnections()
    const parts = await Promise.all([registry.getMetricsAsJSON(), processMeasures.getMetricsAsJSON()])
    return parts.flat() as Measures
  }
  const ofAll = isAlone ? null : joinMeasures(own)
  const ofThis = async (): Promise<string> => {
    noteConnections()
    return (await Promise.all([registry.metrics(), processMeasures.metrics()])).join('\n')
  }
  const expected = digest(`Bearer ${token}`)
  app.get('/metrics', async (request, reply) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new AppError('unauthenticated', { detail: 'Send METRICS_TOKEN as a bearer token' })
    await refresh()
    const texts = await Promise.all([(ofAll ?? ofThis)(), server.metrics()])
    return reply.type(registry.contentType).send(texts.join('\n'))
  })
}

function measureRequests(app: FastifyInstance, registry: Registry): void {
  const requests = new Counter({
    name: 'chronos_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'chronos_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers: [registry],
  })
  app.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: routeOf(request) }
    requests.inc({ ...labels, status: reply.statusCode })
    // A stream of events lasts as long as a page is open: it is no slow request.
    if (reply.getHeader('content-type') !== 'text/event-stream')
      durations.observe(labels, reply.elapsedTime / 1000)
    done()
  })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
