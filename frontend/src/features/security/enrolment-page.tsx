import { Anchor, Button, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canUsePasskeys } from '../../lib/passkeys.ts'
import { forgetEverything } from '../../lib/query-client.ts'
import { useSession } from '../../lib/session.tsx'
import { PublicFrame } from '../session/public-frame.tsx'
import { useSignOut } from '../session/session-actions.ts'
import { useSwitchTenant } from '../workspace/use-switch-tenant.ts'
import { AddPasskeyForm } from './passkey-dialogs.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { TotpSetup } from './totp-setup.tsx'

type Way = 'totp' | 'passkey'

/** All there is for somebody whose workspace demands a second factor, until they have one. */
export function EnrolmentPage() {
  const { t } = useTranslation()
  useDocumentTitle(`${t('security.enrolment.title')} · CHRONOS`)
  const { tenant, tenants } = useSession()
  const router = useRouter()
  const signOut = useSignOut()
  const switchTenant = useSwitchTenant()
  const [way, setWay] = useState<Way | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const goOn = (): void => {
    forgetEverything()
    void router.invalidate()
  }
  return (
    <PublicFrame>
      <Stack>
        <div>
          <Title order={1}>{t('security.enrolment.title')}</Title>
          <Text c="dimmed" mt={4}>
            {t('security.enrolment.hint', { workspace: tenant.name })}
          </Text>
        </div>
        {codes ? (
          <RecoveryCodes codes={codes} onKept={goOn} />
        ) : (
          <>
            {canUsePasskeys() && way !== null && (
              <SegmentedControl
                fullWidth
                aria-label={t('security.enrolment.choice')}
                value={way}
                onChange={(value) => setWay(value === 'passkey' ? 'passkey' : 'totp')}
                data={[
                  { value: 'totp', label: t('security.totp.title') },
                  { value: 'passkey', label: t('security.method.passkey') },
                ]}
              />
            )}
            {way === null && (
              <>
                <Button size="md" onClick={() => setWay('totp')}>
                  {t('security.totp.set_up')}
                </Button>
                {canUsePasskeys() && (
                  <Button size="md" variant="default" onClick={() => setWay('passkey')}>
                    {t('security.passkeys.add')}
                  </Button>
                )}
              </>
            )}
            {way === 'totp' && <TotpSetup onCodes={setCodes} onGiveUp={() => setWay(null)} />}
            {way === 'passkey' && <AddPasskeyForm onDone={goOn} />}
            {tenants
              .filter(({ id }) => id !== tenant.id)
              .map(({ id, name }) => (
                <Anchor
                  key={id}
                  component="button"
                  type="button"
                  size="sm"
                  onClick={() => switchTenant.mutate(id)}
                >
                  {t('security.enrolment.other_workspace', { name })}
                </Anchor>
              ))}
            <Anchor component="button" type="button" size="sm" onClick={() => signOut.mutate()}>
              {t('session.sign_out')}
            </Anchor>
          </>
        )}
      </Stack>
    </PublicFrame>
  )
}
