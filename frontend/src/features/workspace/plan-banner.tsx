import type { Workspace } from '@chronos/contracts/workspace'
import { Anchor, CloseButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useCan, useTenantId } from '../../lib/session.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { formatUse, tightLimits, tightnessOf } from './usage.ts'
import classes from './workspace.module.css'

/** That a limit of the plan is near or reached, on every page, until it is put away on this device. */
export function PlanBanner({ usage }: { usage: Workspace['usage'] }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const tight = tightLimits(usage, useCan('workspace.update'))
  const state = tightnessOf(tight)
  const [putAway, setPutAway] = useLocalStorage({
    key: `chronos.plan-banner.${useTenantId()}`,
    defaultValue: '',
    getInitialValueInEffect: false,
  })
  if (tight.length === 0 || putAway === state) return null
  const isFull = tight.some(({ mood }) => mood === 'full')
  return (
    <div className={classes['banner']} data-grave={isFull || undefined} role="status">
      <p>
        <strong>{t(isFull ? 'workspace.plan_full' : 'workspace.plan_close')} </strong>
        {tight
          .map(({ limit, use }) =>
            t('workspace.plan_tight', {
              name: t(`workspace.limit.${limit}`),
              used: formatUse(limit, use.used, locale),
              limit: formatUse(limit, use.limit ?? 0, locale),
            }),
          )
          .join(' · ')}
      </p>
      <Anchor component={Link} to="/settings/plan" size="sm" fw={600}>
        {t('workspace.plan_see')}
      </Anchor>
      <CloseButton aria-label={t('workspace.plan_put_away')} onClick={() => setPutAway(state)} />
    </div>
  )
}
