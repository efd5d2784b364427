const STEPS = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10]

/** The next figure that a chart's axis ends on well: 1,287 becomes 1,600. For drawing only, never for money. */
export function niceCeiling(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value))
  const step = STEPS.find((candidate) => candidate * magnitude >= value) ?? 10
  return Math.round(step * magnitude)
}
