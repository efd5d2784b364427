import { Card, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../components/page-header.tsx'
import { useSession } from '../../lib/session.tsx'
import { DevicePreferences } from '../shell/device-preferences.tsx'

/** Who the person is to the others, and how this device speaks and looks. */
export function ProfilePage() {
  const { t } = useTranslation()
  const { user } = useSession()
  return (
    <>
      <PageHeader title={t('settings.pages.profile')} />
      <Stack>
        <Card>
          <Text fw={600}>{user.name}</Text>
          <Text size="sm" c="dimmed">
            {user.email}
          </Text>
        </Card>
        <Card>
          <DevicePreferences />
        </Card>
      </Stack>
    </>
  )
}
