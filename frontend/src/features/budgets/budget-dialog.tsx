import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Budget } from '@chronos/contracts/budgets'
import { useTranslation } from 'react-i18next'
import { AmountInput } from '../../components/amount-input.tsx'
import { MonthText } from '../../components/date-text.tsx'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { useSession } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { CurrencySelect } from '../accounts/currency-select.tsx'
import { CategorySelect } from '../categories/category-select.tsx'
import { useSaveBudget } from './budget-queries.ts'

interface BudgetDialogProps {
  /** null: a new one. */
  budget: Budget | null
  month: string
  onClose: () => void
}

export function BudgetDialog({ budget, month, onClose }: BudgetDialogProps) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const save = useSaveBudget()
  const form = useForm({
    initialValues: {
      categoryId: budget?.categoryId ?? (null as string | null),
      amount: budget?.amountMinor ?? (null as number | null),
      currency: budget?.currency ?? tenant.currency,
      onlyThisMonth: budget !== null && budget.endMonth === budget.startMonth,
    },
    validate: {
      categoryId: (id) => (id === null ? t('budgets.category_needed') : null),
      amount: (amount) => (amount === null || amount <= 0 ? t('amount.needed') : null),
    },
  })
  const submit = form.onSubmit(({ categoryId, amount, currency, onlyThisMonth }) => {
    if (categoryId === null || amount === null) return
    save.mutate(
      budget
        ? { budget, changes: { amountMinor: amount } }
        : {
            create: {
              categoryId,
              amountMinor: amount,
              currency,
              startMonth: month,
              endMonth: onlyThisMonth ? month : null,
            },
          },
      {
        onError: (error) => form.setErrors(fieldErrors(error, ['categoryId', 'currency'])),
        onSuccess: () => {
          toastDone(t('budgets.saved'))
          onClose()
        },
      },
    )
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(budget ? 'budgets.edit' : 'budgets.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <CategorySelect
            label={t('transactions.category')}
            description={t('budgets.category_hint')}
            kind="expense"
            disabled={budget !== null}
            {...form.getInputProps('categoryId')}
          />
          <AmountInput
            label={t('budgets.per_month')}
            currency={form.values.currency}
            {...form.getInputProps('amount')}
          />
          {budget === null && (
            <>
              <CurrencySelect label={t('session.currency')} {...form.getInputProps('currency')} />
              <Checkbox
                label={t('budgets.only_this_month')}
                {...form.getInputProps('onlyThisMonth', { type: 'checkbox' })}
              />
              {!form.values.onlyThisMonth && (
                <Text size="xs" c="dimmed">
                  {t('budgets.from_month')} <MonthText month={month} />
                </Text>
              )}
            </>
          )}
          <FormError error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
