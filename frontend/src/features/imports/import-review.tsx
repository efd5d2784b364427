import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Import, ImportAccount } from '@chronos/contracts/imports'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountText } from '../../components/count-text.tsx'
import { FormError } from '../../components/form-error.tsx'
import { MoneyText } from '../../components/money-text.tsx'
import { formatCount } from '../../lib/money-format.ts'
import { useSession } from '../../lib/session.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { AccountSelect } from '../accounts/account-select.tsx'
import { CREATE, defaultTarget } from './import-targets.ts'
import { useApply } from './import-queries.ts'
import { ImportPreview } from './import-preview.tsx'
import classes from './imports.module.css'
import { RefusedLines } from './refused-lines.tsx'

/** What the file holds and where it goes; the last look before it is booked. */
export function ImportReview({ data, onMap }: { data: Import; onMap: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const locale = useLocale()
  const accounts = useAccounts().data
  const apply = useApply(data.id)
  const [chosen, setChosen] = useState<Record<string, string | null>>({})
  const targetOf = (account: ImportAccount): string | null =>
    chosen[account.key] ?? defaultTarget(account, accounts ?? [], tenant.currency)
  const targets = data.accounts.map((account) => [account.key, targetOf(account)] as const)
  const complete = targets.every(([, target]) => target !== null)
  const { counts } = data
  const go = (): void =>
    apply.mutate(
      Object.fromEntries(targets.flatMap(([key, target]) => (target === null ? [] : [[key, target]]))),
    )

  if (counts.new + counts.duplicate + counts.refused === 0)
    return (
      <Card>
        <Alert color="gray" title={t('import.no_rows')}>
          {t('import.no_rows_hint')}
        </Alert>
        {data.format === 'csv' && (
          <Button variant="default" mt="md" onClick={onMap}>
            {t('import.map_columns')}
          </Button>
        )}
      </Card>
    )
  return (
    <Stack>
      <Card>
        <Group justify="space-between" align="flex-end" gap="md">
          <dl className={classes['counts']}>
            {(['new', 'duplicate', 'refused'] as const).map((name) => (
              <div key={name}>
                <dt>{t(`import.count.${name}`)}</dt>
                <dd>
                  <CountText count={counts[name]} />
                </dd>
              </div>
            ))}
          </dl>
          <Group gap="xs">
            {data.format === 'csv' && (
              <Button variant="default" onClick={onMap}>
                {t('import.map_columns')}
              </Button>
            )}
            <Button onClick={go} disabled={!complete || counts.new === 0} loading={apply.isPending}>
              {counts.new === 0
                ? t('import.nothing_new')
                : t('import.apply', { count: counts.new, formatted: formatCount(counts.new, locale) })}
            </Button>
          </Group>
        </Group>
        <FormError error={apply.error} />
      </Card>
      <Card component="section" aria-labelledby="import-targets">
        <Title order={2} id="import-targets">
          {t('import.targets')}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t('import.targets_hint')}
        </Text>
        {data.accounts.map((account) => (
          <div key={account.key} className={classes['target']}>
            <div>
              <Text fw={500}>{account.number ?? t('import.account_unnamed')}</Text>
              <Text size="sm" c="dimmed">
                {t('import.rows', { count: account.count, formatted: formatCount(account.count, locale) })} ·{' '}
                <MoneyText
                  minor={account.sumMinor}
                  currency={account.currency ?? tenant.currency}
                  tone="flow"
                />
              </Text>
            </div>
            {account.currency === null && (
              <Text size="xs" c="dimmed" className={classes['note'] ?? ''}>
                {t('import.currency_assumed', { currency: tenant.currency })}
              </Text>
            )}
            <AccountSelect
              aria-label={t('import.target_of', { account: account.number ?? t('import.account_unnamed') })}
              placeholder={t('transactions.choose_account')}
              currency={account.currency ?? undefined}
              value={targetOf(account)}
              onChange={(id) => setChosen({ ...chosen, [account.key]: id })}
              extra={[{ value: CREATE, label: t('import.create_account') }]}
            />
          </div>
        ))}
        {!complete && (
          <Text size="sm" c="var(--warning)" role="status">
            {t('import.choose_targets')}
          </Text>
        )}
      </Card>
      {data.errors.length > 0 && (
        <Card component="section" aria-labelledby="import-refused">
          <Title order={2} id="import-refused">
            {t('import.refused_title', { count: counts.refused })}
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {t('import.refused_hint')}
          </Text>
          <RefusedLines lines={data.errors} />
        </Card>
      )}
      <Card component="section" aria-labelledby="import-preview">
        <Group justify="space-between" mb="sm">
          <Title order={2} id="import-preview">
            {t('import.preview')}
          </Title>
          <Button variant="subtle" size="compact-sm" component={Link} to="/import">
            {t('common.cancel')}
          </Button>
        </Group>
        <ImportPreview id={data.id} />
      </Card>
    </Stack>
  )
}
