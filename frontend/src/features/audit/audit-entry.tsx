import type { AuditLog } from '@chronos/contracts/audit'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { IconSealed } from '../../components/icons.ts'
import { AuditDiff } from './audit-diff.tsx'
import { changesOf } from './audit-changes.ts'
import { AuditSentence } from './audit-sentence.tsx'
import classes from './audit.module.css'

const MARK: Record<string, string> = { insert: '+', update: '~', delete: '−' }

interface AuditEntryProps {
  entry: AuditLog
  /** What the database wrote along with it. */
  rest: readonly AuditLog[]
}

/** One change as a sentence; what it was before and after, and what came with it, opens below. */
export function AuditEntry({ entry, rest }: AuditEntryProps) {
  const { t } = useTranslation()
  const opens =
    rest.length > 0 || changesOf(entry).length > 0 || entry.ip !== null || entry.requestId !== null
  const head = (
    <>
      <span className={classes['mark']} data-action={entry.action} aria-hidden>
        {MARK[entry.action] ?? '•'}
      </span>
      <span className={classes['sentence']}>
        <AuditSentence entry={entry} />
        {rest.length > 0 && (
          <span className={classes['more']}> {t('audit.and_more', { count: rest.length })}</span>
        )}
      </span>
      <span className={classes['when']}>
        <InstantText instant={entry.at} />
        {entry.sealed !== null && (
          <IconSealed
            size={14}
            className={classes['sealed'] ?? ''}
            role="img"
            aria-label={t('audit.sealed', { number: entry.sealed })}
          >
            <title>{t('audit.sealed', { number: entry.sealed })}</title>
          </IconSealed>
        )}
      </span>
    </>
  )
  if (!opens)
    return (
      <li>
        <div className={classes['head']}>{head}</div>
      </li>
    )
  return (
    <li>
      <details>
        <summary className={classes['head']}>{head}</summary>
        <AuditDiff entry={entry} />
        <AuditFacts entry={entry} />
        {rest.map((other) => (
          <section key={other.id} className={classes['along']}>
            <p>
              <AuditSentence entry={other} />
            </p>
            <AuditDiff entry={other} />
          </section>
        ))}
      </details>
    </li>
  )
}

/** From where it came, and what to name when asking about it. */
function AuditFacts({ entry: { ip, requestId, sealed } }: { entry: AuditLog }) {
  const { t } = useTranslation()
  return (
    <div className={classes['facts']}>
      {ip !== null && <span>{t('audit.from_address', { ip })}</span>}
      {requestId !== null && <span>{t('errors.request_id', { id: requestId })}</span>}
      <span>{sealed === null ? t('audit.not_sealed') : t('audit.sealed', { number: sealed })}</span>
    </div>
  )
}
