import type { Workspace } from '@chronos/contracts/workspace'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DateText } from '../../components/date-text.tsx'
import { useCan, useSession } from '../../lib/session.tsx'
import { useLeaveWorkspace } from '../members/member-queries.ts'
import { TransferDialog } from '../members/transfer-dialog.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { SettingsCard, SettingsRow } from './settings-card.tsx'
import { useCancelDeletion } from './workspace-queries.ts'

/** Handing over, leaving, deleting: each only to whom it is open. */
export function DangerZone({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const canTransfer = useCan('workspace.transfer')
  const canDelete = useCan('workspace.delete')
  const [dialog, setDialog] = useState<'transfer' | 'leave' | 'delete' | null>(null)
  const leave = useLeaveWorkspace()
  const keep = useCancelDeletion()
  const { deletion } = workspace
  const close = (): void => setDialog(null)
  return (
    <SettingsCard title={t('workspace.danger')} danger>
      {canTransfer && (
        <SettingsRow title={t('workspace.transfer')} hint={t('workspace.transfer_hint')}>
          <Button variant="default" onClick={() => setDialog('transfer')}>
            {t('workspace.transfer_action')}
          </Button>
        </SettingsRow>
      )}
      <SettingsRow
        title={t('workspace.leave')}
        hint={t(user.role === 'owner' ? 'workspace.leave_hint_owner' : 'workspace.leave_hint')}
      >
        <Button variant="default" disabled={user.role === 'owner'} onClick={() => setDialog('leave')}>
          {t('workspace.leave_action')}
        </Button>
      </SettingsRow>
      {canDelete && deletion === null && (
        <SettingsRow title={t('workspace.delete')} hint={t('workspace.delete_hint')}>
          <Button color="goiaba" variant="light" onClick={() => setDialog('delete')}>
            {t('workspace.delete_action')}
          </Button>
        </SettingsRow>
      )}
      {canDelete && deletion !== null && (
        <SettingsRow
          title={t('workspace.deleting')}
          hint={
            <>
              {t('workspace.deleting_on')} <DateText date={deletion.deleteAfter.slice(0, 10)} />
            </>
          }
        >
          <Button loading={keep.isPending} onClick={() => keep.mutate()}>
            {t('workspace.keep')}
          </Button>
        </SettingsRow>
      )}
      {dialog === 'transfer' && <TransferDialog onClose={close} />}
      {dialog === 'delete' && <DeleteDialog workspace={workspace} onClose={close} />}
      <ConfirmDialog
        opened={dialog === 'leave'}
        title={t('workspace.leave_title', { name: workspace.name })}
        action={t('workspace.leave_action')}
        busy={leave.isPending}
        onClose={close}
        onConfirm={() => leave.mutate(undefined, { onError: close })}
      >
        {t('workspace.leave_confirm')}
      </ConfirmDialog>
    </SettingsCard>
  )
}
