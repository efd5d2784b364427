import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import { useSession } from '../../lib/session.tsx'
import { useErasePerson } from './privacy-queries.ts'

/** The way out for good. */
export function EraseCard() {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <SettingsCard
        title={t('privacy.erase')}
        hint={t('privacy.erase_hint')}
        action={
          <Button color="goiaba" variant="light" onClick={() => setIsOpen(true)}>
            {t('privacy.erase_action')}
          </Button>
        }
      />
      {isOpen && <EraseDialog onClose={() => setIsOpen(false)} />}
    </>
  )
}

function EraseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const erase = useErasePerson()
  const [email, setEmail] = useState('')
  const isSame = email.trim().toLowerCase() === user.email
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('privacy.erase')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          // A page that is loaded anew keeps nothing of who is gone.
          if (isSame) erase.mutate(email.trim(), { onSuccess: () => location.assign('/sign-in') })
        }}
      >
        <Stack gap="md">
          <List size="sm" spacing={6}>
            <List.Item>{t('privacy.erase_keys')}</List.Item>
            <List.Item>{t('privacy.erase_books')}</List.Item>
            <List.Item>{t('privacy.erase_final')}</List.Item>
          </List>
          <Text size="sm">{t('privacy.erase_export_first')}</Text>
          <TextInput
            label={t('privacy.erase_type', { email: user.email })}
            type="email"
            autoComplete="off"
            data-autofocus
            value={email}
            onChange={({ currentTarget: { value } }) => setEmail(value)}
          />
          <FormError error={erase.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="goiaba" disabled={!isSame} loading={erase.isPending}>
              {t('privacy.erase_action')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
