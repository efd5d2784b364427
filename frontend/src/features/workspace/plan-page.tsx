import { Skeleton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconX } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { SettingsCard } from './settings-card.tsx'
import { UsageBar } from './usage-bar.tsx'
import { FEATURE_NAMES, PLAN_LIMITS } from './usage.ts'
import { useWorkspace } from './workspace-queries.ts'
import classes from './workspace.module.css'

/** What the plan allows, and how much of it is used. */
export function PlanPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('workspace.plan')} hint={t('workspace.plan_hint')} />
      <QueryView
        query={useWorkspace()}
        skeleton={
          <Stack maw={760}>
            <Skeleton h={330} radius="lg" />
            <Skeleton h={140} radius="lg" />
          </Stack>
        }
      >
        {({ plan, usage, features }) => (
          <Stack maw={760}>
            <SettingsCard title={t('workspace.plan_name', { name: plan.name })}>
              {PLAN_LIMITS.map((limit) => {
                const use = usage[limit]
                return use && <UsageBar key={limit} name={limit} use={use} />
              })}
            </SettingsCard>
            <SettingsCard title={t('workspace.features')} hint={t('workspace.features_hint')}>
              <ul className={classes['features']}>
                {FEATURE_NAMES.map((feature) => {
                  const on = features[feature]
                  const Icon = on ? IconCheck : IconX
                  return (
                    <li key={feature} data-on={on}>
                      <Icon size={18} aria-hidden />
                      {t(`workspace.feature.${feature}`)}: {t(on ? 'workspace.on' : 'workspace.off')}
                    </li>
                  )
                })}
              </ul>
            </SettingsCard>
          </Stack>
        )}
      </QueryView>
    </>
  )
}
