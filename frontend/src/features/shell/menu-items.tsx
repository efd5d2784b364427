import { LOCALES } from '@chronos/contracts/auth'
import { Menu, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconMoon, IconPlus, IconSun, IconSystem } from '../../components/icons.ts'
import { speak } from '../../lib/i18n.ts'
import { useSession } from '../../lib/session.tsx'
import { useSwitchTenant } from '../workspace/use-switch-tenant.ts'

export const LANGUAGE_NAMES = { 'pt-BR': 'Português', en: 'English', es: 'Español' } as const

export const SCHEMES = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconSystem },
] as const

const tick = <IconCheck size={16} aria-hidden />

/** The person's workspaces, and the way to a further one. */
export function WorkspaceItems({ onNew }: { onNew: () => void }) {
  const { t } = useTranslation()
  const { tenant, tenants } = useSession()
  const switchTenant = useSwitchTenant()
  return (
    <>
      <Menu.Label>{t('nav.workspaces')}</Menu.Label>
      {tenants.map(({ id, name }) => (
        <Menu.Item
          key={id}
          rightSection={id === tenant.id ? tick : null}
          aria-current={id === tenant.id}
          onClick={() => id !== tenant.id && switchTenant.mutate(id)}
        >
          {name}
        </Menu.Item>
      ))}
      <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={onNew}>
        {t('nav.new_workspace')}
      </Menu.Item>
      <Menu.Divider />
    </>
  )
}

export function LanguageItems() {
  const { t, i18n } = useTranslation()
  return (
    <>
      <Menu.Label>{t('settings.language')}</Menu.Label>
      {LOCALES.map((locale) => (
        <Menu.Item
          key={locale}
          lang={locale}
          rightSection={i18n.language === locale ? tick : null}
          aria-current={i18n.language === locale}
          onClick={() => void speak(locale, true)}
        >
          {LANGUAGE_NAMES[locale]}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  )
}

export function SchemeItems() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return (
    <>
      <Menu.Label>{t('settings.appearance')}</Menu.Label>
      {SCHEMES.map(({ value, icon: Icon }) => (
        <Menu.Item
          key={value}
          leftSection={<Icon size={16} aria-hidden />}
          rightSection={colorScheme === value ? tick : null}
          aria-current={colorScheme === value}
          onClick={() => setColorScheme(value)}
        >
          {t(`settings.scheme.${value}`)}
        </Menu.Item>
      ))}
    </>
  )
}
