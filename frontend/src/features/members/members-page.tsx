import type { Member } from '@chronos/contracts/members'
import { Alert, Button, Card, Skeleton, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconPlus } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan, useSession } from '../../lib/session.tsx'
import { SettingsCard } from '../workspace/settings-card.tsx'
import { InvitationRow } from './invitation-row.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberDialog } from './member-dialog.tsx'
import { useInvitations, useMembers } from './member-queries.ts'
import { MemberRow } from './member-row.tsx'
import classes from './members.module.css'
import { PermissionTable } from './permission-table.tsx'

/** Who belongs to the workspace, and what each may do. */
export function MembersPage() {
  const { t } = useTranslation()
  const { user } = useSession()
  const canManage = useCan('members.manage')
  const invitations = useInvitations(canManage)
  const [dialog, setDialog] = useState<'invite' | Member | null>(null)
  const close = (): void => setDialog(null)
  return (
    <>
      <PageHeader title={t('members.title')} hint={t('members.title_hint')}>
        {canManage && user.emailVerified && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog('invite')}>
            {t('members.invite')}
          </Button>
        )}
      </PageHeader>
      <Stack maw={860}>
        {canManage && !user.emailVerified && (
          <Alert color="maracuja" variant="light">
            {t('members.verify_first')}
          </Alert>
        )}
        <Card p="xs">
          <QueryView
            query={useMembers()}
            skeleton={
              <Stack gap="xs" p="xs">
                {[1, 2, 3].map((row) => (
                  <Skeleton key={row} h={52} />
                ))}
              </Stack>
            }
          >
            {(members) => (
              <ul className={classes['list']} aria-label={t('members.title')}>
                {members.map((member) => (
                  <MemberRow key={member.id} member={member} onEdit={() => setDialog(member)} />
                ))}
              </ul>
            )}
          </QueryView>
        </Card>
        {canManage && (invitations.error !== null || (invitations.data ?? []).length > 0) && (
          <SettingsCard title={t('members.waiting')}>
            <QueryView query={invitations} skeleton={<Skeleton h={52} />}>
              {(items) => (
                <ul className={classes['list']}>
                  {items.map((invitation) => (
                    <InvitationRow key={invitation.id} invitation={invitation} />
                  ))}
                </ul>
              )}
            </QueryView>
          </SettingsCard>
        )}
        <SettingsCard title={t('members.permissions')} hint={t('members.permissions_hint')}>
          <PermissionTable />
        </SettingsCard>
      </Stack>
      {dialog === 'invite' && <InviteDialog onClose={close} />}
      {dialog !== null && dialog !== 'invite' && <MemberDialog member={dialog} onClose={close} />}
    </>
  )
}
