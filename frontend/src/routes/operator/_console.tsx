import { createFileRoute, redirect } from '@tanstack/react-router'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { OperatorFrame } from '../../features/operator/operator-frame.tsx'
import { operatorQuery } from '../../features/operator/operator-client.ts'
import { PageFailed } from '../../features/shell/page-states.tsx'
import { ApiError } from '../../lib/api-client.ts'

export const Route = createFileRoute('/operator/_console')({
  beforeLoad: async ({ context }) => {
    try {
      const { operator } = await context.queryClient.ensureQueryData(operatorQuery)
      return { operator }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: '/operator/sign-in' })
      throw error
    }
  },
  component: Frame,
  errorComponent: Failed,
})

function Failed(props: ErrorComponentProps) {
  return (
    <main>
      <PageFailed {...props} home="/operator" />
    </main>
  )
}

function Frame() {
  return <OperatorFrame name={Route.useRouteContext().operator.name} />
}
