import { Button } from '@mantine/core'
import { Link, Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { IconSignOut } from '../../components/icons.ts'
import { Logo } from '../../components/logo.tsx'
import { onSessionTrouble } from '../../lib/session-trouble.ts'
import { forgetOperator, useOperatorSignOut } from './operator-client.ts'
import classes from './operator.module.css'

const PAGES = [
  { to: '/operator', name: 'tenants' },
  { to: '/operator/plans', name: 'plans' },
  { to: '/operator/persons', name: 'persons' },
  { to: '/operator/acts', name: 'acts' },
] as const

/** What surrounds the pages of the console; unlike the app's on purpose, so that nobody takes one for the other. */
export function OperatorFrame({ name }: { name: string }) {
  const { t } = useTranslation()
  const signOut = useOperatorSignOut()
  const router = useRouter()
  useEffect(
    () =>
      onSessionTrouble((trouble) => {
        if (trouble === 'role_changed') return
        forgetOperator()
        void router.invalidate()
      }),
    [router],
  )
  return (
    <div className={classes['frame']}>
      <a href="#content" className="skip-link">
        {t('nav.skip')}
      </a>
      <header className={classes['top']}>
        <Logo size={24} />
        <span className={classes['badge']}>{t('operator.console')}</span>
        <nav className={classes['pages']} aria-label={t('nav.pages')}>
          {PAGES.map(({ to, name }) => (
            <Link
              key={to}
              to={to}
              className={classes['page']}
              activeOptions={{ exact: to === '/operator', includeSearch: false }}
              activeProps={{ 'data-active': true }}
            >
              {t(`operator.pages.${name}`)}
            </Link>
          ))}
        </nav>
        <span className={classes['who']}>{name}</span>
        <Button
          size="xs"
          variant="subtle"
          className={classes['out'] ?? ''}
          leftSection={<IconSignOut size={16} aria-hidden />}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          {t('session.sign_out')}
        </Button>
      </header>
      <main id="content" className={classes['main']} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}
