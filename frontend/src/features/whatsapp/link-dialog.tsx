import { Button, CopyButton, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Chat } from '@chronos/contracts/whatsapp'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { IconCheck, IconCopy, IconExternalLink } from '../../components/icons.ts'
import { useTenantId } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { chatsQuery, useCreateLinkCode } from './whatsapp-queries.ts'
import classes from './whatsapp.module.css'

const POLL_MS = 3000

/** A one-time code for the chat; closes by itself when the code has arrived. */
export function LinkDialog({ known, onClose }: { known: readonly Chat[]; onClose: () => void }) {
  const { t } = useTranslation()
  const { mutate, data, error } = useCreateLinkCode()
  const [before] = useState(
    () => new Set(known.filter(({ state }) => state === 'linked').map(({ id }) => id)),
  )
  // Events tell of the new chat; the question in between covers a stream that just broke.
  const chats = useQuery({ ...chatsQuery(useTenantId()), refetchInterval: POLL_MS })
  const arrived = chats.data?.some(({ id, state }) => state === 'linked' && !before.has(id)) ?? false
  useEffect(() => mutate(), [mutate])
  useEffect(() => {
    if (!arrived) return
    toastDone(t('whatsapp.linked'))
    onClose()
  }, [arrived, onClose, t])
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('whatsapp.link')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {error ? (
        <ErrorNotice error={error} onRetry={() => mutate()} />
      ) : (
        <Stack gap="md">
          <Text size="sm">{t('whatsapp.link_steps')}</Text>
          {data ? (
            <output className={classes['code']} aria-label={t('whatsapp.code')}>
              {data.code}
            </output>
          ) : (
            <Skeleton h={76} radius="md" />
          )}
          <Group grow>
            <CopyButton value={data?.code ?? ''}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  disabled={!data}
                  leftSection={
                    copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
                  }
                  onClick={copy}
                >
                  {t(copied ? 'common.copied' : 'whatsapp.copy_code')}
                </Button>
              )}
            </CopyButton>
            <Button
              component="a"
              href={data?.link}
              target="_blank"
              rel="noreferrer"
              {...(data ? {} : { 'data-disabled': true })}
              leftSection={<IconExternalLink size={16} aria-hidden />}
            >
              {t('whatsapp.open')}
            </Button>
          </Group>
          <Text size="sm" c="dimmed" role="status">
            {data ? (
              <>
                {t('whatsapp.waiting')} {t('whatsapp.valid_until')}{' '}
                <InstantText instant={data.expiresAt} style="time" />.
              </>
            ) : (
              t('common.loading')
            )}
          </Text>
        </Stack>
      )}
    </Modal>
  )
}
