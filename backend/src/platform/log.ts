import type { Logger } from 'pino'

/** What platform code needs of a logger: pino's and Fastify's both are one. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
