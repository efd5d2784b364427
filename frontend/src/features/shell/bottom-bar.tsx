import { UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconBudget, IconDashboard, IconMore, IconPlus, IconTransactions } from '../../components/icons.ts'
import { useCan } from '../../lib/session.tsx'
import classes from './bottom-bar.module.css'

const LEFT = [
  { to: '/', name: 'home_short', icon: IconDashboard },
  { to: '/transactions', name: 'transactions_short', icon: IconTransactions },
] as const
const RIGHT = [
  { to: '/budgets', name: 'budgets', icon: IconBudget },
  { to: '/more', name: 'more', icon: IconMore },
] as const

/** The phone's navigation, within reach of the thumb. */
export function BottomBar({ onAdd }: { onAdd: () => void }) {
  const { t } = useTranslation()
  const canWrite = useCan('ledger.write')
  return (
    <nav className={classes['bar']} aria-label={t('nav.pages')}>
      {LEFT.map((tab) => (
        <Tab key={tab.to} {...tab} />
      ))}
      {canWrite && (
        <UnstyledButton className={classes['add'] ?? ''} onClick={onAdd} aria-label={t('nav.add')}>
          <IconPlus size={26} aria-hidden />
        </UnstyledButton>
      )}
      {RIGHT.map((tab) => (
        <Tab key={tab.to} {...tab} />
      ))}
    </nav>
  )
}

function Tab({ to, name, icon: Icon }: (typeof LEFT)[number] | (typeof RIGHT)[number]) {
  const { t } = useTranslation()
  return (
    <Link
      to={to}
      className={classes['tab']}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      activeProps={{ 'data-active': true }}
    >
      <Icon size={22} stroke={1.7} aria-hidden />
      <span>{t(`nav.${name}`)}</span>
    </Link>
  )
}
