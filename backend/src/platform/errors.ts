/**
 * One error for every refusal. A throw rolls back; the error plugin turns it into problem+json. Messages of 500 and
 * above stay inside.
 */
import { ERROR_STATUS, type ErrorCode, type FieldError, type Problem } from '@chronos/contracts/errors'

export interface AppErrorDetails {
  /** Shown to the caller, in English; the web chooses its own text by code. */
  detail?: string
  fields?: readonly FieldError[]
  /** Statement lines that were refused. */
  lines?: readonly { line: number; message: string; code?: string }[]
  /** What goes on with a sign-in that wants a second factor. */
  challenge?: Problem['challenge']
  /** Headers of the answer, as Retry-After. */
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly details: AppErrorDetails

  constructor(code: ErrorCode, details: AppErrorDetails = {}) {
    super(details.detail ?? code, details.cause === undefined ? {} : { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.status = ERROR_STATUS[code]
    this.details = details
  }
}

/** Another tenant's row and no row at all are the same answer. */
export function notFound(what: string): AppError {
  return new AppError('not_found', { detail: `${what} not found` })
}

/** An impossible state: 500, and an alert. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError('internal', { detail: message })
}
