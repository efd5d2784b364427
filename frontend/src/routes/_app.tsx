import { createFileRoute, redirect } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'
import { StepUpHost } from '../features/security/step-up-host.tsx'
import { AppFrame } from '../features/shell/app-frame.tsx'
import { PagePending } from '../features/shell/page-states.tsx'
import { ApiError } from '../lib/api-client.ts'
import { i18n, speak, storedLocale, translationOf, wantMoreTexts } from '../lib/i18n.ts'
import { SessionContext, sessionQuery } from '../lib/session.tsx'

const DRAFTS = ['expense', 'income', 'transfer'] as const
export type Draft = (typeof DRAFTS)[number]

/** Over any page a transaction can be open (`tx`), or a new one be written (`add`): the back button closes it. */
interface AppSearch {
  tx?: string | undefined
  add?: Draft | undefined
}

export const Route = createFileRoute('/_app')({
  validateSearch: (search: Record<string, unknown>): AppSearch => {
    const add = DRAFTS.find((draft) => draft === search['add'])
    return {
      ...(typeof search['tx'] === 'string' ? { tx: search['tx'] } : {}),
      ...(add === undefined ? {} : { add }),
    }
  },
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.queryClient.ensureQueryData(sessionQuery)
      const locale = translationOf(session.user.locale)
      if (storedLocale() === null && locale !== null && locale !== i18n.language) await speak(locale, false)
      return { session }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401)
        throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } })
      throw error
    }
  },
  component: Frame,
})

const EnrolmentPage = lazy(async () => {
  const [{ EnrolmentPage: component }] = await Promise.all([
    import('../features/security/enrolment-page.tsx'),
    wantMoreTexts(),
  ])
  return { default: component }
})

function Frame() {
  const { session } = Route.useRouteContext()
  return (
    <SessionContext value={session}>
      <StepUpHost />
      {session.secondFactorMissing ? (
        <Suspense fallback={<PagePending />}>
          <EnrolmentPage />
        </Suspense>
      ) : (
        <AppFrame key={session.tenant.id} />
      )}
    </SessionContext>
  )
}
