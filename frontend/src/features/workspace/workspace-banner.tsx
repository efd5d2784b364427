import { Anchor, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { DateText, InstantText } from '../../components/date-text.tsx'
import { useCan } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { PlanBanner } from './plan-banner.tsx'
import { useCancelDeletion, useEndSupport, useWorkspace } from './workspace-queries.ts'
import classes from './workspace.module.css'

/**
 * What everybody in the workspace must know on every page: that it is being deleted, that an operator may look in, that a
 * limit of its plan is near.
 */
export function WorkspaceBanner() {
  const { t } = useTranslation()
  const { data } = useWorkspace()
  const keep = useCancelDeletion()
  const end = useEndSupport()
  const canDelete = useCan('workspace.delete')
  const canConsent = useCan('support.consent')
  const canExport = useCan('ledger.export')
  if (data === undefined) return null
  const { deletion, supportAccess, usage } = data
  return (
    <>
      {deletion !== null && (
        <div className={classes['banner']} data-grave role="status">
          <p>
            <strong>{t('workspace.deleting_on')} </strong>
            <DateText date={deletion.deleteAfter.slice(0, 10)} />. {t('workspace.deleting_hint')}
          </p>
          {canExport && (
            <Anchor component={Link} to="/settings/exports" size="sm" fw={600}>
              {t('workspace.deleting_export')}
            </Anchor>
          )}
          {canDelete && (
            <Button
              size="xs"
              loading={keep.isPending}
              onClick={() => keep.mutate(undefined, { onSuccess: () => toastDone(t('workspace.kept')) })}
            >
              {t('workspace.keep')}
            </Button>
          )}
        </div>
      )}
      {supportAccess !== null && (
        <div className={classes['banner']} role="status">
          <p>
            <strong>{t('workspace.support_banner')}</strong> {t('workspace.until')}{' '}
            <InstantText instant={supportAccess.until} />. {supportAccess.reason}
          </p>
          {canConsent && (
            <Button
              size="xs"
              variant="default"
              loading={end.isPending}
              onClick={() =>
                end.mutate(undefined, { onSuccess: () => toastDone(t('workspace.support_ended')) })
              }
            >
              {t('workspace.support_end')}
            </Button>
          )}
        </div>
      )}
      {deletion === null && <PlanBanner usage={usage} />}
    </>
  )
}
