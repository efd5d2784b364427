/** Refusals of the parsers as the API's errors. */
import type { ErrorCode } from '@chronos/contracts/errors'
import { AppError } from '../../platform/errors.ts'
import { StatementRefused, type RefusalCode } from './statement.ts'

const CODES: Partial<Record<RefusalCode, ErrorCode>> = {
  file_too_large: 'payload_too_large',
  binary_file: 'unsupported_format',
  spreadsheet_file: 'unsupported_format',
  pdf_file: 'unsupported_format',
  archive_file: 'unsupported_format',
  image_file: 'unsupported_format',
  html_file: 'unsupported_format',
  json_file: 'unsupported_format',
  format_not_supported: 'unsupported_format',
  unknown_format: 'unsupported_format',
  ofx_investments: 'unsupported_format',
  ofx_loans: 'unsupported_format',
  mapping_mismatch: 'mapping_invalid',
}

/** @returns the error itself where it is no refusal of a parser */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof StatementRefused)) return error
  const lines =
    error.errors.length > 0 || error.line === null
      ? error.errors
      : [{ line: error.line, message: error.message, code: error.code }]
  return new AppError(CODES[error.code] ?? 'unreadable_file', {
    detail: error.message,
    ...(lines.length > 0 ? { lines: lines.slice(0, 100) } : {}),
  })
}
