import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { AmountInput } from '../../components/amount-input.tsx'
import type { Flow } from '../../components/flow.ts'
import { IconPlus, IconX } from '../../components/icons.ts'
import { MoneyText } from '../../components/money-text.tsx'
import { CategorySelect } from '../categories/category-select.tsx'
import { emptyLine, remainderOf } from './entry-values.ts'
import type { EntryLine } from './entry-values.ts'
import classes from './split-editor.module.css'

interface SplitEditorProps {
  lines: EntryLine[]
  /** The whole, unsigned, in minor units. */
  amount: number | null
  currency: string
  kind: Flow
  error: ReactNode
  onChange: (lines: EntryLine[]) => void
}

/** The parts of a transaction; what is still to be given out is always in sight and one press away. */
export function SplitEditor({ lines, amount, currency, kind, error, onChange }: SplitEditorProps) {
  const { t } = useTranslation()
  const remainder = remainderOf({ amount, lines })
  const change = (key: string, changes: Partial<EntryLine>): void =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...changes } : line)))
  const drop = (key: string): void => {
    const rest = lines.filter((line) => line.key !== key)
    onChange(rest.length < 2 ? [] : rest)
  }
  const giveRest = (): void => {
    const target = lines.findLast((line) => line.amount === null) ?? lines.at(-1)
    if (target) change(target.key, { amount: Math.max(0, (target.amount ?? 0) + remainder) })
  }
  return (
    <fieldset className={classes['split']}>
      <legend>{t('transactions.split_title')}</legend>
      <Stack gap="xs">
        {lines.map((line, index) => (
          <div key={line.key} className={classes['line']}>
            <CategorySelect
              aria-label={t('transactions.split_category', { number: index + 1 })}
              kind={kind}
              value={line.categoryId}
              onChange={(categoryId) => change(line.key, { categoryId })}
            />
            <AmountInput
              aria-label={t('transactions.split_amount', { number: index + 1 })}
              currency={currency}
              value={line.amount}
              onChange={(value) => change(line.key, { amount: value === null ? null : Math.abs(value) })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('transactions.split_remove', { number: index + 1 })}
              onClick={() => drop(line.key)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
            <TextInput
              className={classes['memo'] ?? ''}
              size="xs"
              aria-label={t('transactions.split_memo', { number: index + 1 })}
              placeholder={t('transactions.memo')}
              value={line.memo}
              onChange={(event) => change(line.key, { memo: event.currentTarget.value })}
            />
          </div>
        ))}
        <Group justify="space-between">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...lines, emptyLine(remainder > 0 ? remainder : null)])}
          >
            {t('transactions.split_add')}
          </Button>
          <Group gap="xs" role="status" aria-live="polite">
            {remainder === 0 ? (
              <Text size="sm" c="mate">
                {t('transactions.split_complete')}
              </Text>
            ) : (
              <>
                <Text size="sm" c={remainder < 0 ? 'goiaba' : 'dimmed'}>
                  {t(remainder < 0 ? 'transactions.split_over' : 'transactions.split_left')}{' '}
                  <MoneyText minor={Math.abs(remainder)} currency={currency} />
                </Text>
                <Button size="compact-xs" variant="light" onClick={giveRest}>
                  {t('transactions.split_balance')}
                </Button>
              </>
            )}
          </Group>
        </Group>
        {error !== undefined && error !== null && (
          <Text size="xs" c="var(--danger)" role="alert">
            {error}
          </Text>
        )}
      </Stack>
    </fieldset>
  )
}
