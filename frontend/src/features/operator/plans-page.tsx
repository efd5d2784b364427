import type { Plan } from '@chronos/contracts/control'
import { Badge, Button, Card, Skeleton, Stack, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconPlan, IconPlus } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { formatUse, PLAN_LIMITS } from '../workspace/usage.ts'
import { plansQuery } from './operator-queries.ts'
import classes from './operator.module.css'
import { PlanDialog } from './plan-dialog.tsx'

/** Plans are data: limits and features that tenants are given by name. */
export function PlansPage() {
  const { t } = useTranslation()
  const locale = useLocale()
  const [dialog, setDialog] = useState<{ plan: Plan | null } | null>(null)
  const limitsOf = (plan: Plan): string =>
    PLAN_LIMITS.filter((name) => plan.limits[name] !== null)
      .map((name) => `${t(`workspace.limit.${name}`)}: ${formatUse(name, plan.limits[name] ?? 0, locale)}`)
      .join(' · ')
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ plan: null })}>
      {t('operator.add_plan')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('operator.pages.plans')} hint={t('operator.plans_hint')}>
        {add}
      </PageHeader>
      <Card p="xs">
        <QueryView
          query={useQuery(plansQuery)}
          skeleton={
            <Stack gap="xs" p="xs">
              <Skeleton h={48} />
              <Skeleton h={48} />
            </Stack>
          }
          isEmpty={(plans) => plans.length === 0}
          empty={
            <EmptyNotice
              icon={<IconPlan />}
              title={t('operator.no_plans')}
              hint={t('operator.no_plans_hint')}
            />
          }
        >
          {(plans) => (
            <ul className={classes['list']}>
              {plans.map((plan) => (
                <li key={plan.id}>
                  <UnstyledButton
                    className={classes['row'] ?? ''}
                    w="100%"
                    onClick={() => setDialog({ plan })}
                  >
                    <span className={classes['grow']}>
                      <span>{plan.name}</span>
                      <span className={classes['soft']}>{limitsOf(plan) || t('workspace.no_limit')}</span>
                    </span>
                    {plan.isDefault && (
                      <Badge variant="light" tt="none">
                        {t('operator.standard')}
                      </Badge>
                    )}
                    <span className={classes['soft']}>
                      {t('operator.tenants_on_it', { count: plan.tenants })}
                    </span>
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          )}
        </QueryView>
      </Card>
      {dialog && <PlanDialog plan={dialog.plan} onClose={() => setDialog(null)} />}
    </>
  )
}
