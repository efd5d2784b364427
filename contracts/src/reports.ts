import { z } from 'zod'
import { CalendarDate, CalendarMonth } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { TotalMinor } from './money.ts'

const Flow = {
  incomeMinor: TotalMinor.meta({ description: 'Money in, 0 or more' }),
  expenseMinor: TotalMinor.meta({ description: 'Money out, 0 or more' }),
  netMinor: TotalMinor,
}

export const SummaryBlock = z
  .object({
    currency: z.string(),
    ...Flow,
    byCategory: z.array(z.object({ categoryId: z.string().nullable(), ...Flow })),
    byAccount: z.array(z.object({ accountId: z.string(), ...Flow })),
    byMonth: z.array(z.object({ month: z.string(), ...Flow })),
  })
  .meta({ id: 'SummaryBlock' })
export type SummaryBlock = z.infer<typeof SummaryBlock>

const DateOrMonth = z.union([CalendarDate, CalendarMonth])

export const Summary = z
  .object({ from: z.string(), to: z.string(), items: z.array(SummaryBlock), nextCursor: z.null() })
  .meta({ id: 'Summary' })
export type Summary = z.infer<typeof Summary>

export const getSummary = endpoint({
  id: 'getSummary',
  method: 'GET',
  path: '/reports/summary',
  tag: 'Reports',
  auth: 'session',
  permission: 'ledger.read',
  rate: 'report',
  summary: 'Income and expense between two dates, one block per currency, transfers left out',
  query: z.strictObject({
    from: DateOrMonth.meta({ description: 'First day; a month stands for its first day' }),
    to: DateOrMonth.meta({ description: 'Last day, inclusive; a month stands for its last day' }),
  }),
  status: 200,
  response: Summary,
  errors: ['amount_overflow'],
})
