import type { Member } from '@chronos/contracts/members'
import { ActionIcon, Menu } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DateText } from '../../components/date-text.tsx'
import { IconEdit, IconMore, IconTrash } from '../../components/icons.ts'
import { dateInZone } from '@chronos/contracts/dates'
import { useSession } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { canChange } from './member-rules.ts'
import { useRemoveMember } from './member-queries.ts'
import classes from './members.module.css'

interface MemberRowProps {
  member: Member
  onEdit: () => void
}

export function MemberRow({ member, onEdit }: MemberRowProps) {
  const { t } = useTranslation()
  const { user, tenant } = useSession()
  const remove = useRemoveMember()
  const [asking, setAsking] = useState(false)
  const { name, email, isYou, lastSeenAt, hiddenAccountIds, secondFactor } = member
  return (
    <li className={classes['row']}>
      <span className={classes['initial']} aria-hidden>
        {name.slice(0, 1).toLocaleUpperCase()}
      </span>
      <span className={classes['names']}>
        <span>{isYou ? t('members.you', { name }) : name}</span>
        <span className={classes['soft']}>{email}</span>
        <span className={classes['soft']}>
          {lastSeenAt === null ? (
            t('members.never_seen')
          ) : (
            <>
              {t('members.last_seen')}{' '}
              <DateText date={dateInZone(new Date(lastSeenAt), tenant.timezone)} style="short" />
            </>
          )}
          {hiddenAccountIds.length > 0 && ` · ${t('members.hidden', { count: hiddenAccountIds.length })}`}
          {secondFactor !== null &&
            ` · ${t(secondFactor ? 'members.second_factor' : 'members.no_second_factor')}`}
        </span>
      </span>
      <span className={classes['role']}>{t(`audit.role.${member.role}`)}</span>
      <span className={classes['menu']}>
        {canChange(user.role, member) && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t('common.actions_of', { name })}
              >
                <IconMore size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
                {t('members.change_access')}
              </Menu.Item>
              <Menu.Item
                color="goiaba"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => setAsking(true)}
              >
                {t('members.remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </span>
      <ConfirmDialog
        opened={asking}
        title={t('members.remove_title', { name })}
        action={t('members.remove')}
        busy={remove.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(member, {
            onSuccess: () => toastDone(t('members.removed', { name })),
            onSettled: () => setAsking(false),
          })
        }
      >
        {t('members.remove_hint')}
      </ConfirmDialog>
    </li>
  )
}
