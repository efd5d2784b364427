import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { useSession } from '../../lib/session.tsx'
import { isEmail } from '../session/validation.ts'
import { useChangeEmail } from './person-queries.ts'

/** A new address becomes the e-mail when the link that goes there is followed. */
export function EmailDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const change = useChangeEmail()
  const form = useForm({
    initialValues: { email: '' },
    validate: {
      email: (value) => {
        if (!isEmail(value)) return t('session.email_invalid')
        return value.trim().toLowerCase() === user.email ? t('person.same_email') : null
      },
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('person.change_email')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {change.isSuccess ? (
        <Stack>
          <Text size="sm" role="status">
            {t('person.email_sent', { email: form.values.email.trim() })}
          </Text>
          <Button onClick={onClose}>{t('common.close')}</Button>
        </Stack>
      ) : (
        <form noValidate onSubmit={form.onSubmit(({ email }) => change.mutate(email))}>
          <Stack gap="sm">
            <Text size="sm">{t('person.email_hint', { email: user.email })}</Text>
            <TextInput
              label={t('person.new_email')}
              type="email"
              inputMode="email"
              autoComplete="email"
              data-autofocus
              {...form.getInputProps('email')}
            />
            <FormError error={change.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={change.isPending}>
                {t('person.send_link')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
