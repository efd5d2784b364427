/** What follows a change of a person, should the request that made it have been cut off. */
import type { JobHandler } from '../../platform/jobs.ts'
import { tellRefusal } from './password-sign-in.service.ts'
import { copyPerson, type PersonDeps } from './person.service.ts'

export function identityJobs(deps: PersonDeps): JobHandler[] {
  return [
    {
      queue: 'identity.copies',
      handle: async ({ subjectId }) => {
        if (subjectId !== null)
          await copyPerson(deps, subjectId, { requestId: null, sessionId: null, ip: null })
      },
    },
    {
      queue: 'identity.refusals',
      handle: async ({ subjectId }) => {
        if (subjectId !== null) await tellRefusal(deps, subjectId)
      },
    },
  ]
}
