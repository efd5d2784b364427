import { Badge, Card, Skeleton, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Import } from '@chronos/contracts/imports'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import { importsQuery } from './import-queries.ts'
import classes from './imports.module.css'

const COLORS = {
  ready: 'maracuja',
  needs_mapping: 'maracuja',
  applying: 'jabuticaba',
  applied: 'mate',
  undoing: 'jabuticaba',
  undone: 'gray',
  failed: 'goiaba',
} as const satisfies Record<Import['status'], string>

export function ImportStatusBadge({ status }: Pick<Import, 'status'>) {
  const { t } = useTranslation()
  return (
    <Badge variant="light" color={COLORS[status]} tt="none">
      {t(`import.status.${status}`)}
    </Badge>
  )
}

/** Earlier files, each a way back to its result. */
export function ImportHistory() {
  const { t } = useTranslation()
  const query = useQuery(importsQuery(useTenantId()))
  if (query.data?.items.length === 0) return null
  return (
    <Card component="section" aria-labelledby="import-history">
      <Title order={2} id="import-history" mb="xs">
        {t('import.history')}
      </Title>
      <QueryView query={query} skeleton={<Skeleton h={120} />}>
        {(page) => (
          <ul className={classes['history']}>
            {page.items.map((item) => (
              <li key={item.id}>
                <Link to="/import" search={{ id: item.id }}>
                  <span>{item.fileName ?? item.format.toUpperCase()}</span>
                  <span className={classes['soft']}>
                    <InstantText instant={item.createdAt} />
                  </span>
                  <ImportStatusBadge status={item.status} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Card>
  )
}
