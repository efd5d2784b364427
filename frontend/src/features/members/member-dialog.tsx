import type { Member } from '@chronos/contracts/members'
import { Button, Group, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { AccessFields } from './access-fields.tsx'
import type { Access } from './access-fields.tsx'
import { canBeRestricted, isGivenRole } from './member-rules.ts'
import { useUpdateMember } from './member-queries.ts'

/** What a member may do, and which accounts are kept from them. */
export function MemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation()
  const update = useUpdateMember()
  const [access, setAccess] = useState<Access>({
    role: isGivenRole(member.role) ? member.role : 'member',
    hiddenAccountIds: member.hiddenAccountIds,
  })
  const save = (): void =>
    update.mutate(
      {
        member,
        changes: {
          ...(access.role === member.role ? {} : { role: access.role }),
          hiddenAccountIds: canBeRestricted(access.role) ? access.hiddenAccountIds : [],
        },
      },
      {
        onSuccess: () => {
          toastDone(t('members.saved'))
          onClose()
        },
      },
    )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('members.access_of', { name: member.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Stack>
          <AccessFields value={access} onChange={setAccess} />
          <FormError error={update.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={update.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
