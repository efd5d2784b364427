import { Anchor, Skeleton, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconAudit } from '../../components/icons.ts'
import { LoadMore } from '../../components/load-more.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { textOf } from '../../lib/i18n.ts'
import { useLocale } from '../../lib/use-locale.ts'
import { actDetail } from './act-detail.ts'
import { actsQuery } from './operator-queries.ts'
import type { OperatorAct } from './operator-queries.ts'
import { OperatorTime } from './operator-time.tsx'
import classes from './operator.module.css'

/** What operators did, on the server or to one tenant. */
export function ActsList({ tenantId }: { tenantId?: string }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(actsQuery(tenantId))
  return (
    <QueryView
      query={query}
      skeleton={
        <Stack gap="xs">
          <Skeleton h={40} />
          <Skeleton h={40} />
          <Skeleton h={40} />
        </Stack>
      }
      isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
      empty={
        <EmptyNotice icon={<IconAudit />} title={t('operator.no_acts')} hint={t('operator.no_acts_hint')} />
      }
    >
      {(data) => (
        <>
          <ol className={classes['list']}>
            {data.pages
              .flatMap((page) => page.items)
              .map((act) => (
                <Act key={act.id} act={act} named={tenantId === undefined} />
              ))}
          </ol>
          <LoadMore query={query} />
        </>
      )}
    </QueryView>
  )
}

function Act({ act, named }: { act: OperatorAct; named: boolean }) {
  const { t } = useTranslation()
  const detail = actDetail(act, t, useLocale())
  return (
    <li className={classes['row']}>
      <span className={classes['grow']}>
        <span>
          <strong>
            {act.operator ?? t(act.act === 'operator.refused' ? 'operator.stranger' : 'operator.no_operator')}
          </strong>{' '}
          {textOf(`operator.act.${act.act.replaceAll('.', '_')}`) ?? act.act}
        </span>
        <span className={classes['soft']}>
          {detail}
          {named && act.tenantId !== null && (
            <>
              {detail === null ? '' : ' · '}
              <SeeTenant id={act.tenantId}>{t('operator.see_tenant')}</SeeTenant>
            </>
          )}
        </span>
      </span>
      <span className={classes['soft']}>
        {act.ip !== null && `${act.ip} · `}
        <OperatorTime instant={act.at} />
      </span>
    </li>
  )
}

function SeeTenant({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Anchor
      inherit
      underline="always"
      renderRoot={(props) => <Link {...props} to="/operator/tenants/$tenantId" params={{ tenantId: id }} />}
    >
      {children}
    </Anchor>
  )
}
