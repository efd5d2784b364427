// The floor of coverage that the repository keeps: in percent, and only ever rising.
export const MEASURES = ['statements', 'branches', 'functions', 'lines'] as const
export type Figures = Record<(typeof MEASURES)[number], number>

/** What is below the floor, a sentence each. */
export function belowFloor(measured: Figures, floor: Figures): string[] {
  return MEASURES.filter((name) => measured[name] < floor[name]).map(
    (name) => `${name}: ${measured[name]} %, which is below the floor of ${floor[name]} %`,
  )
}

/** The floor after a run: what was measured, down to a tenth, where that is higher. Never lower than it was. */
export function raised(measured: Figures, floor: Figures): Figures {
  const higher = (name: keyof Figures): number => Math.max(floor[name], Math.floor(measured[name] * 10) / 10)
  return {
    statements: higher('statements'),
    branches: higher('branches'),
    functions: higher('functions'),
    lines: higher('lines'),
  }
}

export const isHigher = (figures: Figures, floor: Figures): boolean =>
  MEASURES.some((name) => figures[name] > floor[name])
