import type { JobHandler } from '../../platform/jobs.ts'
import { deleteWorkspace } from './deletion.service.ts'

export function workspaceJobs(deps: Parameters<typeof deleteWorkspace>[0]): JobHandler[] {
  return [
    {
      // The tenant is the subject: a job of the control plane, since the tenant itself is about to go.
      queue: 'workspace.deletions',
      handle: async ({ subjectId }) => {
        if (subjectId !== null) await deleteWorkspace(deps, subjectId)
      },
    },
  ]
}
