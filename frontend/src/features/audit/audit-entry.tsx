import type { AuditLog } from '@chronos/contracts/audit'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { textOf } from '../../lib/i18n.ts'
import { changesOf, currencyOf, nameOf } from './audit-changes.ts'
import { AuditValue } from './audit-value.tsx'
import classes from './audit.module.css'

const MARK: Record<string, string> = { insert: '+', update: '~', delete: '−' }

/** One change as a sentence; what it was before and after opens below. */
export function AuditEntry({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const changes = changesOf(entry)
  const currency = currencyOf(entry)
  const head = (
    <>
      <span className={classes['mark']} data-action={entry.action} aria-hidden>
        {MARK[entry.action] ?? '•'}
      </span>
      <span className={classes['sentence']}>
        <Sentence entry={entry} />
      </span>
      <span className={classes['when']}>
        <InstantText instant={entry.at} />
      </span>
    </>
  )
  if (changes.length === 0)
    return (
      <li>
        <div className={classes['head']}>{head}</div>
      </li>
    )
  return (
    <li>
      <details>
        <summary className={classes['head']}>{head}</summary>
        <div className={classes['diff']}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('audit.column.field')}</th>
                <th scope="col">{t('audit.column.before')}</th>
                <th scope="col">{t('audit.column.after')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ field, before, after }) => (
                <tr key={field}>
                  <th scope="row">{textOf(`audit.field.${field}`) ?? field.replaceAll('_', ' ')}</th>
                  <td data-side="before">
                    <AuditValue field={field} value={before} currency={currency} />
                  </td>
                  <td data-side="after">
                    <AuditValue field={field} value={after} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </li>
  )
}

function Sentence({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const { actor, action, entity } = entry
  const who = actor.name ?? t(`audit.actor.${actor.type}`)
  const via = actor.type === 'user' || actor.name === null ? '' : ` ${t(`audit.via.${actor.type}`)}`
  const what = textOf(`audit.entity.${entity}`) ?? entity.replaceAll('_', ' ')
  const name = nameOf(entry)
  const does =
    textOf(`audit.event.${action.replaceAll('.', '_')}`, { what }) ??
    textOf(`audit.action.${action}`, { what }) ??
    `${action} ${what}`
  return (
    <>
      <strong>{who}</strong>
      {via} {does}
      {name !== null && (
        <>
          {' '}
          <q>{name}</q>
        </>
      )}
    </>
  )
}
