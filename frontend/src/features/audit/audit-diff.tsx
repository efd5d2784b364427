import type { AuditLog } from '@chronos/contracts/audit'
import { useTranslation } from 'react-i18next'
import { textOf } from '../../lib/i18n.ts'
import { changesOf, currencyOf } from './audit-changes.ts'
import { AuditValue } from './audit-value.tsx'
import classes from './audit.module.css'

/** Field by field, before and after; one column where there was, or is, nothing. */
export function AuditDiff({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const changes = changesOf(entry)
  const currency = currencyOf(entry)
  const sides = (['before', 'after'] as const).filter((side) => entry[side] !== null)
  if (changes.length === 0) return null
  return (
    <div className={classes['diff']}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('audit.column.field')}</th>
            {sides.map((side) => (
              <th key={side} scope="col">
                {t(`audit.column.${sides.length === 1 ? 'value' : side}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.field}>
              <th scope="row">
                {textOf(`audit.field.${change.field}`) ?? change.field.replaceAll('_', ' ')}
              </th>
              {sides.map((side) => (
                <td key={side} data-side={side}>
                  <AuditValue field={change.field} value={change[side]} currency={currency} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
