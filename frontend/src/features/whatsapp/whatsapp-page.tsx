import { Alert, Button, Card, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Chat } from '@chronos/contracts/whatsapp'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconPlus, IconWhatsapp } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan, useSession, useTenantId } from '../../lib/session.tsx'
import { ChatList } from './chat-list.tsx'
import { ChatPane } from './chat-pane.tsx'
import { LinkDialog } from './link-dialog.tsx'
import { chatsQuery } from './whatsapp-queries.ts'
import classes from './whatsapp.module.css'

export function WhatsappPage({ chatId }: { chatId?: string | undefined }) {
  const { t } = useTranslation()
  const canLink = useCan('whatsapp.link')
  const { emailVerified } = useSession().user
  const [linking, setLinking] = useState(false)
  const query = useQuery(chatsQuery(useTenantId()))
  const link = canLink && emailVerified && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setLinking(true)}>
      {t('whatsapp.link')}
    </Button>
  )
  return (
    <>
      <PageHeader title="WhatsApp" hint={t('whatsapp.hint')}>
        {link}
      </PageHeader>
      {canLink && !emailVerified && (
        <Alert color="maracuja" variant="light" mb="md">
          {t('whatsapp.verify_first')}
        </Alert>
      )}
      <QueryView
        query={query}
        skeleton={<Skeleton h={420} radius="lg" />}
        isEmpty={(chats) => chats.length === 0}
        empty={
          <Card>
            <EmptyNotice icon={<IconWhatsapp />} title={t('whatsapp.empty')} hint={t('whatsapp.empty_hint')}>
              {link}
            </EmptyNotice>
            <ul className={classes['examples']} aria-label={t('whatsapp.examples')}>
              {([1, 2, 3, 4] as const).map((number) => (
                <li key={number}>{t(`whatsapp.example.${number}`)}</li>
              ))}
            </ul>
          </Card>
        }
      >
        {(chats) => <Chats chats={chats} chatId={chatId} />}
      </QueryView>
      {linking && <LinkDialog known={query.data ?? []} onClose={() => setLinking(false)} />}
    </>
  )
}

function Chats({ chats, chatId }: { chats: readonly Chat[]; chatId: string | undefined }) {
  const chosen = chats.find(({ id }) => id === chatId)
  const shown = chosen ?? chats[0]
  return (
    <div className={classes['panes']} data-chosen={chosen !== undefined || undefined}>
      <ChatList chats={chats} shownId={shown?.id} />
      {shown && <ChatPane key={shown.id} chat={shown} />}
    </div>
  )
}
