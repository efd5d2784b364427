import { Alert, Button, Group, Stack, TagsInput, TextInput, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Transaction } from '@chronos/contracts/transactions'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AmountInput } from '../../components/amount-input.tsx'
import { DateField } from '../../components/date-field.tsx'
import type { Flow } from '../../components/flow.ts'
import { FlowSwitch } from '../../components/flow-switch.tsx'
import { FormError } from '../../components/form-error.tsx'
import { IconSplit, IconTrash } from '../../components/icons.ts'
import { fieldErrors } from '../../lib/form-errors.ts'
import { useCan, useSession, useToday } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { AccountSelect } from '../accounts/account-select.tsx'
import { CategorySelect } from '../categories/category-select.tsx'
import {
  accountCurrency,
  emptyLine,
  entryOf,
  newEntry,
  remainderOf,
  toChanges,
  toCreate,
} from './entry-values.ts'
import type { EntryValues } from './entry-values.ts'
import { defaultAccountId, rememberAccount } from './last-account.ts'
import { SplitEditor } from './split-editor.tsx'
import { useSaveTransaction } from './transaction-queries.ts'
import { useDeleteWithUndo } from './use-delete-with-undo.tsx'

interface EntryFormProps {
  /** Absent: a new one. */
  transaction?: Transaction
  flow?: Flow
  onFlowChange?: (flow: Flow) => void
  onDone: () => void
}

const FIELDS = [
  'amountMinor',
  'accountId',
  'occurredOn',
  'description',
  'payee',
  'categoryId',
  'tags',
  'notes',
] as const

/** Money in or out: a new transaction, or one that is there. */
export function EntryForm({ transaction, flow, onFlowChange, onDone }: EntryFormProps) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const today = useToday()
  const canWrite = useCan('ledger.write')
  const accounts = useAccounts().data ?? []
  const save = useSaveTransaction()
  const remove = useDeleteWithUndo()
  // The version that is edited; a newer one is offered, never slipped under what is being typed.
  const [base, setBase] = useState(transaction)
  const amountInput = useRef<HTMLInputElement>(null)
  const form = useForm<EntryValues>({
    initialValues: base
      ? entryOf(base)
      : newEntry(flow ?? 'expense', today, defaultAccountId(tenant.id, accounts)),
    validate: {
      amount: (amount) => (amount === null || amount === 0 ? t('amount.needed') : null),
      accountId: (id) => (id === null ? t('transactions.account_needed') : null),
      occurredOn: (date) => (date === null ? t('transactions.date_needed') : null),
      description: (text) => (text.trim() === '' ? t('transactions.description_needed') : null),
      lines: (_lines, values) =>
        values.lines.length > 0 && remainderOf(values) !== 0 ? t('transactions.split_unequal') : null,
    },
  })
  const { values } = form
  const way = onFlowChange && flow ? flow : values.flow
  const setWay = (next: Flow): void => {
    form.setFieldValue('flow', next)
    onFlowChange?.(next)
  }
  if (transaction && base && transaction.version !== base.version && !form.isDirty()) {
    setBase(transaction)
    form.setValues(entryOf(transaction))
    form.resetDirty(entryOf(transaction))
  }
  const currency = accountCurrency(accounts, values.accountId) ?? base?.currency ?? tenant.currency
  const isTransfer = base?.transferId !== null && base !== undefined
  const isSplit = values.lines.length > 0
  const accountId = values.accountId ?? defaultAccountId(tenant.id, accounts)
  if (values.accountId === null && accountId !== null) form.setFieldValue('accountId', accountId)

  const submit = (again: boolean): void => {
    if (form.validate().hasErrors || save.isPending) return
    const current = { ...values, flow: way }
    const create = base ? null : toCreate(current)
    const changes = base ? toChanges(current, base) : null
    if (base && changes && Object.keys(changes).length === 0) return onDone()
    const input = base && changes ? { transaction: base, changes } : create ? { create } : null
    if (!input) return
    save.mutate(input, {
      onError: (error) => form.setErrors(renameAmount(fieldErrors(error, FIELDS))),
      onSuccess: (saved) => {
        rememberAccount(tenant.id, saved.accountId)
        toastDone(t(base ? 'transactions.saved' : 'transactions.added'))
        if (!again) return onDone()
        form.setValues({ ...newEntry(way, values.occurredOn ?? today, saved.accountId) })
        amountInput.current?.focus()
      },
    })
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit(false)
      }}
    >
      <Stack gap="sm">
        {transaction && base && transaction.version !== base.version && (
          <Alert color="maracuja" title={t('transactions.changed_elsewhere')}>
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                setBase(transaction)
                form.setValues(entryOf(transaction))
                form.resetDirty(entryOf(transaction))
                save.reset()
              }}
            >
              {t('transactions.load_current')}
            </Button>
          </Alert>
        )}
        {base && !isTransfer && <FlowSwitch fullWidth value={way} onChange={setWay} />}
        {isTransfer && <Alert color="gray">{t('transactions.transfer_leg_hint')}</Alert>}
        <AmountInput
          ref={amountInput}
          size="lg"
          label={t('transactions.amount')}
          currency={currency}
          disabled={isTransfer}
          data-autofocus={!base || undefined}
          onSign={(sign) => setWay(sign === '-' ? 'expense' : 'income')}
          {...form.getInputProps('amount')}
        />
        <TextInput
          label={t('transactions.description')}
          placeholder={t('transactions.description_example')}
          autoComplete="off"
          {...form.getInputProps('description')}
        />
        {!isTransfer && !isSplit && (
          <Group gap="xs" align="flex-end" wrap="nowrap">
            <CategorySelect
              flex={1}
              label={t('transactions.category')}
              kind={way}
              {...form.getInputProps('categoryId')}
            />
            <Button
              variant="default"
              leftSection={<IconSplit size={16} aria-hidden />}
              onClick={() => form.setFieldValue('lines', [emptyLine(null, values.categoryId), emptyLine()])}
            >
              {t('transactions.split')}
            </Button>
          </Group>
        )}
        {isSplit && (
          <SplitEditor
            lines={values.lines}
            amount={values.amount}
            currency={currency}
            kind={way}
            error={form.errors['lines']}
            onChange={(lines) => form.setFieldValue('lines', lines)}
          />
        )}
        <Group grow gap="sm" align="flex-start">
          <DateField
            label={t('transactions.date')}
            disabled={isTransfer}
            {...form.getInputProps('occurredOn')}
          />
          <AccountSelect
            label={t('transactions.account')}
            disabled={isTransfer}
            {...form.getInputProps('accountId')}
            currency={base ? base.currency : undefined}
          />
        </Group>
        <TextInput label={t('transactions.payee')} autoComplete="off" {...form.getInputProps('payee')} />
        <TagsInput
          label={t('transactions.tags')}
          placeholder={values.tags.length === 0 ? t('transactions.tags_hint') : ''}
          maxTags={20}
          splitChars={[',', ';']}
          acceptValueOnBlur
          {...form.getInputProps('tags')}
        />
        <Textarea
          label={t('transactions.notes')}
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps('notes')}
        />
        <FormError error={save.error} />
        {canWrite && (
          <Group justify="space-between" mt="xs" wrap="nowrap">
            {base ? (
              <Button
                variant="subtle"
                color="goiaba"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => {
                  remove(base)
                  onDone()
                }}
              >
                {t('common.delete')}
              </Button>
            ) : (
              <Button variant="subtle" onClick={() => submit(true)}>
                {t('transactions.save_and_add')}
              </Button>
            )}
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

/** The API's name of the amount is not the form's. */
function renameAmount({ amountMinor, ...rest }: Record<string, string>): Record<string, string> {
  return amountMinor === undefined ? rest : { ...rest, amount: amountMinor }
}
