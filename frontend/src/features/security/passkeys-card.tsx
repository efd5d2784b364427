import type { Factors, Passkey } from '@chronos/contracts/factors'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { InstantText } from '../../components/date-text.tsx'
import { IconEdit, IconMore, IconPasskey, IconTrash } from '../../components/icons.ts'
import { SettingsCard } from '../../components/settings-card.tsx'
import list from '../../components/settings-list.module.css'
import { canUsePasskeys } from '../../lib/passkeys.ts'
import { toastDone } from '../../lib/toasts.ts'
import { AddPasskeyDialog, RenamePasskeyDialog } from './passkey-dialogs.tsx'
import { useDeletePasskey } from './security-queries.ts'

export function PasskeysCard({ factors: { passkeys } }: { factors: Factors }) {
  const { t } = useTranslation()
  const [isAdding, setIsAdding] = useState(false)
  const [renamed, setRenamed] = useState<Passkey | null>(null)
  const canAdd = canUsePasskeys()
  return (
    <SettingsCard
      title={t('security.passkeys.title')}
      hint={t(canAdd ? 'security.passkeys.hint' : 'errors.passkey_unsupported')}
      action={
        canAdd && (
          <Button variant={passkeys.length === 0 ? 'filled' : 'default'} onClick={() => setIsAdding(true)}>
            {t('security.passkeys.add')}
          </Button>
        )
      }
    >
      {passkeys.length > 0 && (
        <ul className={list['list']}>
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} onRename={() => setRenamed(passkey)} />
          ))}
        </ul>
      )}
      {isAdding && <AddPasskeyDialog onClose={() => setIsAdding(false)} />}
      {renamed && <RenamePasskeyDialog passkey={renamed} onClose={() => setRenamed(null)} />}
    </SettingsCard>
  )
}

function PasskeyRow({ passkey, onRename }: { passkey: Passkey; onRename: () => void }) {
  const { t } = useTranslation()
  const remove = useDeletePasskey()
  const [isAsking, setIsAsking] = useState(false)
  const { id, name, createdAt, lastUsedAt, synced } = passkey
  return (
    <li className={list['row']}>
      <span className={list['icon']} aria-hidden>
        <IconPasskey size={20} />
      </span>
      <div className={list['words']}>
        <p>{name}</p>
        <p>
          {t(lastUsedAt === null ? 'security.passkeys.made' : 'security.passkeys.used')}{' '}
          <InstantText instant={lastUsedAt ?? createdAt} />
          {' · '}
          {t(synced ? 'security.passkeys.synced' : 'security.passkeys.one_device')}
        </p>
      </div>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('common.actions_of', { name })}>
            <IconMore size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={onRename}>
            {t('security.passkeys.rename')}
          </Menu.Item>
          <Menu.Item
            color="goiaba"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setIsAsking(true)}
          >
            {t('common.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={isAsking}
        title={t('security.passkeys.delete_title', { name })}
        action={t('common.delete')}
        busy={remove.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() =>
          remove.mutate(id, {
            onSuccess: () => toastDone(t('security.passkeys.deleted')),
            onSettled: () => setIsAsking(false),
          })
        }
      >
        {t('security.passkeys.delete_hint')}
      </ConfirmDialog>
    </li>
  )
}
