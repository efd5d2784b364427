import { Card, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { MonthText } from '../../components/date-text.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { addMonths, monthOf, monthsBetween } from '../../lib/date-format.ts'
import { retryFailed } from '../../lib/query-client.ts'
import { useSession, useToday } from '../../lib/session.tsx'
import { useAccounts } from '../accounts/account-queries.ts'
import { summaryQuery } from '../reports/report-queries.ts'
import { BalancesCard } from './balances-card.tsx'
import { BudgetsCard } from './budgets-card.tsx'
import { FirstSteps } from './first-steps.tsx'
import { greetingOf } from './greeting.ts'
import { MonthBars } from './month-bars.tsx'
import { MonthCards, MonthCardsSkeleton } from './month-cards.tsx'
import { NewestCard } from './newest-card.tsx'
import { SpendingChart } from './spending-chart.tsx'

const MONTHS_BACK = 7
/** Of both charts, there or still to come: nothing below them moves. */
const CHART_HEIGHT = 336

/** Where the money stands and where it goes, this month and before. */
export function DashboardPage() {
  const { t } = useTranslation()
  const { user, tenant } = useSession()
  const month = monthOf(useToday())
  const accounts = useAccounts()
  const firstName = user.name.split(' ')[0] ?? user.name
  const greeting = t(`dashboard.greeting.${greetingOf(tenant.timezone)}`, { name: firstName })
  if (accounts.data?.length === 0)
    return (
      <>
        <PageHeader title={greeting} hint={t('dashboard.first_hint')} />
        <FirstSteps />
      </>
    )
  if (accounts.error && accounts.data === undefined)
    return <ErrorNotice error={accounts.error} onRetry={retryFailed} />
  return (
    <>
      <PageHeader title={greeting} hint={<MonthText month={month} />} />
      <ThisMonth month={month} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <NewestCard />
        <SimpleGrid cols={1} spacing="md" style={{ alignContent: 'start' }}>
          <BalancesCard />
          <BudgetsCard month={month} />
        </SimpleGrid>
      </SimpleGrid>
    </>
  )
}

function ThisMonth({ month }: { month: string }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const from = addMonths(month, -MONTHS_BACK)
  const current = useQuery(summaryQuery(tenant.id, month, month))
  const history = useQuery(summaryQuery(tenant.id, from, month))
  return (
    <>
      <QueryView query={current} skeleton={<MonthCardsSkeleton />}>
        {(summary) => <MonthCards blocks={summary.items} homeCurrency={tenant.currency} />}
      </QueryView>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" mb="md">
        <Card>
          <Title order={2} mb="sm">
            {t('dashboard.where_it_goes')}
          </Title>
          <QueryView
            query={current}
            skeleton={<Skeleton h={CHART_HEIGHT} />}
            isEmpty={(summary) => summary.items.every(({ expenseMinor }) => expenseMinor === 0)}
            empty={
              <Text c="dimmed" mih={CHART_HEIGHT}>
                {t('dashboard.no_spending')}
              </Text>
            }
          >
            {(summary) =>
              summary.items
                .filter(({ expenseMinor }) => expenseMinor > 0)
                .sort((a) => (a.currency === tenant.currency ? -1 : 1))
                .map((block, index) => (
                  <SpendingChart key={block.currency} block={block} month={month} titled={index > 0} />
                ))
            }
          </QueryView>
        </Card>
        <Card>
          <Title order={2} mb="sm">
            {t('dashboard.months')}
          </Title>
          <QueryView query={history} skeleton={<Skeleton h={CHART_HEIGHT} />}>
            {(summary) => {
              const block =
                summary.items.find(({ currency }) => currency === tenant.currency) ?? summary.items[0]
              const months = monthsBetween(from, month).map(
                (name) =>
                  block?.byMonth.find((known) => known.month === name) ?? {
                    month: name,
                    incomeMinor: 0,
                    expenseMinor: 0,
                    netMinor: 0,
                  },
              )
              return <MonthBars months={months} currency={block?.currency ?? tenant.currency} />
            }}
          </QueryView>
        </Card>
      </SimpleGrid>
    </>
  )
}
