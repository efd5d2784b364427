import { i18n } from './i18n.ts'
import { ApiError } from './api-client.ts'
import { PasskeyError } from './passkeys.ts'

export interface ErrorWords {
  title: string
  /** With the request's id where there is one, so that a person can name it. */
  detail: string
  requestId: string | null
}

/** Words for any failure, chosen by its code; the server's own English sentence is never shown. */
export function errorText(error: unknown): ErrorWords {
  if (error instanceof PasskeyError)
    return { title: i18n.t(`errors.passkey_${error.trouble}`), detail: '', requestId: null }
  const code = error instanceof ApiError ? error.code : 'internal'
  const requestId = error instanceof ApiError ? error.requestId : null
  const title = i18n.t(`errors.${code}`)
  const detail = requestId === null ? '' : i18n.t('errors.request_id', { id: requestId })
  return { title, detail, requestId }
}
