import { useHotkeys } from '@mantine/hooks'
import { Outlet, useRouter, useSearch } from '@tanstack/react-router'
import { Suspense, lazy, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { wantMoreTexts } from '../../lib/i18n.ts'
import { forgetEverything } from '../../lib/query-client.ts'
import { onSessionChanged } from '../../lib/session-channel.ts'
import { useCan } from '../../lib/session.tsx'
import { UnverifiedBar } from '../security/unverified-bar.tsx'
import { useEnrolmentWatch } from '../security/use-enrolment-watch.ts'
import classes from './app-frame.module.css'
import { BottomBar } from './bottom-bar.tsx'
import { quickAdd } from './quick-add-target.ts'
import { Sidebar } from './sidebar.tsx'
import { useLiveEvents } from './use-live-events.ts'
import { useOpenTransaction } from './use-open-transaction.ts'
import { useSessionTrouble } from './use-session-trouble.ts'

const TransactionDrawer = lazy(async () => {
  const { TransactionDrawer: component } = await import('../transactions/transaction-drawer.tsx')
  return { default: component }
})
const WorkspaceBanner = lazy(async () => {
  const [{ WorkspaceBanner: component }] = await Promise.all([
    import('../workspace/workspace-banner.tsx'),
    wantMoreTexts(),
  ])
  return { default: component }
})
const CommandPalette = lazy(async () => {
  const { CommandPalette: component } = await import('./command-palette.tsx')
  return { default: component }
})

/** What surrounds every page: sidebar or bottom bar, the drawer of a transaction, the command palette, live events. */
export function AppFrame() {
  const { t } = useTranslation()
  const router = useRouter()
  const search = useSearch({ from: '/_app' })
  const transaction = useOpenTransaction()
  const canWrite = useCan('ledger.write')
  const [palette, setPalette] = useState({ wanted: false, opened: false })
  useLiveEvents()
  useSessionTrouble()
  useEnrolmentWatch()
  useEffect(
    () =>
      onSessionChanged(() => {
        forgetEverything()
        void router.invalidate()
      }),
    [router],
  )
  const openPalette = (): void => setPalette({ wanted: true, opened: true })
  useHotkeys([['mod+K', openPalette]], [])
  useHotkeys([
    [
      'n',
      () => {
        if (canWrite && !quickAdd()) void transaction.add('expense')
      },
    ],
  ])
  const drawerWanted = search.tx !== undefined || search.add !== undefined
  return (
    <div className={classes['frame']}>
      <a href="#content" className="skip-link">
        {t('nav.skip')}
      </a>
      <Sidebar onSearch={openPalette} onAdd={() => void transaction.add('expense')} />
      <main id="content" className={classes['main']} tabIndex={-1}>
        <UnverifiedBar />
        <Suspense>
          <WorkspaceBanner />
        </Suspense>
        <Outlet />
      </main>
      <BottomBar onAdd={() => void transaction.add('expense')} />
      <Suspense>
        <DrawerOnceWanted wanted={drawerWanted} />
        {palette.wanted && (
          <CommandPalette
            opened={palette.opened}
            onClose={() => setPalette({ wanted: true, opened: false })}
          />
        )}
      </Suspense>
    </div>
  )
}

/** Stays mounted after its first use, so that closing is animated. */
function DrawerOnceWanted({ wanted }: { wanted: boolean }) {
  const [was, setWas] = useState(wanted)
  if (wanted && !was) setWas(true)
  return was || wanted ? <TransactionDrawer /> : null
}
