/** Makes the transactions of a story, from so many months ago until today, both included. */
import { addDays, type CalendarDate } from '@chronos/contracts/dates'
import { allocate } from '@chronos/contracts/money'
import { createRandom, type Random } from './random.ts'
import type { Bill, Habit, Purpose, Story } from './story.ts'

export interface PlannedLine {
  /** A category's key. */
  category: string | null
  amountMinor: number
  memo: string | null
}

export interface Planned {
  /** A key of the story's accounts. */
  account: string
  on: CalendarDate
  amountMinor: number
  text: string
  payee: string | null
  lines: PlannedLine[]
  tags: readonly string[]
  notes: string | null
  byWhatsapp: boolean
  /** The same for the two legs of a transfer. */
  transfer: number | null
}

type What = Bill | Habit | Story['occasions'][number]

const weekdayOf = (date: CalendarDate): number => new Date(`${date}T00:00:00Z`).getUTCDay()
const monthOf = (date: CalendarDate): number => Number(date.slice(5, 7))

/** The first day of the month so many months before that of `date`. */
export function monthsBefore(date: CalendarDate, months: number): CalendarDate {
  const count = Number(date.slice(0, 4)) * 12 + monthOf(date) - 1 - months
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}-01`
}

/** In the order of their dates. */
export function planOf(story: Story, today: CalendarDate): Planned[] {
  const random = createRandom(story.seed)
  const planned: Planned[] = []
  let transfers = 0
  const move = (
    from: string,
    to: string,
    on: CalendarDate,
    text: string,
    out: number,
    into: number,
  ): void => {
    transfers += 1
    for (const [account, amountMinor] of [
      [from, -out],
      [to, into],
    ] as const) {
      planned.push({
        account,
        on,
        amountMinor,
        text,
        payee: null,
        tags: [],
        notes: null,
        byWhatsapp: false,
        transfer: transfers,
        lines: [{ category: null, amountMinor, memo: null }],
      })
    }
  }
  for (let day = monthsBefore(today, story.months - 1); day <= today; day = addDays(day, 1)) {
    const dayOfMonth = Number(day.slice(8))
    const isDue = (due: { day: number; months?: readonly number[] }): boolean =>
      due.day === dayOfMonth && (due.months === undefined || due.months.includes(monthOf(day)))
    for (const bill of story.bills) if (isDue(bill)) planned.push(entry(random, bill, bill.purpose, day))
    for (const habit of story.habits) {
      if (habit.weekdays && !habit.weekdays.includes(weekdayOf(day))) continue
      const days = habit.weekdays?.length ?? 7
      if (!random.chance(habit.perWeek / days)) continue
      const other = habit.sometimes && random.chance(habit.sometimes.chance) ? habit.sometimes : habit
      planned.push(entry(random, habit, other.purpose, day))
    }
    for (const occasion of story.occasions) {
      if (addDays(today, -occasion.daysAgo) === day)
        planned.push(entry(random, occasion, occasion.purpose, day))
    }
    for (const each of story.moves) {
      if (!isDue(each)) continue
      const out = random.between(each.amount)
      const into = each.rate ? Number((BigInt(out) * BigInt(each.rate[0])) / BigInt(each.rate[1])) : out
      move(each.from, each.to, day, each.text, out, into)
    }
    const { cardBill } = story
    if (cardBill?.day === dayOfMonth) {
      const owed = spentOn(planned, cardBill.card, monthsBefore(day, 1).slice(0, 7))
      if (owed > 0) move(cardBill.from, cardBill.card, day, cardBill.text, owed, owed)
    }
  }
  return planned
}

function entry(random: Random, what: What, purpose: Purpose, on: CalendarDate): Planned {
  const payee = random.pick(what.payees)
  const total = random.between(what.amount) * (what.income ? 1 : -1)
  return {
    account: what.account,
    on,
    amountMinor: total,
    text: what.text ?? payee,
    payee,
    lines: linesOf(total, purpose),
    tags: what.tags ?? [],
    notes: what.notes ?? null,
    byWhatsapp: what.byWhatsapp === true,
    transfer: null,
  }
}

function linesOf(total: number, purpose: Purpose): PlannedLine[] {
  if (purpose === null || typeof purpose === 'string')
    return [{ category: purpose, amountMinor: total, memo: null }]
  const parts = allocate(
    total,
    purpose.map(([, weight]) => weight),
  )
  return purpose.map(([category, , memo], index) => ({
    category,
    amountMinor: parts[index] ?? 0,
    memo: memo ?? null,
  }))
}

/** What went out of a card in a month, less what came back. */
function spentOn(planned: readonly Planned[], card: string, month: string): number {
  return planned
    .filter(({ account, on, transfer }) => account === card && transfer === null && on.startsWith(month))
    .reduce((sum, { amountMinor }) => sum - amountMinor, 0)
}
