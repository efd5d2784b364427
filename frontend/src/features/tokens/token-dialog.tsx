import type { TokenScope } from '@chronos/contracts/permissions'
import { Alert, Button, Checkbox, CopyButton, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconAlert, IconCheck, IconCopy } from '../../components/icons.ts'
import { fieldErrors } from '../../lib/form-errors.ts'
import { useSession } from '../../lib/session.tsx'
import { LIFETIMES, givableScopes, scopeKey } from './scopes.ts'
import classes from './tokens.module.css'
import { useCreateToken } from './token-queries.ts'

/** Makes a token, and shows it this once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const create = useCreateToken()
  const token = create.data?.token
  // A token that is shown once is not clicked away by a slip.
  const isShown = token !== undefined
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={!isShown}
      closeOnEscape={!isShown}
      title={t(isShown ? 'tokens.made' : 'tokens.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {isShown ? (
        <ShownToken token={token} onKept={onClose} />
      ) : (
        <TokenForm create={create} onClose={onClose} />
      )}
    </Modal>
  )
}

interface TokenFormProps {
  create: ReturnType<typeof useCreateToken>
  onClose: () => void
}

function TokenForm({ create, onClose }: TokenFormProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const scopes = givableScopes(user.role)
  const form = useForm({
    initialValues: { name: '', scopes: ['ledger.read'] as string[], days: '90' },
    validate: {
      name: (value) => (value.trim() === '' ? t('tokens.name_needed') : null),
      scopes: (value) => (value.length === 0 ? t('tokens.scopes_needed') : null),
    },
  })
  const submit = form.onSubmit((values) =>
    create.mutate(
      {
        name: values.name,
        scopes: scopes.filter((scope: TokenScope) => values.scopes.includes(scope)),
        expiresInDays: Number(values.days),
      },
      { onError: (error) => form.setErrors(fieldErrors(error, ['name', 'scopes'])) },
    ),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t('tokens.name')}
          description={t('tokens.name_hint')}
          maxLength={60}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label={t('tokens.scopes')} {...form.getInputProps('scopes')}>
          <Stack gap={8} mt={8}>
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={t(`tokens.scope.${scopeKey(scope)}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label={t('tokens.lifetime')}
          allowDeselect={false}
          data={LIFETIMES.map((days) => ({ value: String(days), label: t('tokens.days', { count: days }) }))}
          {...form.getInputProps('days')}
        />
        <FormError error={create.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('tokens.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function ShownToken({ token, onKept }: { token: string; onKept: () => void }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="maracuja" variant="light" icon={<IconAlert aria-hidden />}>
        {t('tokens.shown_once')}
      </Alert>
      <output className={classes['token']} aria-label={t('tokens.made')}>
        {token}
      </output>
      <CopyButton value={token}>
        {({ copied, copy }) => (
          <Button
            data-autofocus
            leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            onClick={copy}
          >
            {t(copied ? 'common.copied' : 'tokens.copy')}
          </Button>
        )}
      </CopyButton>
      <Button variant="default" onClick={onKept}>
        {t('tokens.kept')}
      </Button>
    </Stack>
  )
}
