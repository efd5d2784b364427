export type Greeting = 'morning' | 'afternoon' | 'evening'

/** By the workspace's clock: the night before five still belongs to the evening. */
export function greetingOf(timeZone: string, now = new Date()): Greeting {
  const hour = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(now),
  )
  if (hour >= 5 && hour < 12) return 'morning'
  return hour >= 12 && hour < 18 ? 'afternoon' : 'evening'
}
