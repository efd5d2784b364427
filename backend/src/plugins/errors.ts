/** Turns every error into problem+json. Messages of 500 and above stay inside; the log has them under the request id. */
import { ERROR_STATUS, type ErrorCode } from '@chronos/contracts/errors'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { NO_FAULTS, type Faults } from '../platform/faults.ts'
import { sqlErrorOf } from '../platform/sql-errors.ts'
import { routeOf, traceIdOf } from './access-log.ts'

const TITLES: Partial<Record<ErrorCode, string>> = {
  internal: 'Something went wrong on our side',
  unavailable: 'Not available right now, try again',
  timed_out: 'This took longer than it may: ask for less, or try again later',
}

/** Refusals that PostgreSQL makes itself, by constraint name, then by SQLSTATE. */
export type ConstraintCodes = Readonly<Record<string, { code: ErrorCode; detail: string }>>

export function translate(error: unknown, constraints: ConstraintCodes): AppError {
  if (error instanceof AppError) return error
  const sql = sqlErrorOf(error)
  if (sql) return fromDatabase(sql.state, sql.constraint, constraints, error)
  const fastify = error as Partial<FastifyError>
  if (fastify.code?.startsWith('FST_') && fastify.statusCode !== undefined && fastify.statusCode < 500) {
    return new AppError(codeOfStatus(fastify.statusCode), { detail: fastify.message ?? 'Refused' })
  }
  if (error instanceof SyntaxError && fastify.statusCode === 400)
    return new AppError('invalid_request', { detail: 'The body is no valid JSON' })
  if (
    /timeout exceeded when trying to connect|ECONNREFUSED|Connection terminated|not queryable|P2028|P1001/.test(
      String((error as Error | null)?.message) + String(fastify.code),
    )
  ) {
    return new AppError('unavailable', { cause: error, headers: { 'retry-after': '2' } })
  }
  return new AppError('internal', { cause: error })
}

function fromDatabase(
  state: string,
  constraint: string | null,
  constraints: ConstraintCodes,
  cause: unknown,
): AppError {
  const known = constraint === null ? undefined : constraints[constraint]
  if (known) return new AppError(known.code, { detail: known.detail, cause })
  // A zero byte, or half of a surrogate pair: no text of ours, and none that PostgreSQL keeps.
  if (state === '22021' || state === '22P05') {
    return new AppError('invalid_request', { detail: 'A text holds characters that cannot be kept', cause })
  }
  if (state === '22003') return new AppError('amount_overflow', { detail: 'A sum would be too large', cause })
  // statement_timeout: the same statement would run as long again, so nobody is asked to send it again at once.
  if (state === '57014') return new AppError('timed_out', { cause })
  // lock_timeout, too many connections, idle in a transaction, shutting down, connection lost.
  if (
    state === '55P03' ||
    state === '53300' ||
    state === '25P03' ||
    state.startsWith('57P') ||
    state.startsWith('08')
  ) {
    return new AppError('unavailable', { cause, headers: { 'retry-after': '2' } })
  }
  if (state === '40001' || state === '40P01')
    return new AppError('unavailable', { cause, headers: { 'retry-after': '1' } })
  return new AppError('internal', { cause })
}

function codeOfStatus(status: number): ErrorCode {
  const byStatus: Record<number, ErrorCode> = {
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not_found',
    405: 'method_not_allowed',
    413: 'payload_too_large',
    415: 'unsupported_media_type',
    429: 'too_many_requests',
  }
  return byStatus[status] ?? 'invalid_request'
}

export function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { detail, fields, lines, challenge, headers } = error.details
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value)
  const status = ERROR_STATUS[error.code]
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify as (payload: unknown) => string)
    .send({
      type: `urn:chronos:problem:${error.code}`,
      title: TITLES[error.code] ?? error.code.replaceAll('_', ' '),
      status,
      code: error.code,
      ...(detail !== undefined && status < 500 ? { detail } : {}),
      requestId: request.id,
      ...(fields ? { fields } : {}),
      ...(lines ? { lines } : {}),
      ...(challenge ? { challenge } : {}),
    })
}

/**
 * Refusals of who ran into a control: the log names it, so that tries to get past one are seen. What ordinary work meets
 * (a conflict, a limit of the plan, an id that is gone) is none.
 */
const CONTROLS: Partial<
  Record<ErrorCode, 'authentication' | 'authorization' | 'origin' | 'automation' | 'input'>
> = {
  unauthenticated: 'authentication',
  invalid_credentials: 'authentication',
  invalid_code: 'authentication',
  passkey_refused: 'authentication',
  link_invalid: 'authentication',
  session_ended: 'authentication',
  forbidden: 'authorization',
  email_unverified: 'authorization',
  step_up_required: 'authorization',
  second_factor_missing: 'authorization',
  csrf_failed: 'origin',
  too_many_requests: 'automation',
  invalid_request: 'input',
  method_not_allowed: 'input',
  payload_too_large: 'input',
  unsupported_media_type: 'input',
}

function logRefusal(error: AppError, request: FastifyRequest): void {
  const control = CONTROLS[error.code]
  request.log.info({ code: error.code, ...(control ? { control } : {}) }, 'request refused')
}

/** @param faults takes what is nobody's fault but ours */
export function registerErrors(
  app: FastifyInstance,
  constraints: ConstraintCodes,
  faults: Faults = NO_FAULTS,
): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = translate(error, constraints)
    if (refusal.code === 'internal')
      faults.report(refusal.details.cause ?? refusal, {
        where: `${request.method} ${routeOf(request)}`,
        requestId: request.id,
        traceId: traceIdOf(request.headers, request.id),
      })
    if (refusal.status >= 500)
      request.log.error({ err: refusal.details.cause ?? refusal, code: refusal.code }, 'request failed')
    else logRefusal(refusal, request)
    return sendProblem(refusal, request, reply)
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new AppError('not_found', { detail: 'There is no such address' }), request, reply),
  )
}
