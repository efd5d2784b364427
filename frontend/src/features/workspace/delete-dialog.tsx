import type { Workspace } from '@chronos/contracts/workspace'
import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { useRequestDeletion } from './workspace-queries.ts'

/** The name is typed again: nobody deletes the wrong workspace by a press too many. */
export function DeleteDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useTranslation()
  const remove = useRequestDeletion()
  const [typed, setTyped] = useState('')
  const same = typed.trim() === workspace.name
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('workspace.delete_title', { name: workspace.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (same) remove.mutate(typed.trim(), { onSuccess: onClose })
        }}
      >
        <Stack gap="sm">
          <List size="sm" spacing={4}>
            <List.Item>{t('workspace.delete_grace')}</List.Item>
            <List.Item>{t('workspace.delete_export')}</List.Item>
            <List.Item>{t('workspace.delete_final')}</List.Item>
          </List>
          <TextInput
            label={t('workspace.delete_name')}
            description={
              <>
                {t('workspace.delete_name_hint')}{' '}
                <Text span inherit fw={600} c="var(--mantine-color-text)">
                  {workspace.name}
                </Text>
              </>
            }
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <FormError error={remove.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="goiaba" disabled={!same} loading={remove.isPending}>
              {t('workspace.delete_action')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
