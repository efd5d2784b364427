import { Card, SimpleGrid, Skeleton } from '@mantine/core'
import type { SummaryBlock } from '@chronos/contracts/reports'
import { useTranslation } from 'react-i18next'
import { IconMoneyIn, IconMoneyOut, IconWallet } from '../../components/icons.ts'
import { MoneyText } from '../../components/money-text.tsx'
import classes from './month-cards.module.css'

const FIGURES = [
  { name: 'income', field: 'incomeMinor', icon: IconMoneyIn },
  { name: 'expense', field: 'expenseMinor', icon: IconMoneyOut },
  { name: 'net', field: 'netMinor', icon: IconWallet },
] as const

/** The month in three figures; each further currency stands beside, never added to another. */
export function MonthCards({
  blocks,
  homeCurrency,
}: {
  blocks: readonly SummaryBlock[]
  homeCurrency: string
}) {
  const { t } = useTranslation()
  const [home, ...others] = inOrder(blocks, homeCurrency)
  return (
    <SimpleGrid
      cols={{ base: 2, sm: 3 }}
      spacing={{ base: 'xs', sm: 'md' }}
      className={classes['cards'] ?? ''}
    >
      {FIGURES.map(({ name, field, icon: Icon }) => (
        <Card key={name} className={classes['card'] ?? ''} data-figure={name} p={{ base: 'sm', sm: 'lg' }}>
          <div className={classes['head']}>
            <span className={classes['title']}>
              <Icon size={17} aria-hidden />
              {t(`dashboard.${name}`)}
            </span>
            <span className={classes['others']}>
              {others.map((block) => (
                <MoneyText key={block.currency} minor={block[field]} currency={block.currency} />
              ))}
            </span>
          </div>
          <MoneyText
            minor={home[field]}
            currency={home.currency}
            size="display"
            tone={name === 'net' ? 'balance' : 'plain'}
          />
        </Card>
      ))}
    </SimpleGrid>
  )
}

/** The home currency first, with zeros where nothing happened in it. */
function inOrder(blocks: readonly SummaryBlock[], homeCurrency: string): [SummaryBlock, ...SummaryBlock[]] {
  const home = blocks.find(({ currency }) => currency === homeCurrency)
  const others = blocks.filter(({ currency }) => currency !== homeCurrency)
  const [first, ...rest] = others
  if (home) return [home, ...others]
  if (first) return [first, ...rest]
  return [
    {
      currency: homeCurrency,
      incomeMinor: 0,
      expenseMinor: 0,
      netMinor: 0,
      byCategory: [],
      byAccount: [],
      byMonth: [],
    },
  ]
}

export function MonthCardsSkeleton() {
  return (
    <SimpleGrid
      cols={{ base: 2, sm: 3 }}
      spacing={{ base: 'xs', sm: 'md' }}
      className={classes['cards'] ?? ''}
    >
      {FIGURES.map(({ name }) => (
        <Card key={name} className={classes['card'] ?? ''} data-figure={name} p={{ base: 'sm', sm: 'lg' }}>
          <Skeleton h={16} w={80} my={3} />
          <Skeleton h={26} w={150} maw="90%" my={4} />
        </Card>
      ))}
    </SimpleGrid>
  )
}
