import { Button, Divider, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { API } from '../../lib/api-client.ts'

interface OtherWaysProps {
  next: string
  /** The operator's own OpenID provider, by its name. */
  provider: string | null
}

/** Signing in without a password of ours. */
export function OtherWays({ next, provider }: OtherWaysProps) {
  const { t } = useTranslation()
  if (provider === null) return null
  const start = `${API}/auth/provider/start${next === '/' ? '' : `?next=${encodeURIComponent(next)}`}`
  return (
    <Stack gap="xs">
      <Divider label={t('session.or')} />
      <Button variant="default" size="md" component="a" href={start}>
        {t('session.with_provider', { name: provider })}
      </Button>
    </Stack>
  )
}
