// How long a condition has to last before somebody is told (`for`) is held by promtool's tests: with each one a minute longer
// and a minute shorter, one of them has to fail. A rule whose waiting no test looks at could be changed without a word.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const RULES = 'rules/alerts.yml'
const ALERT = /alert: (\w+)\n(?:(?!- alert:)[\s\S])*?for: (\d+)([mh])$/gm

export interface Wait {
  alert: string
  minutes: number
  /** The rules with another `for` of this alert. */
  withMinutes(minutes: number): string
}

/** The waits of all alerts of a file of rules. */
export function waitsOf(rules: string): Wait[] {
  return [...rules.matchAll(ALERT)].map((match) => {
    const [whole, alert = '', count = '', unit = ''] = match
    const end = match.index + whole.length
    const start = end - `${count}${unit}`.length
    return {
      alert,
      minutes: Number(count) * (unit === 'h' ? 60 : 1),
      withMinutes: (minutes) => `${rules.slice(0, start)}${minutes}m${rules.slice(end)}`,
    }
  })
}

/** The tests that say when an alert begins to wait, and when it comes. */
export const testsOf = (folder: string, alert: string, tests: readonly string[]): string[] =>
  tests.filter((file) => readFileSync(path.join(folder, file), 'utf8').includes(`alertname="${alert}"`))

/** @param tests files of promtool's tests, which pass with the rules as they are. @returns a sentence for each change of `for` that no test notices */
export function waitsNotHeld(promtool: string, folder: string, tests: string[]): string[] {
  const place = mkdtempSync(path.join(tmpdir(), 'chronos-waits-'))
  try {
    cpSync(folder, place, { recursive: true })
    const passes = (alert: string, rules: string): boolean => {
      writeFileSync(path.join(place, RULES), rules)
      const own = testsOf(folder, alert, tests)
      return own.length === 0 || spawnSync(promtool, ['test', 'rules', ...own], { cwd: place }).status === 0
    }
    const rules = readFileSync(path.join(folder, RULES), 'utf8')
    return waitsOf(rules).flatMap(({ alert, minutes, withMinutes }) =>
      [minutes - 1, minutes + 1]
        .filter((each) => each >= 0 && passes(alert, withMinutes(each)))
        .map((each) => `No test notices that ${alert} waits ${each} minutes instead of ${minutes}.`),
    )
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
