import { useDocumentTitle } from '@mantine/hooks'
import { Suspense, lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { broughtError } from '../../lib/brought-error.ts'
import { wantMoreTexts } from '../../lib/i18n.ts'
import { useLinkSecrets } from '../../lib/link-secret.ts'
import type { SignInChallenge } from '../../lib/api-client.ts'
import { PagePending } from '../shell/page-states.tsx'
import { readMethods } from '../security/proof.ts'
import { PublicFrame } from './public-frame.tsx'
import { SignInForm } from './sign-in-form.tsx'

const SecondFactorStep = lazy(async () => {
  const [{ SecondFactorStep: component }] = await Promise.all([
    import('./second-factor-step.tsx'),
    wantMoreTexts(),
  ])
  return { default: component }
})

interface SignInPageProps {
  next: string
  /** Why a sign-in through the operator's provider came back without one. */
  refusal: string | null
}

export function SignInPage({ next, refusal }: SignInPageProps) {
  const { t } = useTranslation()
  useDocumentTitle(`${t('session.sign_in')} · CHRONOS`)
  const [challenge, setChallenge] = useState<SignInChallenge | null>(null)
  const brought = useBroughtChallenge()
  const open = challenge ?? brought
  return (
    <PublicFrame>
      {open ? (
        <Suspense fallback={<PagePending />}>
          <SecondFactorStep challenge={open} next={next} onBack={() => setChallenge(null)} />
        </Suspense>
      ) : (
        <SignInForm
          next={next}
          refusal={refusal === null ? null : broughtError(refusal)}
          onChallenge={setChallenge}
        />
      )}
    </PublicFrame>
  )
}

/** A sign-in through the provider that wants a second factor comes back with its challenge in the fragment. */
function useBroughtChallenge(): SignInChallenge | null {
  const secrets = useLinkSecrets()
  const token = secrets?.get('challenge') ?? null
  return token === null ? null : { token, methods: readMethods(secrets?.get('methods') ?? null) }
}
