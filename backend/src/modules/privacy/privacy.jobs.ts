import type { JobHandler } from '../../platform/jobs.ts'
import { erasePerson, type ErasureDeps } from './erasure.service.ts'
import { makePersonalExport, type PersonalExportDeps } from './personal-export.service.ts'

export function privacyJobs(deps: ErasureDeps & PersonalExportDeps): JobHandler[] {
  return [
    {
      queue: 'privacy.erasures',
      handle: async ({ subjectId }) => {
        if (subjectId !== null) await erasePerson(deps, subjectId)
      },
    },
    {
      queue: 'privacy.exports',
      handle: async ({ subjectId }) => {
        if (subjectId !== null) await makePersonalExport(deps, subjectId)
      },
    },
  ]
}
