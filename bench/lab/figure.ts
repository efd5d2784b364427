/** What a figure is, and what it reports. */
import type { Lab } from './lab.ts'

/** One limit of a figure. Ratios have no unit. */
export interface Check {
  what: string
  value: number
  unit: string
  /** `most`: the value has to be at or under the limit; `least`: at or over it. */
  bound: 'most' | 'least'
  limit: number
}

export interface Report {
  /** Rows of the table, the heading first. */
  table: string[][]
  checks: Check[]
  /** What one has to know to read the numbers: how they were made, what was left out. */
  notes: string[]
}

export interface Figure {
  name: string
  title: string
  /** @throws SkippedError where something that it needs is missing */
  run(lab: Lab): Promise<Report>
}

/** The figure cannot be measured here; the message says what is missing. */
export class SkippedError extends Error {}

export function passes({ value, bound, limit }: Check): boolean {
  return bound === 'most' ? value <= limit : value >= limit
}
