import type { ErrorCode } from '@chronos/contracts/errors'
import { ApiError } from './api-client.ts'
import { textOf } from './i18n.ts'

/** A refusal that an address brings as its code; one that a newer server made up has no words here. */
export function broughtError(code: string): ApiError {
  return new ApiError(textOf(`errors.${code}`) === null ? 'forbidden' : (code as ErrorCode), 0)
}
