import { Anchor, Button, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconMail } from '../../components/icons.ts'
import { PublicFrame } from './public-frame.tsx'
import { PublicNotice } from './public-notice.tsx'
import { useRequestPasswordReset } from './session-actions.ts'
import { isEmail } from './validation.ts'

/** Asks for the link to a new password. The answer is the same whoever asks. */
export function ForgotPasswordPage() {
  const { t } = useTranslation()
  useDocumentTitle(`${t('access.forgot_title')} · CHRONOS`)
  const request = useRequestPasswordReset()
  const form = useForm({
    initialValues: { email: '' },
    validate: { email: (value) => (isEmail(value) ? null : t('session.email_invalid')) },
  })
  const back = (
    <Text size="sm" ta="center">
      <Anchor component={Link} to="/sign-in" fw={600}>
        {t('access.back_to_sign_in')}
      </Anchor>
    </Text>
  )
  return (
    <PublicFrame>
      {request.isSuccess ? (
        <PublicNotice
          icon={<IconMail size={28} />}
          title={t('access.mail_sent')}
          hint={t('access.reset_sent_hint', { email: form.values.email.trim() })}
        >
          {back}
        </PublicNotice>
      ) : (
        <form noValidate onSubmit={form.onSubmit(({ email }) => request.mutate(email))}>
          <Stack>
            <div>
              <Title order={1}>{t('access.forgot_title')}</Title>
              <Text c="dimmed" mt={4}>
                {t('access.forgot_hint')}
              </Text>
            </div>
            <TextInput
              label={t('session.email')}
              type="email"
              autoComplete="username"
              inputMode="email"
              autoFocus
              size="md"
              {...form.getInputProps('email')}
            />
            <FormError error={request.error} />
            <Button type="submit" size="md" loading={request.isPending}>
              {t('access.send_link')}
            </Button>
            {back}
          </Stack>
        </form>
      )}
    </PublicFrame>
  )
}
