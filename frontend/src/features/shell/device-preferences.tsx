import { LOCALES } from '@chronos/contracts/auth'
import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { speak } from '../../lib/i18n.ts'
import { LANGUAGE_NAMES, SCHEMES } from './menu-items.tsx'

/** Language and colours of this device alone. */
export function DevicePreferences() {
  const { t, i18n } = useTranslation()
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={600} mb={6} id="language-label">
          {t('settings.language')}
        </Text>
        <SegmentedControl
          fullWidth
          aria-labelledby="language-label"
          value={i18n.language}
          onChange={(value) => {
            const locale = LOCALES.find((known) => known === value)
            if (locale) void speak(locale, true)
          }}
          data={LOCALES.map((locale) => ({ value: locale, label: LANGUAGE_NAMES[locale] }))}
        />
      </div>
      <div>
        <Text size="sm" fw={600} mb={6} aria-hidden>
          {t('settings.appearance')}
        </Text>
        <SchemeChoice />
      </div>
    </Stack>
  )
}

export function SchemeChoice() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return (
    <SegmentedControl
      fullWidth
      aria-label={t('settings.appearance')}
      value={colorScheme}
      onChange={(value) => {
        const scheme = SCHEMES.find((known) => known.value === value)
        if (scheme) setColorScheme(scheme.value)
      }}
      data={SCHEMES.map(({ value }) => ({ value, label: t(`settings.scheme.${value}`) }))}
    />
  )
}
