import { Button, Kbd, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconPlus, IconSearch } from '../../components/icons.ts'
import { Logo } from '../../components/logo.tsx'
import { useCan, useSession } from '../../lib/session.tsx'
import { allows } from '@chronos/contracts/permissions'
import { PAGES } from './navigation.ts'
import { SidebarAccounts } from './sidebar-accounts.tsx'
import classes from './sidebar.module.css'
import { WorkspaceMenu } from './workspace-menu.tsx'

/** The desktop's navigation, with every account and its balance. */
export function Sidebar({ onSearch, onAdd }: { onSearch: () => void; onAdd: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const canWrite = useCan('ledger.write')
  return (
    <aside className={classes['sidebar']} aria-label={t('nav.sidebar')}>
      <div className={classes['top']}>
        <Link to="/" className={classes['home']} aria-label={t('nav.home')}>
          <Logo size={26} />
        </Link>
        <WorkspaceMenu />
        {canWrite && (
          <Button
            color="#f8bd2b"
            c="#2a1033"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={onAdd}
            aria-keyshortcuts="n"
            fullWidth
          >
            {t('nav.add')}
          </Button>
        )}
        <UnstyledButton
          className={classes['search'] ?? ''}
          onClick={onSearch}
          aria-keyshortcuts="Control+K Meta+K"
        >
          <IconSearch size={16} aria-hidden />
          <span>{t('nav.search')}</span>
          <Kbd size="xs" aria-hidden>
            {navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}
          </Kbd>
        </UnstyledButton>
      </div>
      <nav aria-label={t('nav.pages')} className={classes['pages']}>
        {PAGES.filter(({ permission }) => allows(user.role, permission)).map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className={classes['page']}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            activeProps={{ 'data-active': true }}
          >
            <Icon size={19} stroke={1.7} aria-hidden />
            {t(`nav.${name}`)}
          </Link>
        ))}
      </nav>
      <SidebarAccounts />
    </aside>
  )
}
