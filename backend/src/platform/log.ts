/**
 * The log. What stands in it is for operators, who may not see what people keep here: an error is written by its kind,
 * its place and the names of what it met, never by the values that it carries. PostgreSQL puts whole rows into `detail`
 * and values into messages, mail servers name the recipient, parsers quote what they could not read.
 */
import { pino, type DestinationStream, type Logger } from 'pino'
import { sqlErrorOf } from './sql-errors.ts'

/** What platform code needs of a logger: pino's and Fastify's both are one. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** Lines wait so long for others, that they are written together: a write for each is most of what a line costs. */
const FLUSH_MS = 100

/**
 * @param destination where none is given, standard output: what has gathered is written every FLUSH_MS, when the process
 *   exits, and at once with `fatal`. Only a kill loses any.
 * @param mixin what each line has besides; asked at each line
 */
export function createLogger(level: string, destination?: DestinationStream, mixin?: () => object): Logger {
  const options = {
    level,
    base: { service: 'chronos', pid: process.pid },
    serializers: { err: safeErrorOf },
    ...(mixin === undefined ? {} : { mixin }),
    redact: ['*.headers', '*.password', '*.token', '*.secret'],
  }
  const output =
    destination ?? pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: FLUSH_MS })
  return pino(options, output)
}

export interface SafeError {
  type: string
  message: string
  code?: string
  constraint?: string
  table?: string
  column?: string
  stack?: string
  cause?: SafeError
}

interface Parts {
  name?: unknown
  message?: unknown
  code?: unknown
  stack?: unknown
  cause?: unknown
  table?: unknown
  column?: unknown
}

const NAME = /^[\w.-]{1,80}$/
const MOST_CAUSES = 4

/** An error without the values that it carries, for the log and for whatever else is kept about a failure. */
export function safeErrorOf(error: unknown, depth = 0): SafeError {
  if (typeof error !== 'object' || error === null) return { type: typeof error, message: '' }
  const parts = error as Parts
  const sql = sqlErrorOf(error)
  const named = (name: keyof SafeError, value: unknown): Partial<SafeError> =>
    typeof value === 'string' && NAME.test(value) ? { [name]: value } : {}
  return {
    type: typeof parts.name === 'string' ? parts.name : 'Error',
    message: safeMessageOf(error),
    ...named('code', sql?.state ?? parts.code),
    ...named('constraint', sql?.constraint),
    ...named('table', parts.table),
    ...named('column', parts.column),
    ...(typeof parts.stack === 'string' ? { stack: framesOf(parts.stack) } : {}),
    ...(typeof parts.cause === 'object' && parts.cause !== null && depth < MOST_CAUSES
      ? { cause: safeErrorOf(parts.cause, depth + 1) }
      : {}),
  }
}

/** The frames alone: the first lines of a stack repeat the message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}

/** From the first quotation mark on: what is quoted may have some of its own. */
const QUOTED = /["'`].*$/s
const EMAIL = /[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g
const PHONE = /(?<![\w-])\+?\d{8,}(?![\w-])/g
const LONG = /[\w-]{24,}/g
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Data exceptions (class 22) and what a parser or Prisma's own checks refuse quote the value; a path may hold one. */
function safeMessageOf(error: object): string {
  const { name, message } = error as Parts
  const text = typeof message === 'string' ? message : ''
  // Prisma's own checks print the whole call, with its arguments.
  if (name === 'PrismaClientValidationError') return 'a call of Prisma with arguments that it does not take'
  const quotesValues = error instanceof SyntaxError || sqlErrorOf(error)?.state.startsWith('22') === true
  return (quotesValues ? text.replace(QUOTED, '…') : text)
    .replace(EMAIL, '…')
    .replace(LONG, (word) => (isRandom(word) && !UUID.test(word) ? '…' : word))
    .replace(PHONE, '…')
    .slice(0, 1000)
}

/** Tokens and hashes, not the long names of constraints. */
function isRandom(word: string): boolean {
  return /\d/.test(word) && (/^[0-9a-f]+$/i.test(word) || (/[a-z]/.test(word) && /[A-Z]/.test(word)))
}
