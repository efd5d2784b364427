import type { ApiToken } from '@chronos/contracts/tokens'
import { Badge, Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { InstantText } from '../../components/date-text.tsx'
import { IconKey } from '../../components/icons.ts'
import list from '../../components/settings-list.module.css'
import { toastDone } from '../../lib/toasts.ts'
import { scopeKey } from './scopes.ts'
import { useRevokeToken } from './token-queries.ts'

export function TokenRow({ token }: { token: ApiToken }) {
  const { t } = useTranslation()
  const revoke = useRevokeToken()
  const [isAsking, setIsAsking] = useState(false)
  const { id, name, hint, scopes, expiresAt, lastUsedAt, lastUsedIp } = token
  const [openedAt] = useState(() => Date.now())
  const isOver = Date.parse(expiresAt) <= openedAt
  return (
    <li className={list['row']}>
      <span className={list['icon']} aria-hidden>
        <IconKey size={20} />
      </span>
      <div className={list['words']}>
        <p>
          {name}{' '}
          {isOver && (
            <Badge color="goiaba" variant="light" size="sm">
              {t('tokens.over')}
            </Badge>
          )}
        </p>
        <p>
          <code>{hint}</code> · {scopes.map((scope) => t(`tokens.scope.${scopeKey(scope)}`)).join(', ')}
        </p>
        <p>
          {lastUsedAt === null ? (
            t('tokens.never_used')
          ) : (
            <>
              {t('tokens.used')} <InstantText instant={lastUsedAt} />
              {lastUsedIp !== null && ` (${lastUsedIp})`}
            </>
          )}
          {' · '}
          {t('tokens.until')} <InstantText instant={expiresAt} />
        </p>
      </div>
      <Button
        variant="subtle"
        color="goiaba"
        size="compact-sm"
        aria-label={t('tokens.revoke_of', { name })}
        onClick={() => setIsAsking(true)}
      >
        {t('tokens.revoke')}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={t('tokens.revoke_title', { name })}
        action={t('tokens.revoke')}
        busy={revoke.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() =>
          revoke.mutate(id, {
            onSuccess: () => toastDone(t('tokens.revoked')),
            onSettled: () => setIsAsking(false),
          })
        }
      >
        {t('tokens.revoke_hint')}
      </ConfirmDialog>
    </li>
  )
}
