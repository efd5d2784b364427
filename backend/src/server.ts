/** HTTP entry: serves the API, Meta's webhook and events, or what CHRONOS_ROLES says. */
import { HTTP_ROLES } from './process-roles.ts'
import { runProcess } from './run-process.ts'

await runProcess(HTTP_ROLES)
