import { Skeleton, Stack, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import list from '../../components/settings-list.module.css'
import { useTenantId } from '../../lib/session.tsx'
import { EraseCard } from './erase-card.tsx'
import { ExportCard } from './export-card.tsx'
import { latestConsents } from './latest-consents.ts'
import { consentsQuery, useRecordConsent } from './privacy-queries.ts'

/** What is kept about the person, and their rights over it. */
export function MyDataPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('privacy.title')} hint={t('privacy.hint')} />
      <Stack>
        <ConsentsCard />
        <ExportCard />
        <EraseCard />
      </Stack>
    </>
  )
}

function ConsentsCard() {
  const { t } = useTranslation()
  const consents = useQuery(consentsQuery(useTenantId()))
  const record = useRecordConsent()
  return (
    <SettingsCard title={t('privacy.consents')} hint={t('privacy.consents_hint')}>
      <QueryView query={consents} skeleton={<Skeleton h={220} />}>
        {(items) => (
          <ul className={list['list']} aria-label={t('privacy.consents')}>
            {latestConsents(items).map(({ kind, latest }) => {
              const isSending = record.isPending && record.variables.kind === kind
              return (
                <li key={kind} className={list['row']}>
                  <div className={list['words']}>
                    <p id={`consent-${kind}`}>{t(`privacy.consent.${kind}`)}</p>
                    <p>
                      {latest === null ? (
                        t('privacy.never_said')
                      ) : (
                        <>
                          {t(latest.given ? 'privacy.given' : 'privacy.taken_back')}{' '}
                          <InstantText instant={latest.at} />
                          {' · '}
                          {t('privacy.version', { version: latest.version })}
                        </>
                      )}
                    </p>
                  </div>
                  <Switch
                    aria-labelledby={`consent-${kind}`}
                    checked={isSending ? record.variables.given : (latest?.given ?? false)}
                    disabled={record.isPending}
                    onChange={({ currentTarget: { checked } }) => record.mutate({ kind, given: checked })}
                  />
                </li>
              )
            })}
          </ul>
        )}
      </QueryView>
    </SettingsCard>
  )
}
