import { ActionIcon, Button, TextInput } from '@mantine/core'
import { Suspense, lazy, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AmountInput } from '../../components/amount-input.tsx'
import { FormError } from '../../components/form-error.tsx'
import { signedMinor } from '../../components/flow.ts'
import type { Flow } from '../../components/flow.ts'
import { FlowSwitch } from '../../components/flow-switch.tsx'
import { IconPlus, IconX } from '../../components/icons.ts'
import { useSession, useToday } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { AccountSelect } from '../accounts/account-select.tsx'
import { CategorySelect } from '../categories/category-select.tsx'
import { takeQuickAdd } from '../shell/quick-add-target.ts'
import { defaultAccountId, rememberAccount } from './last-account.ts'
import classes from './quick-add.module.css'
import { useSaveTransaction } from './transaction-queries.ts'

const DateField = lazy(async () => {
  const { DateField: component } = await import('../../components/date-field.tsx')
  return { default: component }
})

/** A new transaction in one line, by keyboard: `n`, what, how much, Enter, and the next one. */
export function QuickAdd({ accountId }: { accountId?: string | undefined }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  useEffect(() => takeQuickAdd(() => setOpened(true)), [])
  if (!opened)
    return (
      <button
        type="button"
        className={classes['invite']}
        onClick={() => setOpened(true)}
        aria-keyshortcuts="n"
      >
        <IconPlus size={16} aria-hidden />
        {t('transactions.quick_add')}
        <kbd aria-hidden>N</kbd>
      </button>
    )
  return <QuickAddForm accountId={accountId} onClose={() => setOpened(false)} />
}

function QuickAddForm({ accountId, onClose }: { accountId: string | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const today = useToday()
  const accounts = useAccounts().data ?? []
  const save = useSaveTransaction()
  const what = useRef<HTMLInputElement>(null)
  const [flow, setFlow] = useState<Flow>('expense')
  const [date, setDate] = useState<string | null>(today)
  const [description, setDescription] = useState('')
  const [category, setCategory] = useState<string | null>(null)
  const [account, setAccount] = useState(accountId ?? defaultAccountId(tenant.id, accounts))
  const [amount, setAmount] = useState<number | null>(null)
  const currency = accounts.find(({ id }) => id === account)?.currency ?? tenant.currency
  const ready =
    date !== null && description.trim() !== '' && account !== null && amount !== null && amount !== 0

  const submit = (): void => {
    if (!ready || save.isPending) return
    save.mutate(
      {
        create: {
          accountId: account,
          occurredOn: date,
          description,
          amountMinor: signedMinor(amount, flow),
          categoryId: category,
        },
      },
      {
        onSuccess: () => {
          rememberAccount(tenant.id, account)
          toastDone(t('transactions.added'))
          setDescription('')
          setAmount(null)
          setCategory(null)
          what.current?.focus()
        },
      },
    )
  }

  return (
    <form
      className={classes['form']}
      aria-label={t('transactions.quick_add')}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div className={classes['line']}>
        <TextInput
          ref={what}
          className={classes['what'] ?? ''}
          label={t('transactions.description')}
          placeholder={t('transactions.description_example')}
          autoFocus
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        />
        <AmountInput
          className={classes['amount'] ?? ''}
          label={t('transactions.amount')}
          currency={currency}
          value={amount}
          onChange={setAmount}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
          onSign={(sign) => setFlow(sign === '-' ? 'expense' : 'income')}
        />
        <FlowSwitch value={flow} onChange={setFlow} />
      </div>
      <div className={classes['line']}>
        <Suspense>
          <DateField
            className={classes['small'] ?? ''}
            label={t('transactions.date')}
            value={date}
            onChange={setDate}
          />
        </Suspense>
        <CategorySelect
          className={classes['small'] ?? ''}
          label={t('transactions.category')}
          kind={flow}
          value={category}
          onChange={setCategory}
        />
        <AccountSelect
          className={classes['small'] ?? ''}
          label={t('transactions.account')}
          value={account}
          onChange={setAccount}
        />
        <Button type="submit" disabled={!ready} loading={save.isPending}>
          {t('common.add')}
        </Button>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('common.close')} onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </div>
      <FormError error={save.error} />
    </form>
  )
}
