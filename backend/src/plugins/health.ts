/**
 * `GET /health/live`: the process runs. `GET /health/ready`: 200 while PostgreSQL answers; a lost Redis is `degraded`
 * in the body, since it would otherwise take every replica out of service at once.
 */
import type { FastifyInstance } from 'fastify'
import type { Store } from '../platform/store.ts'

export interface HealthDeps {
  pingDatabase(): Promise<void>
  store: Store
  /** True once the process was asked to end: it still answers, and wants no more. */
  isDraining?(): boolean
}

export function registerHealth(app: FastifyInstance, deps: HealthDeps): void {
  app.get('/health/live', () => ({ status: 'ok' }))
  app.get('/health/ready', async (_request, reply) => {
    const [database, store] = await Promise.all([
      deps.pingDatabase().then(
        () => 'up' as const,
        () => 'down' as const,
      ),
      deps.store.health(),
    ])
    const draining = deps.isDraining?.() ?? false
    const health = database === 'down' ? 'down' : store === 'down' ? 'degraded' : 'ok'
    const status = draining ? 'draining' : health
    reply.code(draining || database === 'down' ? 503 : 200).header('cache-control', 'no-store')
    return { status, parts: { database, store } }
  })
}
