import type { PlanLimit } from '@chronos/contracts/workspace'
import { useTranslation } from 'react-i18next'
import { useLocale } from '../../lib/use-locale.ts'
import { formatUse, moodOfUse, usedPercent } from './usage.ts'
import type { Use } from './usage.ts'
import classes from './workspace.module.css'

/** How much of one limit is used, in words and as a bar. */
export function UsageBar({ name, use }: { name: PlanLimit; use: Use }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const mood = moodOfUse(use)
  const label = t(`workspace.limit.${name}`)
  const percent = usedPercent(use)
  return (
    <div className={classes['usage']} data-mood={mood}>
      <div className={classes['line']}>
        <span className={classes['name']}>{label}</span>
        <span className="tabular">
          {formatUse(name, use.used, locale)}{' '}
          <span className={classes['soft']}>
            {use.limit === null
              ? `· ${t('workspace.no_limit')}`
              : t('workspace.of_limit', { limit: formatUse(name, use.limit, locale) })}
          </span>
        </span>
      </div>
      {use.limit !== null && (
        <div
          className={classes['track']}
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
        >
          <div className={classes['fill']} style={{ width: `${percent}%` }} />
        </div>
      )}
      {mood !== 'fine' && <span className={classes['warning']}>{t(`workspace.use_${mood}`)}</span>}
    </div>
  )
}
