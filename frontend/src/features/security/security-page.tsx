import { Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { broughtError } from '../../lib/brought-error.ts'
import { useTenantId } from '../../lib/session.tsx'
import { EventsCard } from './events-card.tsx'
import { PasskeysCard } from './passkeys-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { ProviderCard } from './provider-card.tsx'
import { RecoveryCard } from './recovery-card.tsx'
import { factorsQuery } from './security-queries.ts'
import { SessionsCard } from './sessions-card.tsx'
import { TotpCard } from './totp-card.tsx'

interface SecurityPageProps {
  /** Why a trip to the operator's provider came back without what it was for. */
  refusal: string | null
}

/** How the person signs in, where they are signed in, and what happened to it. */
export function SecurityPage({ refusal }: SecurityPageProps) {
  const { t } = useTranslation()
  const factors = useQuery(factorsQuery(useTenantId()))
  return (
    <>
      <PageHeader title={t('security.title')} hint={t('security.hint')} />
      <Stack>
        <FormError error={refusal === null ? null : broughtError(refusal)} />
        <QueryView
          query={factors}
          skeleton={
            <Stack>
              <Skeleton h={84} radius="lg" />
              <Skeleton h={84} radius="lg" />
              <Skeleton h={150} radius="lg" />
            </Stack>
          }
        >
          {(known) => (
            <>
              <PasswordCard hasPassword={known.hasPassword} />
              <TotpCard factors={known} />
              <PasskeysCard factors={known} />
              {known.provider && <ProviderCard provider={known.provider} />}
              {(known.totp.enabled || known.passkeys.length > 0) && (
                <RecoveryCard left={known.recoveryCodesLeft} />
              )}
            </>
          )}
        </QueryView>
        <SessionsCard />
        <EventsCard />
      </Stack>
    </>
  )
}
