import { Anchor, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconCheck } from '../../components/icons.ts'
import { DeadLink, LinkPage, isDeadLink } from './link-page.tsx'
import { NewPasswordForm } from './new-password-form.tsx'
import { PublicFrame } from './public-frame.tsx'
import { PublicNotice } from './public-notice.tsx'
import { useFinishRegistration, useResetPassword } from './session-actions.ts'

/** A new password by the link that came. */
export function ResetPasswordPage() {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  if (done)
    return (
      <PublicFrame>
        <PublicNotice
          icon={<IconCheck size={28} />}
          title={t('access.password_changed')}
          hint={t('access.password_changed_hint')}
        >
          <Button component={Link} to="/sign-in" size="md">
            {t('session.sign_in')}
          </Button>
        </PublicNotice>
      </PublicFrame>
    )
  return (
    <LinkPage title={t('access.reset_title')}>
      {(token) => <Reset token={token} onDone={() => setDone(true)} />}
    </LinkPage>
  )
}

function Reset({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation()
  const reset = useResetPassword(token, onDone)
  if (isDeadLink(reset.error))
    return (
      <DeadLink>
        <Button component={Link} to="/forgot-password" size="md">
          {t('access.new_link')}
        </Button>
      </DeadLink>
    )
  return (
    <NewPasswordForm
      title={t('access.reset_title')}
      hint={t('access.reset_hint')}
      action={t('access.save_password')}
      busy={reset.isPending}
      error={reset.error}
      onPassword={(password) => reset.mutate(password)}
    />
  )
}

/** Where a server verifies first: the account is made by the link, with the password of whoever owns the address. */
export function FinishRegistrationPage() {
  const { t } = useTranslation()
  return <LinkPage title={t('access.finish_title')}>{(token) => <Finish token={token} />}</LinkPage>
}

function Finish({ token }: { token: string }) {
  const { t } = useTranslation()
  const finish = useFinishRegistration(token)
  if (isDeadLink(finish.error))
    return (
      <DeadLink>
        <Anchor component={Link} to="/sign-up" ta="center">
          {t('session.sign_up')}
        </Anchor>
      </DeadLink>
    )
  return (
    <NewPasswordForm
      title={t('access.finish_title')}
      hint={t('access.finish_hint')}
      action={t('access.finish')}
      busy={finish.isPending}
      error={finish.error}
      onPassword={(password) => finish.mutate(password)}
    />
  )
}
