/** Every refusal has one of these codes; the web chooses its text by it. Wire form: problem+json (RFC 9457). */
import { z } from 'zod'

export const ERROR_STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  session_ended: 401,
  second_factor_required: 401,
  forbidden: 403,
  csrf_failed: 403,
  email_unverified: 403,
  step_up_required: 403,
  second_factor_missing: 403,
  registration_closed: 403,
  provider_refused: 403,
  provider_email_unverified: 403,
  workspace_suspended: 403,
  workspace_read_only: 403,
  plan_limit: 403,
  feature_off: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  email_taken: 409,
  name_taken: 409,
  in_use: 409,
  last_owner: 409,
  already_member: 409,
  not_ready: 409,
  already_enrolled: 409,
  provider_unlinked: 409,
  provider_taken: 409,
  link_invalid: 410,
  import_not_ready: 409,
  import_already_applied: 409,
  idempotency_in_progress: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unsupported_format: 415,
  amount_overflow: 422,
  lines_mismatch: 422,
  currency_mismatch: 422,
  unknown_reference: 422,
  weak_password: 422,
  invalid_code: 422,
  passkey_refused: 422,
  category_cycle: 422,
  transfer_leg: 422,
  idempotency_mismatch: 422,
  unreadable_file: 422,
  mapping_invalid: 422,
  account_required: 422,
  precondition_required: 428,
  too_many_requests: 429,
  internal: 500,
  provider_unavailable: 503,
  unavailable: 503,
  timed_out: 504,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS
export const ERROR_CODES = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]

/** One refused field of a body, query or path. */
export const FieldError = z.object({
  path: z.string().meta({ description: 'Dotted path, as lines.0.amountMinor' }),
  message: z.string(),
})
export type FieldError = z.infer<typeof FieldError>

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(ERROR_CODES),
    detail: z.string().optional(),
    requestId: z.string(),
    fields: z.array(FieldError).optional(),
    /** second_factor_required: what `POST /auth/second-factor` continues with. */
    challenge: z
      .object({ token: z.string(), methods: z.array(z.enum(['totp', 'recovery_code', 'passkey'])) })
      .optional(),
    /** Statement files: the lines that were refused. */
    lines: z.array(z.object({ line: z.int(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>
