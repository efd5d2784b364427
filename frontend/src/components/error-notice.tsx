import { Button, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { errorText } from '../lib/error-text.ts'
import { IconAlert } from './icons.ts'
import classes from './notice.module.css'

/** Why something could not be shown, and the way to try again. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation()
  const words = errorText(error)
  return (
    <Stack className={classes['notice'] ?? ''} role="alert" gap="xs" align="center">
      <IconAlert className={classes['error-icon']} size={28} aria-hidden />
      <Text fw={600} ta="center">
        {words.title}
      </Text>
      {words.requestId !== null && (
        <Text size="xs" c="dimmed" className={classes['request'] ?? ''}>
          {words.detail}
        </Text>
      )}
      {onRetry && (
        <Button variant="light" size="xs" onClick={onRetry}>
          {t('common.try_again')}
        </Button>
      )}
    </Stack>
  )
}
