import { Badge } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Chat } from '@chronos/contracts/whatsapp'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import classes from './whatsapp.module.css'

export function useChatName(): (chat: Chat) => string {
  const { t } = useTranslation()
  return ({ name, phone }) => name ?? phone ?? t('whatsapp.unnamed')
}

export function ChatList({ chats, shownId }: { chats: readonly Chat[]; shownId: string | undefined }) {
  const { t } = useTranslation()
  const nameOf = useChatName()
  return (
    <nav className={classes['chats']} aria-label={t('whatsapp.chats')}>
      {chats.map((chat) => (
        <Link
          key={chat.id}
          to="/whatsapp"
          search={{ chat: chat.id }}
          className={classes['chat']}
          data-shown={chat.id === shownId || undefined}
          aria-current={chat.id === shownId ? 'true' : undefined}
        >
          <span className={classes['initial']} aria-hidden>
            {nameOf(chat).slice(0, 1).toLocaleUpperCase()}
          </span>
          <span className={classes['chat-names']}>
            <span>{nameOf(chat)}</span>
            <span>
              {chat.lastMessageAt === null ? chat.phone : <InstantText instant={chat.lastMessageAt} />}
            </span>
          </span>
          {chat.state === 'unlinked' && (
            <Badge size="sm" color="gray" variant="light" tt="none">
              {t('whatsapp.unlinked')}
            </Badge>
          )}
        </Link>
      ))}
    </nav>
  )
}
