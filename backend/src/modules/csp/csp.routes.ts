/** Takes browsers' reports of what the content policy stopped: into the log, bounded, and nowhere else. */
import { reportCspViolation } from '@chronos/contracts/csp'
import { AppError } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { violationsOf } from './csp.rules.ts'

export function registerCspRoutes(endpoints: Endpoints, { logger }: { logger: Log }): void {
  endpoints.register(reportCspViolation, ({ request }) => {
    const raw = request.body
    const violations = Buffer.isBuffer(raw) ? violationsOf(raw) : null
    if (violations === null) throw new AppError('invalid_request', { detail: 'The body is no report' })
    for (const violation of violations) logger.warn(violation, 'content policy violated')
    return Promise.resolve(undefined)
  })
}
