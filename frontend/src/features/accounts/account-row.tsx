import { ActionIcon, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Account } from '@chronos/contracts/accounts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountIcon } from '../../components/account-icon.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { IconEdit, IconMore, IconTrash } from '../../components/icons.ts'
import { MoneyText } from '../../components/money-text.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useDeleteAccount } from './account-queries.ts'
import classes from './accounts-page.module.css'

interface AccountRowProps {
  account: Account
  canWrite: boolean
  onEdit: () => void
}

export function AccountRow({ account, canWrite, onEdit }: AccountRowProps) {
  const { t } = useTranslation()
  const remove = useDeleteAccount()
  const [asking, setAsking] = useState(false)
  const kind = t(`accounts.type.${account.type}`)
  return (
    <li className={classes['row']}>
      <Link className={classes['link']} to="/transactions" search={{ accountId: account.id }}>
        <span className={classes['icon']}>
          <AccountIcon type={account.type} size={20} />
        </span>
        <span className={classes['names']}>
          <span>{account.name}</span>
          <span>{account.number === null ? kind : `${kind} · ${account.number}`}</span>
        </span>
        <MoneyText
          minor={account.balanceMinor}
          currency={account.currency}
          tone="balance"
          className={classes['balance'] ?? ''}
        />
      </Link>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            mr={6}
            disabled={!canWrite}
            aria-label={t('common.actions_of', { name: account.name })}
          >
            <IconMore size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
            {t('common.edit')}
          </Menu.Item>
          <Menu.Item
            color="goiaba"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('common.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asking}
        title={t('accounts.delete_title', { name: account.name })}
        action={t('common.delete')}
        busy={remove.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(account, {
            onSuccess: () => toastDone(t('accounts.deleted')),
            onSettled: () => setAsking(false),
          })
        }
      >
        {t('accounts.delete_hint')}
      </ConfirmDialog>
    </li>
  )
}
