import type { AuditLog } from '@chronos/contracts/audit'
import { useTranslation } from 'react-i18next'
import { textOf } from '../../lib/i18n.ts'
import { useCategoryOf } from '../categories/category-queries.ts'
import { nameOf } from './audit-changes.ts'

/** "Ana changed a budget “Groceries”". What a newer server names in a way unknown here is told with its own words. */
export function AuditSentence({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const categoryOf = useCategoryOf()
  const { actor, action, entity, before, after } = entry
  const who = actor.name ?? t(`audit.actor.${actor.type}`)
  const via = actor.type === 'user' || actor.name === null ? '' : ` ${t(`audit.via.${actor.type}`)}`
  const what = textOf(`audit.entity.${entity}`) ?? entity.replaceAll('_', ' ')
  const does =
    textOf(`audit.event.${action.replaceAll('.', '_')}`, { what }) ??
    textOf(`audit.action.${action}`, { what }) ??
    `${action} ${what}`
  const categoryId = after?.['category_id'] ?? before?.['category_id']
  const name = nameOf(entry) ?? (typeof categoryId === 'string' ? categoryOf(categoryId)?.name : undefined)
  return (
    <>
      <strong>{who}</strong>
      {via} {does}
      {name !== undefined && (
        <>
          {' '}
          <q>{name}</q>
        </>
      )}
    </>
  )
}
