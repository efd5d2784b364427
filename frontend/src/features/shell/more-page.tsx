import { allows } from '@chronos/contracts/permissions'
import { Button, Card, Stack, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconChevronRight, IconPlus, IconSignOut } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { VersionText } from '../../components/version-text.tsx'
import { useSession } from '../../lib/session.tsx'
import { useSignOut } from '../session/session-actions.ts'
import { useSwitchTenant } from '../workspace/use-switch-tenant.ts'
import { DevicePreferences } from './device-preferences.tsx'
import classes from './more-page.module.css'
import { NewWorkspace } from './new-workspace.tsx'
import { PAGES } from './navigation.ts'

const IN_BOTTOM_BAR: readonly string[] = ['/', '/transactions', '/budgets']

/** The phone's way to the other pages, and the settings of this device. */
export function MorePage() {
  const { t } = useTranslation()
  const { user, tenant, tenants } = useSession()
  const signOut = useSignOut()
  const switchTenant = useSwitchTenant()
  const [opening, setOpening] = useState(false)
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
        <button type="button" className={classes['row']} onClick={() => setOpening(true)}>
          <IconPlus size={20} stroke={1.7} aria-hidden />
          <span>{t('nav.new_workspace')}</span>
        </button>
        <NewWorkspace opened={opening} onClose={() => setOpening(false)} />
      </Card>
      <Card>
        <DevicePreferences />
      </Card>
      <Button
        variant="default"
        leftSection={<IconSignOut size={18} aria-hidden />}
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        {t('session.sign_out')}
      </Button>
      <VersionText />
    </Stack>
  )
}
