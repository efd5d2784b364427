import { Button, Card, SegmentedControl, Skeleton, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TENANT_STATES } from '@chronos/contracts/control'
import type { ControlTenant } from '@chronos/contracts/control'
import { CountText } from '../../components/count-text.tsx'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconPlus, IconSearch, IconWorkspace } from '../../components/icons.ts'
import { LoadMore } from '../../components/load-more.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { PLAN_LIMITS } from '../workspace/usage.ts'
import { CreateTenantDialog } from './create-tenant-dialog.tsx'
import { OperatorTime } from './operator-time.tsx'
import { tenantsQuery } from './operator-queries.ts'
import type { TenantState } from './operator-queries.ts'
import classes from './operator.module.css'
import { StateBadge } from './state-badge.tsx'

export interface TenantsSearch {
  q?: string | undefined
  status?: TenantState | undefined
}

const ANY = 'any'

/** Every tenant of the server, with how much it uses; never what is in it. */
export function TenantsPage({ search }: { search: TenantsSearch }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const router = useRouter()
  const query = useInfiniteQuery(tenantsQuery(search))
  const [creating, setCreating] = useState(false)
  const [text, setText] = useState(search.q ?? '')
  const change = (changes: TenantsSearch): void =>
    void navigate({ to: '/operator', replace: true, search: (before) => ({ ...before, ...changes }) })
  const filtered = search.q !== undefined || search.status !== undefined
  const clear = (): void => {
    setText('')
    change({ q: undefined, status: undefined })
  }
  const tell = useDebouncedCallback((q: string) => {
    // Whoever has chosen a tenant meanwhile is not fetched back.
    if (/^\/operator\/?$/.test(router.latestLocation.pathname)) change({ q: q === '' ? undefined : q })
  }, 300)
  return (
    <>
      <PageHeader title={t('operator.pages.tenants')} hint={t('operator.tenants_hint')}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          {t('operator.create_tenant')}
        </Button>
      </PageHeader>
      <search className={classes['bar']}>
        <TextInput
          type="search"
          aria-label={t('operator.search')}
          placeholder={t('operator.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            tell(event.currentTarget.value.trim())
          }}
        />
        <SegmentedControl
          aria-label={t('operator.status')}
          value={search.status ?? ANY}
          onChange={(value) => change({ status: TENANT_STATES.find((state) => state === value) })}
          data={[
            { value: ANY, label: t('operator.any_state') },
            ...TENANT_STATES.map((value) => ({ value, label: t(`operator.state.${value}`) })),
          ]}
        />
      </search>
      <Card p="xs">
        <QueryView
          query={query}
          skeleton={
            <Stack gap="xs" p="xs">
              {[1, 2, 3, 4, 5].map((row) => (
                <Skeleton key={row} h={48} />
              ))}
            </Stack>
          }
          isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
          empty={
            filtered ? (
              <EmptyNotice
                icon={<IconWorkspace />}
                title={t('operator.no_match')}
                hint={t('operator.no_match_hint')}
              >
                <Button variant="light" onClick={clear}>
                  {t('operator.show_all')}
                </Button>
              </EmptyNotice>
            ) : (
              <EmptyNotice
                icon={<IconWorkspace />}
                title={t('operator.no_tenants')}
                hint={t('operator.no_tenants_hint')}
              />
            )
          }
        >
          {(data) => (
            <>
              <ul className={classes['list']} data-passing={query.isPlaceholderData || undefined}>
                {data.pages
                  .flatMap((page) => page.items)
                  .map((tenant) => (
                    <TenantRow key={tenant.id} tenant={tenant} />
                  ))}
              </ul>
              <LoadMore query={query} />
            </>
          )}
        </QueryView>
      </Card>
      {creating && <CreateTenantDialog onClose={() => setCreating(false)} />}
    </>
  )
}

function TenantRow({ tenant }: { tenant: ControlTenant }) {
  const { t } = useTranslation()
  const { id, name, status, planId, createdAt, lastActiveAt, usage } = tenant
  const close = PLAN_LIMITS.filter((limit) => usage[limit]?.warning === true).length
  return (
    <li>
      <Link to="/operator/tenants/$tenantId" params={{ tenantId: id }} className={classes['row']}>
        <span className={classes['grow']}>
          <span>{name}</span>
          <span className={classes['soft']}>
            {t('operator.created')} <OperatorTime instant={createdAt} /> ·{' '}
            {lastActiveAt === null ? (
              t('operator.never_active')
            ) : (
              <>
                {t('operator.last_active')} <OperatorTime instant={lastActiveAt} />
              </>
            )}
          </span>
        </span>
        <span className={classes['soft']}>
          {planId} · <CountText count={usage['members']?.used ?? 0} /> {t('operator.members')}
          {close > 0 && ` · ${t('operator.limits_close', { count: close })}`}
        </span>
        <StateBadge state={status} />
      </Link>
    </li>
  )
}
