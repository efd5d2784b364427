import type { Feature, PlanLimit } from '@chronos/contracts/workspace'
import { FEATURE_NAMES, formatUse, PLAN_LIMITS } from '../workspace/usage.ts'
import type { OperatorAct } from './operator-queries.ts'

interface Written {
  limits: Partial<Record<PlanLimit, number | null>>
  features: Partial<Record<Feature, boolean>>
}

type Words =
  | `workspace.limit.${PlanLimit}`
  | `workspace.feature.${Feature}`
  | `workspace.${'no_limit' | 'on' | 'off'}`
  | 'operator.as_in_plan'

/** What stands behind an act, in words: limits and features are written down as they were sent. */
export function actDetail(
  { act, detail }: Pick<OperatorAct, 'act' | 'detail'>,
  t: (key: Words) => string,
  locale: string,
): string | null {
  if (act !== 'tenant.limited' || detail === null) return detail
  const { limits, features } = JSON.parse(detail) as Written
  const parts = [
    ...PLAN_LIMITS.filter((name) => limits[name] !== undefined).map((name) => {
      const most = limits[name] ?? null
      const said = most === null ? t('workspace.no_limit') : formatUse(name, most, locale)
      return `${t(`workspace.limit.${name}`)}: ${said}`
    }),
    ...FEATURE_NAMES.filter((name) => features[name] !== undefined).map(
      (name) => `${t(`workspace.feature.${name}`)}: ${t(features[name] ? 'workspace.on' : 'workspace.off')}`,
    ),
  ]
  return parts.length === 0 ? t('operator.as_in_plan') : parts.join(' · ')
}
