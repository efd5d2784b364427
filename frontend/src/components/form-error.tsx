import { Alert } from '@mantine/core'
import { errorText } from '../lib/error-text.ts'
import { isGivenUp } from '../lib/query-client.ts'
import { IconAlert } from './icons.ts'

/** Why a form was not taken, above its button. */
export function FormError({ error }: { error: unknown }) {
  if (error === null || error === undefined || isGivenUp(error)) return null
  const { title, detail } = errorText(error)
  return (
    <Alert color="goiaba" variant="light" icon={<IconAlert aria-hidden />} role="alert" title={title}>
      {detail !== '' && <span style={{ fontSize: 12, overflowWrap: 'anywhere' }}>{detail}</span>}
    </Alert>
  )
}
