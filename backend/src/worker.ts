/** Job entry: runs jobs and asks for those that recur, or does what CHRONOS_ROLES says. */
import { JOB_ROLES } from './process-roles.ts'
import { runProcess } from './run-process.ts'

await runProcess(JOB_ROLES)
