/**
 * `GET /metrics`, in Prometheus' text: what requests came, how they ended and how long they took by route, connections,
 * queues, and the process itself. Served only where METRICS_TOKEN is set, and only to who has it. No label names a
 * workspace or a person: there would be as many series as customers, and who they are is no business of monitoring.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ControlQueries } from '../platform/control.ts'
import { AppError } from '../platform/errors.ts'
import { queueStates } from '../platform/queue-state.ts'
import { routeOf } from './access-log.ts'

export interface PoolUse {
  pool: string
  total: number
  idle: number
  /** Requests that wait for a connection. */
  waiting: number
}

export interface MetricsDeps {
  /** Undefined: nothing is measured and nothing served. */
  token: string | undefined
  control: ControlQueries
  poolUse(): PoolUse[]
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function registerMetrics(app: FastifyInstance, { token, control, poolUse }: MetricsDeps): void {
  if (token === undefined) return
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  measureRequests(app, registry)
  measureParts(registry, control, poolUse)
  const expected = digest(`Bearer ${token}`)
  app.get('/metrics', async (request, reply) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new AppError('unauthenticated', { detail: 'Send METRICS_TOKEN as a bearer token' })
    return reply.type(registry.contentType).send(await registry.metrics())
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

/** Asked at every scrape, and not between them. */
function measureParts(registry: Registry, control: ControlQueries, poolUse: () => PoolUse[]): void {
  const registers = [registry]
  const connections = new Gauge({
    name: 'chronos_database_connections',
    help: 'Connections of this process by pool and state; waiting are requests without one',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const { pool, total, idle, waiting } of poolUse()) {
        connections.set({ pool, state: 'used' }, total - idle)
        connections.set({ pool, state: 'idle' }, idle)
        connections.set({ pool, state: 'waiting' }, waiting)
      }
    },
  })
  const oldest = new Gauge({
    name: 'chronos_queue_oldest_seconds',
    help: 'Age of the job that waits longest; whatsapp.inbound is the lag of the webhook',
    labelNames: ['queue'],
    registers,
  })
  const up = new Gauge({
    name: 'chronos_database_up',
    help: '1 while the database answers',
    registers,
  })
  const waiting = new Gauge({
    name: 'chronos_queue_waiting',
    help: 'Jobs that wait for a worker',
    labelNames: ['queue'],
    registers,
    // A database that is down is one of the things to be seen here, so it does not take the rest away.
    async collect() {
      const states = await queueStates(control).catch(() => null)
      up.set(states === null ? 0 : 1)
      for (const state of states ?? []) {
        waiting.set({ queue: state.queue }, state.waiting)
        oldest.set({ queue: state.queue }, state.oldestSeconds)
      }
    },
  })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
