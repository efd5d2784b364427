import { Alert } from '@mantine/core'
import { ApiError } from '../lib/api-client.ts'
import { errorText } from '../lib/error-text.ts'
import { isGivenUp } from '../lib/query-client.ts'
import { IconAlert } from './icons.ts'

interface FormErrorProps {
  error: unknown
  /** Words of this form for a code of the server, where the usual ones do not fit. */
  words?: Partial<Record<string, string>>
}

/** Why a form was not taken, above its button. */
export function FormError({ error, words = {} }: FormErrorProps) {
  if (error === null || error === undefined || isGivenUp(error)) return null
  const { title, detail } = errorText(error)
  const own = error instanceof ApiError ? words[error.code] : undefined
  return (
    <Alert color="goiaba" variant="light" icon={<IconAlert aria-hidden />} role="alert" title={own ?? title}>
      {detail !== '' && <span style={{ fontSize: 12, overflowWrap: 'anywhere' }}>{detail}</span>}
    </Alert>
  )
}
