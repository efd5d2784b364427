import { Button, Card, Menu, ActionIcon, SimpleGrid, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Budget } from '@chronos/contracts/budgets'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import {
  IconBudget,
  IconEdit,
  IconMore,
  IconPlus,
  IconTransactions,
  IconTrash,
} from '../../components/icons.ts'
import { MonthSwitch } from '../../components/month-switch.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { firstDayOf, lastDayOf, monthOf } from '../../lib/date-format.ts'
import { useCan, useTenantId, useToday } from '../../lib/session.tsx'
import { useCategoryOf } from '../categories/category-queries.ts'
import { BudgetBar } from './budget-bar.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { budgetsQuery, useDeleteBudget } from './budget-queries.ts'
import { BudgetTotals } from './budget-totals.tsx'

export function BudgetsPage({ month: asked }: { month?: string | undefined }) {
  const { t } = useTranslation()
  const month = asked ?? monthOf(useToday())
  const navigate = useNavigate()
  const canWrite = useCan('budgets.write')
  const query = useQuery(budgetsQuery(useTenantId(), month))
  const [dialog, setDialog] = useState<{ budget: Budget | null } | null>(null)
  const add = canWrite && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ budget: null })}>
      {t('budgets.add')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('budgets.title')}>
        <MonthSwitch
          month={month}
          onChange={(next) => void navigate({ to: '/budgets', search: { month: next } })}
        />
        {add}
      </PageHeader>
      <QueryView
        query={query}
        skeleton={
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {[1, 2, 3, 4].map((card) => (
              <Skeleton key={card} h={116} radius="lg" />
            ))}
          </SimpleGrid>
        }
        isEmpty={(budgets) => budgets.length === 0}
        empty={
          <EmptyNotice icon={<IconBudget />} title={t('budgets.empty')} hint={t('budgets.empty_hint')}>
            {add}
          </EmptyNotice>
        }
      >
        {(budgets) => (
          <>
            <BudgetTotals budgets={budgets} />
            <SimpleGrid cols={{ base: 1, sm: 2 }} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
              {budgets.map((budget) => (
                <Card key={budget.id} component="li" p="md">
                  <BudgetBar
                    budget={budget}
                    action={
                      <BudgetMenu
                        budget={budget}
                        month={month}
                        canWrite={canWrite}
                        onEdit={() => setDialog({ budget })}
                      />
                    }
                  />
                </Card>
              ))}
            </SimpleGrid>
          </>
        )}
      </QueryView>
      {dialog && <BudgetDialog budget={dialog.budget} month={month} onClose={() => setDialog(null)} />}
    </>
  )
}

interface BudgetMenuProps {
  budget: Budget
  month: string
  canWrite: boolean
  onEdit: () => void
}

function BudgetMenu({ budget, month, canWrite, onEdit }: BudgetMenuProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = useDeleteBudget()
  const name = useCategoryOf()(budget.categoryId)?.name ?? ''
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('common.actions_of', { name })}>
          <IconMore size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconTransactions size={16} aria-hidden />}
          onClick={() =>
            void navigate({
              to: '/transactions',
              search: { categoryId: budget.categoryId, from: firstDayOf(month), to: lastDayOf(month) },
            })
          }
        >
          {t('budgets.see_transactions')}
        </Menu.Item>
        {canWrite && (
          <>
            <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
              {t('common.edit')}
            </Menu.Item>
            <Menu.Item
              color="goiaba"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => remove.mutate(budget)}
            >
              {t('common.delete')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
