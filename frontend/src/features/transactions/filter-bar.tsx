import { Button, CloseButton, Drawer, Group, Indicator, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconFilters, IconSearch } from '../../components/icons.ts'
import classes from './filter-bar.module.css'
import { FilterFields } from './filter-fields.tsx'
import { countFilters } from './transaction-filters.ts'
import type { TransactionFilters } from './transaction-filters.ts'

/** Narrows the list; what is chosen goes to the address. */
export function FilterBar({ filters }: { filters: TransactionFilters }) {
  const { t } = useTranslation()
  const wide = useMediaQuery('(min-width: 48em)', undefined, { getInitialValueInEffect: false })
  const navigate = useNavigate()
  const [opened, drawer] = useDisclosure(false)
  const change = (changes: TransactionFilters): void =>
    void navigate({ to: '/transactions', replace: true, search: (before) => ({ ...before, ...changes }) })
  const clear = (): void => void navigate({ to: '/transactions', replace: true, search: {} })
  const count = countFilters(filters)
  const besideSearch = count - (filters.q === undefined ? 0 : 1)
  return (
    <search className={classes['bar']} aria-label={t('transactions.filters')}>
      <SearchInput value={filters.q ?? ''} onChange={(q) => change({ q: q === '' ? undefined : q })} />
      {wide ? (
        <>
          <FilterFields filters={filters} onChange={change} />
          {count > 0 && (
            <Button variant="subtle" onClick={clear}>
              {t('transactions.clear_filters')}
            </Button>
          )}
        </>
      ) : (
        <>
          <Indicator label={besideSearch} disabled={besideSearch === 0} size={18} offset={4}>
            <Button
              variant="default"
              onClick={drawer.open}
              leftSection={<IconFilters size={18} aria-hidden />}
            >
              {t('transactions.filters')}
            </Button>
          </Indicator>
          <Drawer
            opened={opened}
            onClose={drawer.close}
            position="bottom"
            size="auto"
            title={t('transactions.filters')}
            closeButtonProps={{ 'aria-label': t('common.close') }}
          >
            <Stack pb="md">
              <FilterFields filters={filters} onChange={change} />
              <Group grow>
                <Button variant="default" onClick={clear}>
                  {t('transactions.clear_filters')}
                </Button>
                <Button onClick={drawer.close}>{t('transactions.show')}</Button>
              </Group>
            </Stack>
          </Drawer>
        </>
      )}
    </search>
  )
}

/** Goes to the address a moment after the last key. */
function SearchInput({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value)
  const tell = useDebouncedCallback(onChange, 300)
  useHotkeys([['/', () => input.current?.focus()]])
  // The address changes without typing too: the back button, a cleared filter.
  useEffect(() => {
    if (document.activeElement !== input.current) setText(value)
  }, [value])
  const type = (next: string): void => {
    setText(next)
    tell(next.trim())
  }
  return (
    <TextInput
      ref={input}
      className={classes['search'] ?? ''}
      type="search"
      aria-label={t('transactions.search')}
      aria-keyshortcuts="/"
      placeholder={t('transactions.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? null : <CloseButton size="sm" aria-label={t('common.clear')} onClick={() => type('')} />
      }
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  )
}
