/** Limits and features of a plan, and what one tenant has in their place. */
import type { Feature, PlanLimit, PlanLimits } from '@chronos/contracts/workspace'
import { FEATURE_NAMES, PLAN_LIMITS } from '../workspace/usage.ts'

export interface LimitValues {
  limits: PlanLimits
  features: Record<Feature, boolean>
}

export interface Overrides {
  limits: Partial<PlanLimits>
  features: Partial<Record<Feature, boolean>>
}

/** What must be said of a tenant beside its plan: all that differs from it, and nothing else. */
export function overridesOf(values: LimitValues, plan: LimitValues): Overrides {
  const limits: Partial<PlanLimits> = {}
  for (const name of PLAN_LIMITS)
    if (values.limits[name] !== plan.limits[name]) limits[name] = values.limits[name]
  const features: Partial<Record<Feature, boolean>> = {}
  for (const name of FEATURE_NAMES)
    if (values.features[name] !== plan.features[name]) features[name] = values.features[name]
  return { limits, features }
}

/** How much a number in a field is of the limit's own unit: storage is written in megabytes. */
export function unitOf(limit: PlanLimit): number {
  return limit === 'storageBytes' ? 1_000_000 : 1
}

/** What stands in a field, '' for no limit, as the limit; null is no limit, undefined is no limit that could be set. */
export function limitOf(limit: PlanLimit, typed: string | number): number | null | undefined {
  if (typed === '') return null
  const value = Math.round(Number(typed) * unitOf(limit))
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

export const PLAN_ID = /^[a-z][a-z0-9-]{0,39}$/
