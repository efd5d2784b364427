import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { ACCOUNT_TYPES } from '@chronos/contracts/accounts'
import type { Account, AccountType } from '@chronos/contracts/accounts'
import { useTranslation } from 'react-i18next'
import { AccountIcon } from '../../components/account-icon.tsx'
import { AmountInput } from '../../components/amount-input.tsx'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { useSession } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useSaveAccount } from './account-queries.ts'
import { CurrencySelect } from './currency-select.tsx'

const FIELDS = ['name', 'type', 'currency', 'openingBalanceMinor', 'number'] as const

interface AccountDialogProps {
  /** null: a new one. */
  account: Account | null
  onClose: () => void
}

export function AccountDialog({ account, onClose }: AccountDialogProps) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const save = useSaveAccount()
  const form = useForm({
    initialValues: {
      name: account?.name ?? '',
      type: account?.type ?? ('checking' as AccountType),
      currency: account?.currency ?? tenant.currency,
      openingBalanceMinor: account?.openingBalanceMinor ?? (0 as number | null),
      number: account?.number ?? '',
    },
    validate: {
      name: (value) => (value.trim() === '' ? t('accounts.name_needed') : null),
      openingBalanceMinor: (value) => (value === null ? t('amount.needed') : null),
    },
  })
  const submit = form.onSubmit(({ name, type, currency, openingBalanceMinor, number }) => {
    const values = {
      name,
      type,
      openingBalanceMinor: openingBalanceMinor ?? 0,
      number: number.trim() === '' ? null : number,
    }
    save.mutate(account ? { account, changes: values } : { create: { ...values, currency } }, {
      onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
      onSuccess: () => {
        toastDone(t('accounts.saved'))
        onClose()
      },
    })
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(account ? 'accounts.edit' : 'accounts.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('accounts.name')}
            placeholder={t('accounts.name_example')}
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('name')}
          />
          <Group grow align="flex-start" gap="sm">
            <Select
              label={t('accounts.type_label')}
              allowDeselect={false}
              data={ACCOUNT_TYPES.map((type) => ({ value: type, label: t(`accounts.type.${type}`) }))}
              leftSection={<AccountIcon type={form.values.type} />}
              renderOption={({ option }) => {
                const type = ACCOUNT_TYPES.find((known) => known === option.value)
                return (
                  <Group gap="xs" wrap="nowrap">
                    {type && <AccountIcon type={type} />}
                    {option.label}
                  </Group>
                )
              }}
              {...form.getInputProps('type')}
            />
            <CurrencySelect
              label={t('session.currency')}
              disabled={account !== null}
              {...form.getInputProps('currency')}
            />
          </Group>
          <AmountInput
            label={t('accounts.opening_balance')}
            description={t('accounts.opening_balance_hint')}
            currency={form.values.currency}
            {...form.getInputProps('openingBalanceMinor')}
          />
          <TextInput
            label={t('accounts.number')}
            description={t('accounts.number_hint')}
            autoComplete="off"
            {...form.getInputProps('number')}
          />
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
