import type { Me } from '@chronos/contracts/auth'
import type { previewInvitation } from '@chronos/contracts/members'
import type { EndpointResponse } from '@chronos/contracts/endpoint'
import { Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { FormError } from '../../components/form-error.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { ApiError } from '../../lib/api-client.ts'
import { PublicFrame } from '../session/public-frame.tsx'
import { useAcceptInvitation, useInvitation, useSignOutHere } from './invitation-actions.ts'
import { InvitedForm } from './invited-form.tsx'

export type Preview = EndpointResponse<typeof previewInvitation>

/** Where the link of an invitation leads. Its secret stands in the fragment, which no server and no log sees. */
export function InvitationPage({ token }: { token: string | null }) {
  const { t } = useTranslation()
  useDocumentTitle(`${t('members.invitation_title')} · CHRONOS`)
  return (
    <PublicFrame>
      {token === null ? <ErrorNotice error={new ApiError('link_invalid', 410)} /> : <Opened token={token} />}
    </PublicFrame>
  )
}

function Opened({ token }: { token: string }) {
  const { t } = useTranslation()
  return (
    <QueryView
      query={useInvitation(token)}
      skeleton={
        <Stack>
          <Skeleton h={36} w="70%" />
          <Skeleton h={20} />
          <Skeleton h={180} />
        </Stack>
      }
    >
      {({ invitation, session }) => (
        <Stack>
          <div>
            <Title order={1}>{t('members.join', { name: invitation.workspaceName })}</Title>
            <Text c="dimmed" mt={4}>
              {invitation.invitedBy === null
                ? t('members.invited_to', { role: t(`audit.role.${invitation.role}`) })
                : t('members.invited_by', {
                    name: invitation.invitedBy,
                    role: t(`audit.role.${invitation.role}`),
                  })}
            </Text>
            <Text size="sm" mt="xs">
              {t(`members.role_hint.${invitation.role}`)}
            </Text>
          </div>
          <Answer token={token} invitation={invitation} session={session} />
        </Stack>
      )}
    </QueryView>
  )
}

interface AnswerProps {
  token: string
  invitation: Preview
  session: Me | null
}

/** Only the person whom it was sent to can take it. */
function Answer({ token, invitation, session }: AnswerProps) {
  const { t } = useTranslation()
  const accept = useAcceptInvitation()
  const signOut = useSignOutHere()
  if (session === null) return <InvitedForm token={token} invitation={invitation} />
  const { email } = session.user
  if (email !== invitation.email)
    return (
      <>
        <Text size="sm">{t('members.other_person', { email, invited: invitation.email })}</Text>
        <Button size="md" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t('session.sign_out')}
        </Button>
      </>
    )
  return (
    <>
      <Text size="sm">{t('members.signed_in_as', { email })}</Text>
      <FormError error={accept.error} />
      <Button size="md" loading={accept.isPending} onClick={() => accept.mutate(token)}>
        {t('members.accept')}
      </Button>
    </>
  )
}
