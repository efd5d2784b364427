import type { ActingOperator } from './acts.queries.ts'

/** Who sits at the machine itself: no operator by name, but the log of acts says so. */
export const COMMAND_LINE: ActingOperator = {
  operatorId: null,
  name: 'command line',
  ip: null,
  requestId: null,
}
