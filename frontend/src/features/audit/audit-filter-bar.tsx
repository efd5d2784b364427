import { Button, Select } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { textOf } from '../../lib/i18n.ts'
import { CHANGES, countAuditFilters, eventsBySubject, KINDS } from './audit-filters.ts'
import type { AuditFilters } from './audit-filters.ts'
import classes from './audit.module.css'

const DateField = lazy(async () => {
  const { DateField: component } = await import('../../components/date-field.tsx')
  return { default: component }
})

interface AuditFilterBarProps {
  filters: AuditFilters
  /** Who stands in what is shown. */
  people: readonly { id: string; name: string }[]
}

/** Narrows the history; what is chosen goes to the address. */
export function AuditFilterBar({ filters, people }: AuditFilterBarProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const change = (changes: AuditFilters): void =>
    void navigate({ to: '/audit', replace: true, search: (before) => ({ ...before, ...changes }) })
  const actions = [
    {
      group: t('audit.changes'),
      items: CHANGES.map((value) => ({ value, label: t(`audit.filter.${value}`) })),
    },
    ...eventsBySubject().map(({ subject, events }) => ({
      group: textOf(`audit.subject.${subject}`) ?? subject,
      items: events.map((value) => ({
        value,
        label: textOf(`audit.event_name.${value.replace('.', '_')}`) ?? value,
      })),
    })),
  ]
  return (
    <search className={classes['filters']} aria-label={t('audit.filters')}>
      <Select
        aria-label={t('audit.filter_action')}
        placeholder={t('audit.filter_action')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        searchable
        nothingFoundMessage={t('common.nothing_found')}
        data={actions}
        value={filters.action ?? null}
        onChange={(action) => change({ action: action ?? undefined })}
      />
      <Select
        aria-label={t('audit.filter_kind')}
        placeholder={t('audit.filter_kind')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        data={KINDS.map((value) => ({ value, label: t(`audit.kind.${value}`) }))}
        value={filters.entity ?? null}
        onChange={(entity) => change({ entity: entity ?? undefined })}
      />
      <Select
        aria-label={t('audit.filter_member')}
        placeholder={t('audit.filter_member')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        searchable={people.length > 6}
        nothingFoundMessage={t('common.nothing_found')}
        data={people.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.actorId ?? null}
        onChange={(actorId) => change({ actorId: actorId ?? undefined })}
      />
      <Suspense>
        <DateField
          aria-label={t('transactions.from')}
          placeholder={t('transactions.from')}
          value={filters.from ?? null}
          onChange={(from) => change({ from: from ?? undefined })}
          clearable
        />
        <DateField
          aria-label={t('transactions.to')}
          placeholder={t('transactions.to')}
          value={filters.to ?? null}
          onChange={(to) => change({ to: to ?? undefined })}
          clearable
        />
      </Suspense>
      {countAuditFilters(filters) > 0 && (
        <Button variant="subtle" onClick={() => void navigate({ to: '/audit', replace: true, search: {} })}>
          {t('transactions.clear_filters')}
        </Button>
      )}
    </search>
  )
}
