import { Button, Stack, TextInput, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { AmountInput } from '../../components/amount-input.tsx'
import { DateField } from '../../components/date-field.tsx'
import { FormError } from '../../components/form-error.tsx'
import { useSession, useToday } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { AccountSelect } from '../accounts/account-select.tsx'
import { accountCurrency } from './entry-values.ts'
import { defaultAccountId } from './last-account.ts'
import { useCreateTransfer } from './transaction-queries.ts'

/** Money from one account to another; between two currencies both amounts are asked, since there are no rates here. */
export function TransferForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const today = useToday()
  const accounts = useAccounts().data ?? []
  const transfer = useCreateTransfer()
  const form = useForm({
    initialValues: {
      amount: null as number | null,
      received: null as number | null,
      fromAccountId: defaultAccountId(tenant.id, accounts),
      toAccountId: null as string | null,
      occurredOn: today as string | null,
      description: t('transactions.transfer'),
      notes: '',
    },
    validate: {
      amount: (amount) => (amount === null || amount <= 0 ? t('amount.needed') : null),
      received: (amount, values) =>
        crosses(values) && (amount === null || amount <= 0) ? t('amount.needed') : null,
      fromAccountId: (id) => (id === null ? t('transactions.account_needed') : null),
      toAccountId: (id) => (id === null ? t('transactions.account_needed') : null),
      occurredOn: (date) => (date === null ? t('transactions.date_needed') : null),
      description: (text) => (text.trim() === '' ? t('transactions.description_needed') : null),
    },
  })
  const currencyOf = (id: string | null): string => accountCurrency(accounts, id) ?? tenant.currency
  const crosses = (values: { fromAccountId: string | null; toAccountId: string | null }): boolean =>
    values.toAccountId !== null && currencyOf(values.fromAccountId) !== currencyOf(values.toAccountId)
  const { values } = form
  const submit = form.onSubmit(
    ({ amount, received, fromAccountId, toAccountId, occurredOn, description, notes }) => {
      if (amount === null || fromAccountId === null || toAccountId === null || occurredOn === null) return
      transfer.mutate(
        {
          fromAccountId,
          toAccountId,
          occurredOn,
          amountMinor: amount,
          ...(crosses(values) && received !== null ? { receivedMinor: received } : {}),
          description,
          notes: notes.trim() === '' ? null : notes,
        },
        {
          onSuccess: () => {
            toastDone(t('transactions.transfer_added'))
            onDone()
          },
        },
      )
    },
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <AmountInput
          size="lg"
          label={t('transactions.amount_sent')}
          currency={currencyOf(values.fromAccountId)}
          data-autofocus
          {...form.getInputProps('amount')}
        />
        <AccountSelect label={t('transactions.from_account')} {...form.getInputProps('fromAccountId')} />
        <AccountSelect
          label={t('transactions.to_account')}
          except={values.fromAccountId}
          placeholder={t('transactions.choose_account')}
          {...form.getInputProps('toAccountId')}
        />
        {crosses(values) && (
          <AmountInput
            label={t('transactions.amount_received')}
            description={t('transactions.amount_received_hint')}
            currency={currencyOf(values.toAccountId)}
            {...form.getInputProps('received')}
          />
        )}
        <DateField label={t('transactions.date')} {...form.getInputProps('occurredOn')} />
        <TextInput label={t('transactions.description')} {...form.getInputProps('description')} />
        <Textarea label={t('transactions.notes')} autosize minRows={2} {...form.getInputProps('notes')} />
        <FormError error={transfer.error} />
        <Button type="submit" loading={transfer.isPending} mt="xs">
          {t('common.save')}
        </Button>
      </Stack>
    </form>
  )
}
