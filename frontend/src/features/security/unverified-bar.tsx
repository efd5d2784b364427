import { resendVerification } from '@chronos/contracts/auth'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { IconMail } from '../../components/icons.ts'
import { call } from '../../lib/api-client.ts'
import { useSession } from '../../lib/session.tsx'
import classes from './unverified-bar.module.css'

/** Over every page until the person has shown that the e-mail is theirs. */
export function UnverifiedBar() {
  const { t } = useTranslation()
  const { user } = useSession()
  const resend = useMutation({ mutationFn: () => call(resendVerification) })
  if (user.emailVerified) return null
  return (
    <aside className={classes['bar']} aria-label={t('session.unverified.label')}>
      <IconMail size={18} aria-hidden />
      <p role="status">
        {t(resend.isSuccess ? 'session.unverified.sent' : 'session.unverified.text', { email: user.email })}
      </p>
      {!resend.isSuccess && (
        <Button
          size="compact-sm"
          variant="default"
          loading={resend.isPending}
          onClick={() => resend.mutate()}
        >
          {t('session.unverified.resend')}
        </Button>
      )}
    </aside>
  )
}
