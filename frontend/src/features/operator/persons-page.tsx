import { Alert, Button, Card, Checkbox, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconCheck } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { ApiError } from '../../lib/api-client.ts'
import { isEmail } from '../session/validation.ts'
import { useEndSessions } from './operator-queries.ts'
import classes from './operator.module.css'

/** What an operator can do about one person: sign them out everywhere. */
export function PersonsPage() {
  const { t } = useTranslation()
  const end = useEndSessions()
  const form = useForm({
    initialValues: { email: '', reason: '', tokens: false },
    validate: {
      email: (value) => (isEmail(value) ? null : t('session.email_invalid')),
      reason: (value) => (value.trim() === '' ? t('operator.reason_missing') : null),
    },
  })
  const isUnknown = end.error instanceof ApiError && end.error.code === 'not_found'
  const submit = form.onSubmit((values) => end.mutate(values, { onSuccess: form.reset }))
  return (
    <>
      <PageHeader title={t('operator.pages.persons')} hint={t('operator.persons_hint')} />
      <Card className={classes['narrow'] ?? ''}>
        <form noValidate onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t('session.email')}
              type="email"
              inputMode="email"
              autoComplete="off"
              {...form.getInputProps('email')}
              error={form.errors['email'] ?? (isUnknown ? t('operator.nobody') : null)}
            />
            <TextInput
              label={t('workspace.reason')}
              description={t('operator.end_sessions_reason_hint')}
              maxLength={300}
              {...form.getInputProps('reason')}
            />
            <Checkbox
              label={t('operator.end_tokens')}
              description={t('operator.end_tokens_hint')}
              {...form.getInputProps('tokens', { type: 'checkbox' })}
            />
            <FormError error={isUnknown ? null : end.error} />
            {end.data && (
              <Alert color="mate" variant="light" role="status" icon={<IconCheck aria-hidden />}>
                {t('operator.sessions_ended', { count: end.data.sessions })}{' '}
                {end.data.tokens > 0 && t('operator.tokens_ended', { count: end.data.tokens })}
              </Alert>
            )}
            <Button type="submit" color="goiaba" loading={end.isPending}>
              {t('operator.end_sessions')}
            </Button>
          </Stack>
        </form>
      </Card>
    </>
  )
}
