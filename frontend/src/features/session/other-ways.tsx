import { Button, Divider, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconPasskey } from '../../components/icons.ts'
import { API } from '../../lib/api-client.ts'
import { canUsePasskeys } from '../../lib/passkeys.ts'

interface OtherWaysProps {
  next: string
  /** The operator's own OpenID provider, by its name. */
  provider: string | null
  busy: boolean
  error: unknown
  onPasskey: () => void
}

/** Signing in without a password of ours. */
export function OtherWays({ next, provider, busy, error, onPasskey }: OtherWaysProps) {
  const { t } = useTranslation()
  const passkeys = canUsePasskeys()
  if (!passkeys && provider === null) return null
  return (
    <Stack gap="xs">
      <Divider label={t('session.or')} />
      {passkeys && (
        <Button
          variant="default"
          size="md"
          leftSection={<IconPasskey size={18} aria-hidden />}
          loading={busy}
          onClick={onPasskey}
        >
          {t('session.with_passkey')}
        </Button>
      )}
      {provider !== null && <ProviderButton name={provider} next={next} />}
      <FormError error={error} />
    </Stack>
  )
}

/** Leaves for the operator's provider: a page of its own, not a call. */
export function ProviderButton({ name, next }: { name: string; next: string }) {
  const { t } = useTranslation()
  const start = `${API}/auth/provider/start${next === '/' ? '' : `?next=${encodeURIComponent(next)}`}`
  return (
    <Button variant="default" size="md" component="a" href={start}>
      {t('session.with_provider', { name })}
    </Button>
  )
}
