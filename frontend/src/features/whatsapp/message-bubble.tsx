import { Link } from '@tanstack/react-router'
import type { ChatMessage } from '@chronos/contracts/whatsapp'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { IconAlert, IconCheck, IconChecks, IconClock, IconReceipt } from '../../components/icons.ts'
import { MessageText } from './message-text.tsx'
import classes from './whatsapp.module.css'

const MARKS = {
  received: null,
  processed: null,
  queued: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlert,
  unknown: IconAlert,
} as const satisfies Record<ChatMessage['state'], unknown>

/** One message; what it became, where it became a transaction, is one press away. */
export function MessageBubble({ message }: { message: ChatMessage }) {
  const { t } = useTranslation()
  const { direction, state, transactionId } = message
  const Mark = MARKS[state]
  return (
    <article
      className={classes['bubble']}
      data-direction={direction}
      data-state={state}
      aria-label={t(`whatsapp.from.${direction}`)}
    >
      <p>
        {message.text === null ? (
          t('whatsapp.not_text', { type: message.type })
        ) : (
          <MessageText text={message.text} />
        )}
      </p>
      {state === 'failed' && <p className={classes['failed']}>{t('whatsapp.failed')}</p>}
      <footer>
        {transactionId !== null && (
          <Link to="." search={(before) => ({ ...before, tx: transactionId })}>
            <IconReceipt size={14} aria-hidden /> {t('whatsapp.see_transaction')}
          </Link>
        )}
        <InstantText instant={message.at} />
        {Mark && <Mark size={15} role="img" aria-label={t(`whatsapp.state.${state}`)} />}
      </footer>
    </article>
  )
}
