/** Calendar dates where the tests' workspaces are; the product runs on the real clock. */
import { addDays, dateInZone } from '@chronos/contracts/dates'

export function today(): string {
  return dateInZone(new Date(), 'America/Sao_Paulo')
}

export function daysAgo(days: number): string {
  return addDays(today(), -days)
}

/** As people in Brazil write it: 23/11/2026. */
export function inBrazil(date: string): string {
  return date.split('-').reverse().join('/')
}
