import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useMembers, useTransferOwnership } from './member-queries.ts'

/** Makes another member the owner. */
export function TransferDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const transfer = useTransferOwnership()
  const members = useMembers()
  const [memberId, setMemberId] = useState<string | null>(null)
  const others = (members.data ?? []).filter(({ isYou }) => !isYou)
  const alone = members.data !== undefined && others.length === 0
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('workspace.transfer')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (memberId === null) return
          transfer.mutate(memberId, {
            onSuccess: () => {
              toastDone(t('workspace.transferred'))
              onClose()
            },
          })
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t(alone ? 'workspace.transfer_alone' : 'workspace.transfer_explained')}</Text>
          {!alone && (
            <Select
              label={t('workspace.new_owner')}
              data-autofocus
              allowDeselect={false}
              searchable={others.length > 6}
              nothingFoundMessage={t('common.nothing_found')}
              data={others.map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
              value={memberId}
              onChange={setMemberId}
            />
          )}
          <FormError error={members.error ?? transfer.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t(alone ? 'common.close' : 'common.cancel')}
            </Button>
            {!alone && (
              <Button type="submit" color="goiaba" disabled={memberId === null} loading={transfer.isPending}>
                {t('workspace.transfer_action')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
