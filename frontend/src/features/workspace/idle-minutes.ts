/** Choices for how long an unused session lasts, in minutes. */
export const IDLE_CHOICES: readonly [number, ...number[]] = [15, 30, 60, 240, 480, 1440, 4320, 10_080]

const UNITS = [
  { unit: 'day', minutes: 1440 },
  { unit: 'hour', minutes: 60 },
  { unit: 'minute', minutes: 1 },
] as const

/** `90` as "90 minutes", `120` as "2 hours": the largest unit that says it in whole numbers. */
export function formatMinutes(minutes: number, locale: string): string {
  const found = UNITS.find((one) => minutes % one.minutes === 0) ?? UNITS[2]
  return new Intl.NumberFormat(locale, { style: 'unit', unit: found.unit, unitDisplay: 'long' }).format(
    minutes / found.minutes,
  )
}
