import type { DataExport } from '@chronos/contracts/exports'
import { Button, Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { IconDownload } from '../../components/icons.ts'
import { useSession } from '../../lib/session.tsx'
import { useLocale } from '../../lib/use-locale.ts'
import { formatBytes } from '../workspace/usage.ts'
import { useDownloadExport } from './export-queries.ts'
import { isThere, isUnderWay } from './export-state.ts'
import classes from './exports.module.css'

interface ExportRowProps {
  item: DataExport
  /** When the server told so, in ms. */
  at: number
}

export function ExportRow({ item, at }: ExportRowProps) {
  const { t } = useTranslation()
  const locale = useLocale()
  const { emailVerified } = useSession().user
  const fetchFile = useDownloadExport()
  const there = isThere(item, new Date(at))
  const status = item.status === 'ready' && !there ? 'expired' : item.status
  return (
    <li className={classes['row']}>
      <span className={classes['words']}>
        <span>
          {t('exports.made')} <InstantText instant={item.createdAt} />
        </span>
        <span className={classes['soft']}>
          {there && item.expiresAt !== null ? (
            <>
              {item.sizeBytes !== null && `${formatBytes(item.sizeBytes, locale)} · `}
              {t('exports.until')} <InstantText instant={item.expiresAt} />
            </>
          ) : (
            t(`exports.status.${status}`)
          )}
        </span>
      </span>
      {isUnderWay(item) && <Loader size="sm" aria-label={t(`exports.status.${item.status}`)} />}
      {there && emailVerified && (
        <Button
          variant="light"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={fetchFile.isPending}
          onClick={() => fetchFile.mutate(item)}
        >
          {t('exports.download')}
        </Button>
      )}
    </li>
  )
}
