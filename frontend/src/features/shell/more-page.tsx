import { LOCALES } from '@chronos/contracts/auth'
import { allows } from '@chronos/contracts/permissions'
import { Button, Card, SegmentedControl, Stack, Text, Title, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconChevronRight, IconSignOut } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { speak } from '../../lib/i18n.ts'
import { useSession } from '../../lib/session.tsx'
import { useSignOut, useSwitchTenant } from '../session/session-actions.ts'
import { LANGUAGE_NAMES, SCHEMES } from './menu-items.tsx'
import classes from './more-page.module.css'
import { PAGES } from './navigation.ts'

const IN_BOTTOM_BAR: readonly string[] = ['/', '/transactions', '/budgets']

/** The phone's way to the other pages, and the settings of this device. */
export function MorePage() {
  const { t, i18n } = useTranslation()
  const { user, tenant, tenants } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  const switchTenant = useSwitchTenant()
  const pages = PAGES.filter(
    ({ to, permission }) => !IN_BOTTOM_BAR.includes(to) && allows(user.role, permission),
  )
  return (
    <Stack maw={560}>
      <PageHeader title={t('nav.more')} hint={`${tenant.name} · ${user.name}`} />
      <Card p="xs">
        <nav aria-label={t('nav.more')}>
          {pages.map(({ to, name, icon: Icon }) => (
            <Link key={to} to={to} className={classes['row']}>
              <Icon size={20} stroke={1.7} aria-hidden />
              <span>{t(`nav.${name}`)}</span>
              <IconChevronRight size={16} aria-hidden />
            </Link>
          ))}
        </nav>
      </Card>
      {tenants.length > 1 && (
        <Card>
          <Title order={2} size="h3" mb="xs">
            {t('nav.workspaces')}
          </Title>
          {tenants.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              className={classes['row']}
              aria-current={id === tenant.id}
              onClick={() => id !== tenant.id && switchTenant.mutate(id)}
            >
              <span>{name}</span>
              {id === tenant.id && <IconCheck size={16} aria-hidden />}
            </button>
          ))}
        </Card>
      )}
      <Card>
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
            <Text size="sm" fw={600} mb={6} id="scheme-label">
              {t('settings.appearance')}
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="scheme-label"
              value={colorScheme}
              onChange={(value) => {
                const scheme = SCHEMES.find((known) => known.value === value)
                if (scheme) setColorScheme(scheme.value)
              }}
              data={SCHEMES.map(({ value }) => ({ value, label: t(`settings.scheme.${value}`) }))}
            />
          </div>
        </Stack>
      </Card>
      <Button
        variant="default"
        leftSection={<IconSignOut size={18} aria-hidden />}
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        {t('session.sign_out')}
      </Button>
    </Stack>
  )
}
