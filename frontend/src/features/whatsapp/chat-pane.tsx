import { ActionIcon, Card, Skeleton, Text, Title, Tooltip } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Chat } from '@chronos/contracts/whatsapp'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { IconChevronLeft, IconUnlink } from '../../components/icons.ts'
import { LoadMore } from '../../components/load-more.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan, useTenantId } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useChatName } from './chat-list.tsx'
import { MessageBubble } from './message-bubble.tsx'
import { messagesQuery, useUnlinkChat } from './whatsapp-queries.ts'
import classes from './whatsapp.module.css'

/** One chat, the newest message at the bottom and in sight. */
export function ChatPane({ chat }: { chat: Chat }) {
  const { t } = useTranslation()
  const name = useChatName()(chat)
  const query = useInfiniteQuery(messagesQuery(useTenantId(), chat.id))
  const messages = query.data?.pages.flatMap((page) => page.items).reverse() ?? []
  const scroll = useRef<HTMLDivElement>(null)
  const newest = messages.at(-1)?.id
  useEffect(() => {
    scroll.current?.scrollTo({ top: scroll.current.scrollHeight })
  }, [newest])
  return (
    <Card
      p={0}
      className={classes['pane'] ?? ''}
      component="section"
      aria-label={t('whatsapp.chat_with', { name })}
    >
      <header className={classes['pane-head']}>
        <ActionIcon
          className={classes['back'] ?? ''}
          variant="subtle"
          color="gray"
          size="lg"
          component={Link}
          to="/whatsapp"
          aria-label={t('whatsapp.back')}
        >
          <IconChevronLeft aria-hidden />
        </ActionIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Title order={2} size="h3">
            {name}
          </Title>
          {chat.phone !== null && chat.phone !== name && (
            <Text size="sm" c="dimmed">
              {chat.phone}
            </Text>
          )}
        </div>
        <Unlink chat={chat} name={name} />
      </header>
      <div
        ref={scroll}
        className={classes['messages']}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t('whatsapp.messages')}
      >
        <QueryView
          query={query}
          skeleton={<Skeleton h={120} w="60%" />}
          isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
          empty={
            <Text c="dimmed" ta="center" m="auto">
              {t('whatsapp.no_messages')}
            </Text>
          }
        >
          {() => (
            <>
              <div className={classes['older']}>
                <LoadMore query={query} label={t('whatsapp.older')} />
              </div>
              {messages.map((message) => (
                <MessageBubble key={message.id} message={message} />
              ))}
            </>
          )}
        </QueryView>
      </div>
    </Card>
  )
}

function Unlink({ chat, name }: { chat: Chat; name: string }) {
  const { t } = useTranslation()
  const canLink = useCan('whatsapp.link')
  const unlink = useUnlinkChat()
  const [asking, setAsking] = useState(false)
  if (!canLink || chat.state === 'unlinked') return null
  return (
    <>
      <Tooltip label={t('whatsapp.unlink')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('whatsapp.unlink')}
          onClick={() => setAsking(true)}
        >
          <IconUnlink size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking}
        title={t('whatsapp.unlink_title', { name })}
        action={t('whatsapp.unlink')}
        busy={unlink.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          unlink.mutate(chat, {
            onSuccess: () => toastDone(t('whatsapp.unlinked_done')),
            onSettled: () => setAsking(false),
          })
        }
      >
        {t('whatsapp.unlink_hint')}
      </ConfirmDialog>
    </>
  )
}
