import { Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { LoadMore } from '../../components/load-more.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import list from '../../components/settings-list.module.css'
import { textOf } from '../../lib/i18n.ts'
import { useTenantId } from '../../lib/session.tsx'
import { securityEventsQuery } from './security-queries.ts'

/** What happened to the person's sign-in: who sees something strange here ends sessions and changes the password. */
export function EventsCard() {
  const { t } = useTranslation()
  const events = useInfiniteQuery(securityEventsQuery(useTenantId()))
  return (
    <SettingsCard title={t('security.events.title')} hint={t('security.events.hint')}>
      <QueryView query={events} skeleton={<Skeleton h={220} />}>
        {({ pages }) => (
          <>
            <ol className={list['list']} aria-label={t('security.events.title')}>
              {pages
                .flatMap((page) => page.items)
                .map(({ id, at, event, ip, device }) => (
                  <li key={id} className={list['row']}>
                    <div className={list['words']}>
                      <p>{textOf(`security.event.${event.replaceAll('.', '_')}`) ?? event}</p>
                      <p>
                        <InstantText instant={at} />
                        {[device, ip].map((part) => (part === null || part === '' ? '' : ` · ${part}`))}
                      </p>
                    </div>
                  </li>
                ))}
            </ol>
            <LoadMore query={events} />
          </>
        )}
      </QueryView>
    </SettingsCard>
  )
}
