// Which backups stay: the newest of each of the last seven days, five weeks and twelve months that have one,
// and whatever is younger than two days, since somebody made it for a reason. Pure.

const NAME = /^chronos-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/

const YOUNG_MS = 2 * 86_400_000
export const KEEP = { days: 7, weeks: 5, months: 12 } as const

/** `chronos-20261126T031500Z`; sorted by name is sorted by time. */
export function backupName(at: Date): string {
  return `chronos-${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** The instant of a name; undefined for what is no backup. */
export function instantOf(name: string): Date | undefined {
  const part = NAME.exec(name)
  return part ? new Date(`${part[1]}-${part[2]}-${part[3]}T${part[4]}:${part[5]}:${part[6]}Z`) : undefined
}

/** Monday of the week, in UTC. */
function weekOf(at: Date): string {
  const monday = new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * 86_400_000)
  return monday.toISOString().slice(0, 10)
}

/**
 * Names that may go; never the newest, and nothing that is not named like a backup. A period counts only when it has a
 * backup, so that a service that stood still for a month does not end what it made before.
 */
export function expired(names: readonly string[], now: Date): string[] {
  const backups = names.flatMap((name) => {
    const at = instantOf(name)
    return at ? [{ name, at }] : []
  })
  backups.sort((a, b) => b.at.getTime() - a.at.getTime())
  const kept = new Set(
    backups.filter(({ at }) => now.getTime() - at.getTime() < YOUNG_MS).map(({ name }) => name),
  )
  const keep = (count: number, periodOf: (at: Date) => string): void => {
    const seen = new Set<string>()
    for (const { name, at } of backups) {
      const period = periodOf(at)
      if (seen.has(period)) continue
      if (seen.size === count) return
      seen.add(period)
      kept.add(name)
    }
  }
  keep(KEEP.days, (at) => at.toISOString().slice(0, 10))
  keep(KEEP.weeks, weekOf)
  keep(KEEP.months, (at) => at.toISOString().slice(0, 7))
  return backups.filter(({ name }) => !kept.has(name)).map(({ name }) => name)
}
