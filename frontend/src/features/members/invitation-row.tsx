import type { Invitation } from '@chronos/contracts/members'
import { ActionIcon, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { IconMail, IconMore, IconSend, IconTrash } from '../../components/icons.ts'
import { useSession } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useResendInvitation, useRevokeInvitation } from './member-queries.ts'
import classes from './members.module.css'

/** An invitation that waits to be taken. */
export function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation()
  const { emailVerified } = useSession().user
  const resend = useResendInvitation()
  const revoke = useRevokeInvitation()
  const { email, role, expiresAt, hiddenAccountIds } = invitation
  return (
    <li className={classes['row']}>
      <span className={classes['initial']} aria-hidden>
        <IconMail size={18} />
      </span>
      <span className={classes['names']}>
        <span>{email}</span>
        <span className={classes['soft']}>
          {t('members.open_until')} <InstantText instant={expiresAt} />
          {hiddenAccountIds.length > 0 && ` · ${t('members.hidden', { count: hiddenAccountIds.length })}`}
        </span>
      </span>
      <span className={classes['role']}>{t(`audit.role.${role}`)}</span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            loading={resend.isPending || revoke.isPending}
            aria-label={t('common.actions_of', { name: email })}
          >
            <IconMore size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {emailVerified && (
            <Menu.Item
              leftSection={<IconSend size={16} aria-hidden />}
              onClick={() =>
                resend.mutate(invitation, { onSuccess: () => toastDone(t('members.invited', { email })) })
              }
            >
              {t('members.resend')}
            </Menu.Item>
          )}
          <Menu.Item
            color="goiaba"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() =>
              revoke.mutate(invitation, { onSuccess: () => toastDone(t('members.revoked', { email })) })
            }
          >
            {t('members.revoke')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  )
}
