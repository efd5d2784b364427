import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { WEB_VERSION } from '../lib/version.ts'

/** Which version this is, for whoever reports that something is wrong. */
export function VersionText() {
  const { t } = useTranslation()
  return WEB_VERSION === '' ? null : (
    <Text size="xs" c="dimmed" mt="xl" component="footer">
      {t('common.version', { version: WEB_VERSION })}
    </Text>
  )
}
