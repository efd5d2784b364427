import type { DataExport } from '@chronos/contracts/exports'
import { downloadPersonalExport } from '@chronos/contracts/privacy'
import { Badge, Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { IconDownload, IconOwnData } from '../../components/icons.ts'
import { QueryView } from '../../components/query-view.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import list from '../../components/settings-list.module.css'
import { API } from '../../lib/api-client.ts'
import { useSession } from '../../lib/session.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { personalExportsQuery, useCreatePersonalExport } from './privacy-queries.ts'

const COLOR = { waiting: 'gray', running: 'gray', ready: 'mate', failed: 'goiaba', expired: 'gray' } as const

/** A file of all that is kept about the person, in all their workspaces. */
export function ExportCard() {
  const { t } = useTranslation()
  const { tenant, user } = useSession()
  const exports = useQuery(personalExportsQuery(tenant.id))
  const create = useCreatePersonalExport()
  const isMaking = exports.data?.some(({ status }) => status === 'waiting' || status === 'running') ?? false
  return (
    <SettingsCard
      title={t('privacy.export')}
      hint={t(user.emailVerified ? 'privacy.export_hint' : 'privacy.verify_first')}
      action={
        <Button
          variant="default"
          disabled={isMaking || !user.emailVerified}
          loading={create.isPending}
          onClick={() => create.mutate()}
        >
          {t('privacy.make_export')}
        </Button>
      }
    >
      <QueryView
        query={exports}
        skeleton={<Skeleton h={56} />}
        isEmpty={(items) => items.length === 0}
        empty={null}
      >
        {(items) => (
          <ul className={list['list']} aria-label={t('privacy.export')}>
            {items.map((item) => (
              <ExportRow key={item.id} item={item} />
            ))}
          </ul>
        )}
      </QueryView>
    </SettingsCard>
  )
}

function ExportRow({ item }: { item: DataExport }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const size =
    item.sizeBytes === null
      ? null
      : new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }).format(
          Math.max(1, item.sizeBytes / 1000),
        )
  return (
    <li className={list['row']}>
      <span className={list['icon']} aria-hidden>
        <IconOwnData size={20} />
      </span>
      <div className={list['words']}>
        <p>
          <InstantText instant={item.createdAt} />
        </p>
        <p>
          {size}
          {item.status === 'ready' && item.expiresAt !== null && (
            <>
              {' · '}
              {t('privacy.until')} <InstantText instant={item.expiresAt} />
            </>
          )}
        </p>
      </div>
      {item.status === 'ready' ? (
        <Button
          component="a"
          href={`${API}${downloadPersonalExport.path.replace('{id}', item.id)}`}
          download
          size="compact-sm"
          variant="light"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('privacy.download')}
        </Button>
      ) : (
        <Badge color={COLOR[item.status]} variant="light" role="status">
          {t(`privacy.status.${item.status}`)}
        </Badge>
      )}
    </li>
  )
}
