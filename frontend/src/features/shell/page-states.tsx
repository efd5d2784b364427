import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core'
import { Link, useRouter } from '@tanstack/react-router'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../components/error-notice.tsx'

export function PagePending() {
  const { t } = useTranslation()
  return (
    <Center mih="60dvh" role="status" aria-label={t('common.loading')}>
      <Loader type="dots" />
    </Center>
  )
}

/** @param home where the way back leads: the console of operators has a start of its own */
export function PageFailed({ error, home = '/' }: ErrorComponentProps & { home?: string }) {
  const { t } = useTranslation()
  const router = useRouter()
  return (
    <Center mih="70dvh">
      <Stack align="center" gap={0}>
        <ErrorNotice error={error} onRetry={() => void router.invalidate()} />
        <Button variant="subtle" component="a" href={home}>
          {t('errors.back_home')}
        </Button>
      </Stack>
    </Center>
  )
}

export function PageMissing() {
  const { t } = useTranslation()
  return (
    <Center mih="70dvh" p="lg" component="main">
      <Stack align="center" gap="xs" maw={420}>
        <Text className="display" fz={64} fw={700} c="jabuticaba" aria-hidden>
          404
        </Text>
        <Title order={1} ta="center">
          {t('errors.page_missing')}
        </Title>
        <Text c="dimmed" ta="center">
          {t('errors.page_missing_hint')}
        </Text>
        <Button component={Link} to="/" mt="md">
          {t('errors.back_home')}
        </Button>
      </Stack>
    </Center>
  )
}
