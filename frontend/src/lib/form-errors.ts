import { i18n } from './i18n.ts'
import { ApiError } from './api-client.ts'

/**
 * The fields of a form that the server refused, with words in the reader's language: the server names the field, its
 * sentence is English.
 */
export function fieldErrors(error: unknown, fields: readonly string[]): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  const refused: Record<string, string> = {}
  for (const { path } of error.fields) {
    const field = fields.find((name) => path === name || path.startsWith(`${name}.`))
    if (field !== undefined) refused[field] = i18n.t('errors.field_refused')
  }
  return refused
}

/** The server found a new password too easy to guess: the field tells it, no notice above the button. */
export function isWeakPassword(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'weak_password'
}

/** The password of somebody who is signed in was wrong; beside its field no e-mail is in question. */
export function isWrongPassword(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'invalid_credentials'
}
