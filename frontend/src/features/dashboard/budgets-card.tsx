import { Button, Card, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Budget } from '@chronos/contracts/budgets'
import { useTranslation } from 'react-i18next'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import { BudgetBar } from '../budgets/budget-bar.tsx'
import { budgetsQuery } from '../budgets/budget-queries.ts'
import { atRisk } from '../budgets/budget-state.ts'
import { CardHead } from './card-head.tsx'
import classes from './cards.module.css'

const SHOWN = 3

/** The budgets that need a look; that none does is worth saying too. */
export function BudgetsCard({ month }: { month: string }) {
  const { t } = useTranslation()
  return (
    <Card>
      <CardHead title={t('dashboard.budgets')} to="/budgets" />
      <QueryView
        query={useQuery(budgetsQuery(useTenantId(), month))}
        skeleton={<Skeleton h={70} />}
        isEmpty={(budgets) => budgets.length === 0}
        empty={
          <Stack align="flex-start" gap="sm">
            <Text c="dimmed" size="sm">
              {t('budgets.empty_hint')}
            </Text>
            <Button variant="light" component={Link} to="/budgets">
              {t('budgets.add')}
            </Button>
          </Stack>
        }
      >
        {(budgets) => <Attention budgets={budgets} />}
      </QueryView>
    </Card>
  )
}

function Attention({ budgets }: { budgets: readonly Budget[] }) {
  const { t } = useTranslation()
  const risky = atRisk(budgets).slice(0, SHOWN)
  if (risky.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('dashboard.budgets_fine', { count: budgets.length })}
      </Text>
    )
  return (
    <div className={classes['budgets']}>
      {risky.map((budget) => (
        <BudgetBar key={budget.id} budget={budget} />
      ))}
    </div>
  )
}
