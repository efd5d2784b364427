/**
 * What a process that is a worker alone answers over HTTP, where WORKER_PORT is set: `/health/live`, `/health/ready` and
 * `/metrics`. No other address, and nothing of a workspace.
 */
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { CONSTRAINTS } from './constraints.ts'
import type { AppContext } from './context.ts'
import { registerErrors } from './plugins/errors.ts'
import { registerHealth } from './plugins/health.ts'
import { registerMetrics } from './plugins/metrics.ts'

/** @param isDraining whether the worker was asked to end */
export function buildWorkerHttp(context: AppContext, isDraining: () => boolean): FastifyInstance {
  const { config } = context
  const app: FastifyInstance = fastify({
    loggerInstance: context.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  })
  registerErrors(app, CONSTRAINTS, context.faults)
  registerMetrics(app, { ...context, token: config.metricsToken, isAlone: true })
  registerHealth(app, { ...context, backupMaxAgeHours: config.backupMaxAgeHours, isDraining })
  return app
}
