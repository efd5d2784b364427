import type { JobHandler } from '../../platform/jobs.ts'
import { makeExport, type ExportDeps } from './exports.service.ts'

export function exportJobs(deps: ExportDeps): JobHandler[] {
  return [
    {
      queue: 'exports',
      handle: async ({ tenantId, subjectId }) => {
        if (tenantId !== null && subjectId !== null) await makeExport(deps, tenantId, subjectId)
      },
    },
  ]
}
