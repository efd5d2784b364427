import '@mantine/dropzone/styles.layer.css'
import { Card, Group, Stack, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconUpload } from '../../components/icons.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { AccountSelect } from '../accounts/account-select.tsx'
import { useUpload } from './import-queries.ts'
import { RefusedLines } from './refused-lines.tsx'
import { ApiError } from '../../lib/api-client.ts'
import classes from './imports.module.css'

const ANY = 'any'

/** Takes a statement, dropped or chosen; what is wrong with a broken one stands below, by line. */
export function UploadCard() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const upload = useUpload()
  const hasAccounts = useAccounts().data?.length !== 0
  const [accountId, setAccountId] = useState<string | null>(ANY)
  const send = (files: File[]): void => {
    const [file] = files
    if (!file) return
    upload.mutate(
      { file, accountId: accountId === ANY ? null : accountId },
      { onSuccess: ({ id }) => void navigate({ to: '/import', search: { id } }) },
    )
  }
  const { error } = upload
  return (
    <Card>
      <Stack>
        <Dropzone
          onDrop={send}
          loading={upload.isPending}
          multiple={false}
          className={classes['drop'] ?? ''}
          aria-label={t('import.drop')}
          inputProps={{ 'aria-label': t('import.choose_file') }}
        >
          <Group justify="center" gap="lg" mih={170} style={{ pointerEvents: 'none' }}>
            <span className={classes['drop-icon']} aria-hidden>
              <IconUpload size={30} stroke={1.6} />
            </span>
            <div>
              <Text size="lg" fw={600}>
                {t('import.drop')}
              </Text>
              <Text size="sm" c="dimmed" mt={4}>
                {t('import.formats')}
              </Text>
            </div>
          </Group>
        </Dropzone>
        {hasAccounts && (
          <AccountSelect
            label={t('import.fallback_account')}
            description={t('import.fallback_account_hint')}
            maw={380}
            value={accountId}
            onChange={setAccountId}
            extra={[{ value: ANY, label: t('import.decide_later') }]}
          />
        )}
        <FormError error={error} />
        {error instanceof ApiError && error.lines.length > 0 && <RefusedLines lines={error.lines} />}
      </Stack>
    </Card>
  )
}
