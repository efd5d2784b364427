import { verifyEmail } from '@chronos/contracts/auth'
import { confirmEmailChange } from '@chronos/contracts/person'
import { Anchor, Button, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconMailCheck, IconSealed } from '../../components/icons.ts'
import { call } from '../../lib/api-client.ts'
import { queryClient } from '../../lib/query-client.ts'
import { tellSessionChanged } from '../../lib/session-channel.ts'
import { troubleOf } from '../../lib/session-trouble.ts'
import { sessionQuery } from '../../lib/session.tsx'
import { LinkAtWork, LinkPage } from './link-page.tsx'
import { PublicNotice } from './public-notice.tsx'

/**
 * The link of the first mail: the address is the person's own. Both links are followed in a session of the person: else
 * whoever opens a mail that they never asked for would vouch for somebody else's account.
 */
export function VerifyEmailPage() {
  const { t } = useTranslation()
  return (
    <LinkPage title={t('access.verify_title')}>
      {(token) => <Confirmation token={token} endpoint={verifyEmail} name="verified" />}
    </LinkPage>
  )
}

/** The link to a new address, which becomes the e-mail. */
export function ConfirmEmailPage() {
  const { t } = useTranslation()
  return (
    <LinkPage title={t('access.confirm_title')}>
      {(token) => <Confirmation token={token} endpoint={confirmEmailChange} name="changed" />}
    </LinkPage>
  )
}

interface ConfirmationProps {
  token: string
  endpoint: typeof verifyEmail | typeof confirmEmailChange
  name: 'verified' | 'changed'
}

function Confirmation({ token, endpoint, name }: ConfirmationProps) {
  const { t } = useTranslation()
  // A link works once: as a query it is sent once, however often the page is drawn.
  const { isSuccess, error, refetch } = useQuery({
    queryKey: ['link', name, token],
    queryFn: async () => {
      await call(endpoint, { body: { token } })
      queryClient.removeQueries(sessionQuery)
      tellSessionChanged()
      return true
    },
    staleTime: Infinity,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  if (troubleOf(error) === 'over') return <SignInFirst name={name} />
  if (!isSuccess) return <LinkAtWork error={error} onRetry={() => void refetch()} />
  return (
    <PublicNotice
      icon={<IconMailCheck size={28} />}
      title={t(`access.${name}`)}
      hint={t(`access.${name}_hint`)}
    >
      <Button component={Link} to="/" size="md">
        {t('access.go_on')}
      </Button>
    </PublicNotice>
  )
}

/** Nobody is signed in in this browser. The link's secret waits in memory meanwhile. */
function SignInFirst({ name }: { name: ConfirmationProps['name'] }) {
  const { t } = useTranslation()
  const here = name === 'verified' ? '/verify-email' : '/confirm-email'
  return (
    <PublicNotice
      icon={<IconSealed size={28} />}
      title={t('access.sign_in_first')}
      hint={t(`access.sign_in_first_${name}`)}
    >
      <Stack gap="xs">
        <Button size="md" renderRoot={(props) => <Link {...props} to="/sign-in" search={{ next: here }} />}>
          {t('session.sign_in')}
        </Button>
        <Anchor component={Link} to="/forgot-password" ta="center">
          {t('access.not_my_account')}
        </Anchor>
      </Stack>
    </PublicNotice>
  )
}
