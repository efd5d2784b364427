import type { ControlTenant } from '@chronos/contracts/control'
import { Alert, Anchor, Button, Card, Select, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { SettingsCard } from '../workspace/settings-card.tsx'
import { UsageBar } from '../workspace/usage-bar.tsx'
import { FEATURE_NAMES, PLAN_LIMITS } from '../workspace/usage.ts'
import { ActsList } from './acts-list.tsx'
import { LimitsDialog } from './limits-dialog.tsx'
import { OperatorTime } from './operator-time.tsx'
import { plansQuery, tenantQuery, useResume, useSetPlan } from './operator-queries.ts'
import classes from './operator.module.css'
import { StateBadge } from './state-badge.tsx'
import { SupportSessionCard } from './support-session.tsx'
import { SuspendDialog } from './suspend-dialog.tsx'

/** One tenant: how much it uses, what it may use, whether it runs. */
export function TenantPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery(tenantQuery(id))
  return (
    <>
      <Anchor component={Link} to="/operator" size="sm">
        ← {t('operator.pages.tenants')}
      </Anchor>
      {query.data ? (
        <Tenant tenant={query.data} />
      ) : (
        <>
          <PageHeader title={t('operator.tenant')} />
          <Card>
            <QueryView query={query} skeleton={<TenantSkeleton />}>
              {() => null}
            </QueryView>
          </Card>
        </>
      )}
    </>
  )
}

function TenantSkeleton() {
  return (
    <Stack>
      <Skeleton h={24} w={180} />
      {[1, 2, 3, 4].map((row) => (
        <Skeleton key={row} h={36} />
      ))}
    </Stack>
  )
}

function Tenant({ tenant }: { tenant: ControlTenant }) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<'suspend' | 'resume' | 'limits' | null>(null)
  const resume = useResume(tenant.id)
  const plan = useQuery(plansQuery).data?.find(({ id }) => id === tenant.planId)
  const close = (): void => setDialog(null)
  return (
    <>
      <PageHeader title={tenant.name} hint={<StateBadge state={tenant.status} />}>
        {tenant.status === 'suspended' ? (
          <Button onClick={() => setDialog('resume')}>{t('operator.resume')}</Button>
        ) : (
          <Button color="goiaba" variant="light" onClick={() => setDialog('suspend')}>
            {t('operator.suspend')}
          </Button>
        )}
      </PageHeader>
      <Stack>
        {tenant.suspendedReason !== null && (
          <Alert color="maracuja" variant="light" title={t('operator.suspended_because')}>
            {tenant.suspendedReason}
          </Alert>
        )}
        {tenant.deleteAfter !== null && (
          <Alert color="goiaba" variant="light">
            {t('operator.deleted_on')} <OperatorTime instant={tenant.deleteAfter} />
          </Alert>
        )}
        <div className={classes['columns']}>
          <SettingsCard
            title={t('operator.usage')}
            hint={
              tenant.usageAt !== null && (
                <>
                  {t('operator.usage_at')} <OperatorTime instant={tenant.usageAt} />
                </>
              )
            }
          >
            {PLAN_LIMITS.every((limit) => tenant.usage[limit] === undefined) && (
              <Text size="sm" c="dimmed">
                {t('operator.not_counted')}
              </Text>
            )}
            {PLAN_LIMITS.map((limit) => {
              const use = tenant.usage[limit]
              return use && <UsageBar key={limit} name={limit} use={use} />
            })}
          </SettingsCard>
          <Stack>
            <PlanCard tenant={tenant} canLimit={plan !== undefined} onLimits={() => setDialog('limits')} />
            <SupportSessionCard tenant={tenant} />
          </Stack>
        </div>
        <SettingsCard title={t('operator.pages.acts')}>
          <ActsList tenantId={tenant.id} />
        </SettingsCard>
      </Stack>
      {dialog === 'suspend' && <SuspendDialog tenant={tenant} onClose={close} />}
      {dialog === 'limits' && plan && <LimitsDialog tenant={tenant} plan={plan} onClose={close} />}
      <ConfirmDialog
        opened={dialog === 'resume'}
        title={t('operator.resume_title', { name: tenant.name })}
        action={t('operator.resume')}
        busy={resume.isPending}
        onClose={close}
        onConfirm={() => resume.mutate(undefined, { onSettled: close })}
      >
        {t('operator.resume_hint')}
      </ConfirmDialog>
    </>
  )
}

function PlanCard({
  tenant,
  canLimit,
  onLimits,
}: {
  tenant: ControlTenant
  canLimit: boolean
  onLimits: () => void
}) {
  const { t } = useTranslation()
  const plans = useQuery(plansQuery)
  // Its own plan at least, also while the list of them is on its way or does not come.
  const choices = (plans.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const own = choices.some(({ value }) => value === tenant.planId)
    ? []
    : [{ value: tenant.planId, label: tenant.planId }]
  const setPlan = useSetPlan(tenant.id)
  const on = FEATURE_NAMES.filter((name) => tenant.features[name])
  return (
    <SettingsCard title={t('operator.plan')}>
      <Stack gap="sm">
        <Select
          aria-label={t('operator.plan')}
          allowDeselect={false}
          disabled={setPlan.isPending || plans.data === undefined}
          data={[...own, ...choices]}
          value={tenant.planId}
          onChange={(planId) =>
            planId !== null &&
            planId !== tenant.planId &&
            setPlan.mutate(planId, { onSuccess: () => toastDone(t('operator.plan_set')) })
          }
        />
        {plans.data === undefined && plans.error && (
          <ErrorNotice error={plans.error} onRetry={() => void plans.refetch()} />
        )}
        <dl className={classes['facts']}>
          <dt>{t('workspace.features')}</dt>
          <dd>{on.length === 0 ? '–' : on.map((name) => t(`workspace.feature.${name}`)).join(', ')}</dd>
          <dt>{t('operator.created')}</dt>
          <dd>
            <OperatorTime instant={tenant.createdAt} />
          </dd>
          <dt>{t('operator.last_active')}</dt>
          <dd>{tenant.lastActiveAt === null ? '–' : <OperatorTime instant={tenant.lastActiveAt} />}</dd>
          <dt>Id</dt>
          <dd className="tabular">{tenant.id}</dd>
        </dl>
        <Button variant="default" disabled={!canLimit} onClick={onLimits}>
          {t('operator.change_limits')}
        </Button>
      </Stack>
    </SettingsCard>
  )
}
