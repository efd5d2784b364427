import { Button, Center, Loader, Stack } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconAlert } from '../../components/icons.ts'
import { ApiError } from '../../lib/api-client.ts'
import { useLinkSecret } from '../../lib/link-secret.ts'
import { PublicFrame } from './public-frame.tsx'
import { PublicNotice } from './public-notice.tsx'

interface LinkPageProps {
  title: string
  /** What to do where the link is no longer good. */
  children: (token: string) => ReactNode
}

/** A page that a mailed link leads to: without the link's secret there is nothing to do on it. */
export function LinkPage({ title, children }: LinkPageProps) {
  useDocumentTitle(`${title} · CHRONOS`)
  const token = useLinkSecret('token')
  return <PublicFrame>{token === null ? <DeadLink /> : <div key={token}>{children(token)}</div>}</PublicFrame>
}

/** The link was used, has run out, or was cut off on its way. */
export function DeadLink({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <PublicNotice
      icon={<IconAlert size={28} />}
      title={t('access.dead_link')}
      hint={t('access.dead_link_hint')}
    >
      <Stack gap="xs">
        {children}
        <Button component={Link} to="/" size="md" variant={children === undefined ? 'filled' : 'default'}>
          {t('access.go_on')}
        </Button>
      </Stack>
    </PublicNotice>
  )
}

export function isDeadLink(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'link_invalid'
}

/** A link that does its work by being followed. */
export function LinkAtWork({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  if (isDeadLink(error)) return <DeadLink />
  if (error === null)
    return (
      <Center mih={180} role="status" aria-label={t('common.loading')}>
        <Loader type="dots" />
      </Center>
    )
  return (
    <Stack>
      <FormError error={error} />
      <Button size="md" onClick={onRetry}>
        {t('common.try_again')}
      </Button>
    </Stack>
  )
}
