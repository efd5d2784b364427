import '@mantine/spotlight/styles.layer.css'
import { allows } from '@chronos/contracts/permissions'
import { searchForm } from '@chronos/contracts/text'
import { useMantineColorScheme } from '@mantine/core'
import { Spotlight, createSpotlight } from '@mantine/spotlight'
import type { SpotlightActionGroupData } from '@mantine/spotlight'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountIcon } from '../../components/account-icon.tsx'
import { IconMoon, IconPlus, IconSearch, IconSignOut, IconSun, IconTransfer } from '../../components/icons.ts'
import { formatMoney } from '../../lib/money-format.ts'
import { useSession } from '../../lib/session.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { useSignOut } from '../session/session-actions.ts'
import { PAGES } from './navigation.ts'
import { useOpenTransaction } from './use-open-transaction.ts'

const [store, spotlight] = createSpotlight()

/** Everything within two keys and a few letters: pages, accounts, actions, and a search of the transactions. */
export function CommandPalette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const actions = useActions(query)
  useEffect(() => {
    if (opened) spotlight.open()
  }, [opened])
  return (
    <Spotlight
      store={store}
      shortcut={null}
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      clearQueryOnClose
      highlightQuery
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': t('nav.search') } }}
      nothingFound={t('common.nothing_found')}
      filter={(text, data) => narrow(text, data as SpotlightActionGroupData[])}
      searchProps={{
        leftSection: <IconSearch size={20} aria-hidden />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  )
}

/** By the beginnings of words, accents or not; the search of transactions always stays. */
function narrow(text: string, groups: SpotlightActionGroupData[]): SpotlightActionGroupData[] {
  const wanted = searchForm(text)
  if (wanted === '') return groups
  return groups
    .map((group) => ({
      ...group,
      actions: group.actions.filter(
        (action) => action.id === 'search' || ` ${searchForm(action.label ?? '')}`.includes(` ${wanted}`),
      ),
    }))
    .filter((group) => group.actions.length > 0)
}

function useActions(query: string): SpotlightActionGroupData[] {
  const { t } = useTranslation()
  const locale = useLocale()
  const navigate = useNavigate()
  const { user } = useSession()
  const accounts = useAccounts().data ?? []
  const transaction = useOpenTransaction()
  const signOut = useSignOut()
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const writes = allows(user.role, 'ledger.write')
  const search = query.trim()
  const groups: SpotlightActionGroupData[] = [
    {
      group: t('palette.actions'),
      actions: [
        ...(writes
          ? [
              {
                id: 'add',
                label: t('nav.add'),
                leftSection: <IconPlus size={18} aria-hidden />,
                onClick: () => void transaction.add('expense'),
              },
              {
                id: 'transfer',
                label: t('transactions.new_transfer'),
                leftSection: <IconTransfer size={18} aria-hidden />,
                onClick: () => void transaction.add('transfer'),
              },
            ]
          : []),
      ],
    },
    {
      group: t('nav.pages'),
      actions: PAGES.filter(({ permission }) => allows(user.role, permission)).map(
        ({ to, name, icon: Icon }) => ({
          id: to,
          label: t(`nav.${name}`),
          leftSection: <Icon size={18} aria-hidden />,
          onClick: () => void navigate({ to }),
        }),
      ),
    },
    {
      group: t('nav.accounts'),
      actions: accounts.map((account) => ({
        id: account.id,
        label: account.name,
        description: formatMoney(account.balanceMinor, account.currency, locale),
        leftSection: <AccountIcon type={account.type} />,
        onClick: () => void navigate({ to: '/transactions', search: { accountId: account.id } }),
      })),
    },
    {
      group: t('palette.settings'),
      actions: [
        {
          id: 'light',
          label: t('palette.light'),
          leftSection: <IconSun size={18} aria-hidden />,
          onClick: () => setColorScheme('light'),
        },
        {
          id: 'dark',
          label: t('palette.dark'),
          leftSection: <IconMoon size={18} aria-hidden />,
          onClick: () => setColorScheme('dark'),
        },
        {
          id: 'sign-out',
          label: t('session.sign_out'),
          leftSection: <IconSignOut size={18} aria-hidden />,
          onClick: () => signOut.mutate(),
        },
      ],
    },
  ]
  // Last: Enter takes the first, and a page's name is the better guess where there is one.
  if (search !== '')
    groups.push({
      group: t('nav.transactions'),
      actions: [
        {
          id: 'search',
          label: t('palette.search_transactions', { text: search }),
          leftSection: <IconSearch size={18} aria-hidden />,
          onClick: () => void navigate({ to: '/transactions', search: { q: search } }),
        },
      ],
    })
  return groups.filter((group) => group.actions.length > 0)
}
