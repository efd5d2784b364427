import type { DeviceSession } from '@chronos/contracts/person'
import { Badge, Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { InstantText } from '../../components/date-text.tsx'
import { IconPhone, IconSystem } from '../../components/icons.ts'
import { QueryView } from '../../components/query-view.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import list from '../../components/settings-list.module.css'
import { textOf } from '../../lib/i18n.ts'
import { useTenantId } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { sessionsQuery, useEndOtherSessions, useEndSession } from './security-queries.ts'

/** Where the person is signed in. */
export function SessionsCard() {
  const { t } = useTranslation()
  const sessions = useQuery(sessionsQuery(useTenantId()))
  const endOthers = useEndOtherSessions()
  const [isAsking, setIsAsking] = useState(false)
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0
  return (
    <SettingsCard
      title={t('security.sessions.title')}
      hint={t('security.sessions.hint')}
      action={
        others > 0 && (
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {t('security.sessions.end_others')}
          </Button>
        )
      }
    >
      <QueryView query={sessions} skeleton={<Skeleton h={112} />}>
        {(items) => (
          <ul className={list['list']} aria-label={t('security.sessions.title')}>
            {items.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
        )}
      </QueryView>
      <ConfirmDialog
        opened={isAsking}
        title={t('security.sessions.end_others_title')}
        action={t('security.sessions.end_others')}
        busy={endOthers.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() =>
          endOthers.mutate(undefined, {
            onSuccess: ({ ended }) => toastDone(t('security.sessions.ended_count', { count: ended })),
            onSettled: () => setIsAsking(false),
          })
        }
      >
        {t('security.sessions.end_others_hint')}
      </ConfirmDialog>
    </SettingsCard>
  )
}

const PHONE = /iPhone|Android|iPad/i

function SessionRow({ session }: { session: DeviceSession }) {
  const { t } = useTranslation()
  const end = useEndSession()
  const { id, device, ip, tenantName, method, lastSeenAt, current } = session
  const Icon = PHONE.test(device) ? IconPhone : IconSystem
  const how = method
    .split('+')
    .map((part) => textOf(`security.method.${part}`) ?? part)
    .join(' + ')
  return (
    <li className={list['row']}>
      <span className={list['icon']} aria-hidden>
        <Icon size={20} />
      </span>
      <div className={list['words']}>
        <p>{device === '' ? t('security.unknown_device') : device}</p>
        <p>
          {[tenantName, how, ip].filter((part) => part !== null && part !== '').join(' · ')}
          {!current && (
            <>
              {' · '}
              {t('security.sessions.seen')} <InstantText instant={lastSeenAt} />
            </>
          )}
        </p>
      </div>
      {current ? (
        <Badge color="mate" variant="light">
          {t('security.sessions.this')}
        </Badge>
      ) : (
        <Button
          variant="subtle"
          color="goiaba"
          size="compact-sm"
          loading={end.isPending}
          aria-label={t('security.sessions.end_of', { device })}
          onClick={() => end.mutate(id, { onSuccess: () => toastDone(t('security.sessions.ended')) })}
        >
          {t('security.sessions.end')}
        </Button>
      )}
    </li>
  )
}
