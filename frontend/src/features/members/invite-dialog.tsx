import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { toastDone } from '../../lib/toasts.ts'
import { isEmail } from '../session/validation.ts'
import { AccessFields } from './access-fields.tsx'
import type { Access } from './access-fields.tsx'
import { canBeRestricted } from './member-rules.ts'
import { useInvite } from './member-queries.ts'

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const invite = useInvite()
  const form = useForm({
    initialValues: { email: '', access: { role: 'member', hiddenAccountIds: [] } as Access },
    validate: { email: (value) => (isEmail(value) ? null : t('session.email_invalid')) },
  })
  const submit = form.onSubmit(({ email, access }) =>
    invite.mutate(
      {
        email: email.trim(),
        role: access.role,
        hiddenAccountIds: canBeRestricted(access.role) ? access.hiddenAccountIds : [],
      },
      {
        onError: (error) => form.setErrors(fieldErrors(error, ['email'])),
        onSuccess: () => {
          toastDone(t('members.invited', { email: email.trim() }))
          onClose()
        },
      },
    ),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('members.invite')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('session.email')}
            description={t('members.invite_hint')}
            type="email"
            inputMode="email"
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('email')}
          />
          <AccessFields
            value={form.values.access}
            onChange={(access) => form.setFieldValue('access', access)}
          />
          <FormError error={invite.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('members.send_invitation')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
