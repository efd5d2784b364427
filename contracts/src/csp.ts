/** Where browsers tell of what the content security policy stopped. */
import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const reportCspViolation = endpoint({
  id: 'reportCspViolation',
  method: 'POST',
  path: '/csp-reports',
  tag: 'Security',
  auth: 'public',
  permission: null,
  summary: 'Reports of browsers (application/csp-report and application/reports+json); logged, never stored',
  bodyKind: 'raw',
  maxBodyBytes: 16 * 1024,
  body: z.unknown(),
  status: 204,
  response: null,
})
