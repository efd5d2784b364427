import type { Passkey } from '@chronos/contracts/factors'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { deviceName } from './device-name.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { useAddPasskey, useRefetchPerson, useRenamePasskey } from './security-queries.ts'

const MAX_NAME = 60

/** Makes a passkey under a name; the first one brings recovery codes. */
export function AddPasskeyForm({ onDone, onCancel }: { onDone: () => void; onCancel?: () => void }) {
  const { t } = useTranslation()
  const add = useAddPasskey()
  const [codes, setCodes] = useState<string[] | null>(null)
  const form = useForm({
    initialValues: { name: deviceName(navigator.userAgent) },
    validate: { name: (value) => (value.trim() === '' ? t('security.passkeys.name_needed') : null) },
  })
  if (codes) return <RecoveryCodes codes={codes} onKept={onDone} />
  const submit = form.onSubmit(({ name }) =>
    add.mutate(name, {
      onSuccess: ({ recoveryCodes }) => {
        toastDone(t('security.passkeys.added'))
        if (recoveryCodes) setCodes(recoveryCodes)
        else onDone()
      },
    }),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{t('security.passkeys.add_hint')}</Text>
        <TextInput
          label={t('security.passkeys.name')}
          description={t('security.passkeys.name_hint')}
          maxLength={MAX_NAME}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <FormError error={add.error} />
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button type="submit" loading={add.isPending}>
            {t('security.passkeys.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

export function AddPasskeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const refetch = useRefetchPerson()
  const done = (): void => {
    void refetch()
    onClose()
  }
  return (
    <Modal
      opened
      onClose={done}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t('security.passkeys.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <AddPasskeyForm onDone={done} onCancel={onClose} />
    </Modal>
  )
}

export function RenamePasskeyDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useTranslation()
  const rename = useRenamePasskey()
  const form = useForm({
    initialValues: { name: passkey.name },
    validate: { name: (value) => (value.trim() === '' ? t('security.passkeys.name_needed') : null) },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('security.passkeys.rename')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        noValidate
        onSubmit={form.onSubmit(({ name }) =>
          rename.mutate({ id: passkey.id, name }, { onSuccess: onClose }),
        )}
      >
        <Stack gap="sm">
          <TextInput
            label={t('security.passkeys.name')}
            maxLength={MAX_NAME}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('name')}
          />
          <FormError error={rename.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={rename.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
