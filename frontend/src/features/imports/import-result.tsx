import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Import } from '@chronos/contracts/imports'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { IconCheck, IconUndo } from '../../components/icons.ts'
import { formatCount, percentOf } from '../../lib/money-format.ts'
import { invalidateTopics } from '../../lib/query-client.ts'
import { useTenantId } from '../../lib/session.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { isBusy, useUndoImport } from './import-queries.ts'
import { ImportStatusBadge } from './import-history.tsx'

/** What became of a file: under way, booked, taken back, or failed. */
export function ImportResult({ data }: { data: Import }) {
  const tenantId = useTenantId()
  const busy = isBusy(data)
  const was = useRef(busy)
  // The end of the work makes lists and balances stale, also where no event says so.
  useEffect(() => {
    if (was.current && !busy) void invalidateTopics(tenantId, ['transactions', 'accounts', 'imports'])
    was.current = busy
  }, [busy, tenantId])
  return (
    <Card>
      <Stack gap="sm" align="flex-start">
        <ImportStatusBadge status={data.status} />
        {busy ? <Working data={data} /> : <Done data={data} />}
      </Stack>
    </Card>
  )
}

function Working({ data }: { data: Import }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const { done, total } = data.progress ?? { done: 0, total: 0 }
  const percent = percentOf(done, total)
  return (
    <>
      <Title order={2}>{t(data.status === 'undoing' ? 'import.undoing' : 'import.applying')}</Title>
      <Progress
        w="100%"
        size="lg"
        radius="xl"
        value={percent}
        animated={percent === 0}
        aria-label={t('import.progress')}
      />
      <Text size="sm" c="dimmed" role="status" className="tabular">
        {t('import.progress_of', { done: formatCount(done, locale), total: formatCount(total, locale) })}
      </Text>
      <Text size="sm" c="dimmed">
        {t('import.may_leave')}
      </Text>
    </>
  )
}

function Done({ data }: { data: Import }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const undo = useUndoImport(data.id)
  const [asking, setAsking] = useState(false)
  const created = data.created ?? 0
  if (data.status === 'failed')
    return (
      <>
        <Title order={2}>{t('import.failed')}</Title>
        <Text c="dimmed">{t('import.failed_hint')}</Text>
        {data.message !== null && (
          <Text size="sm" c="dimmed">
            {data.message}
          </Text>
        )}
        <Button component={Link} to="/import">
          {t('import.another')}
        </Button>
      </>
    )
  if (data.status === 'undone')
    return (
      <>
        <Title order={2}>{t('import.undone')}</Title>
        <Text c="dimmed">{t('import.undone_hint')}</Text>
        <Button component={Link} to="/import">
          {t('import.another')}
        </Button>
      </>
    )
  return (
    <>
      <Group gap="sm" role="status">
        <IconCheck color="var(--income)" aria-hidden />
        <Title order={2}>
          {t('import.applied', { count: created, formatted: formatCount(created, locale) })}
        </Title>
      </Group>
      {data.counts.duplicate > 0 && (
        <Text c="dimmed">
          {t('import.applied_hint', { duplicate: formatCount(data.counts.duplicate, locale) })}
        </Text>
      )}
      <Group gap="xs">
        <Button component={Link} to="/transactions">
          {t('import.see_transactions')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconUndo size={16} aria-hidden />}
          onClick={() => setAsking(true)}
          loading={undo.isPending}
        >
          {t('import.undo')}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asking}
        title={t('import.undo_title')}
        action={t('import.undo')}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          undo.mutate()
        }}
      >
        {t('import.undo_hint', { count: created, formatted: formatCount(created, locale) })}
      </ConfirmDialog>
    </>
  )
}
