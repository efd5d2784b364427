/** The reader of waits: every alert of deploy/monitoring is seen, and changed alone. `make test-monitoring` has promtool. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { testsOf, waitsOf } from './alert-waits.ts'
import { ROOT } from './env-file.ts'

const RULES = readFileSync(path.join(ROOT, 'deploy/monitoring/prometheus/rules/alerts.yml'), 'utf8')

interface Rules {
  groups: { rules: { alert: string; for: string }[] }[]
}

const waits = (text: string): Record<string, string> =>
  Object.fromEntries(
    (parse(text) as Rules).groups.flatMap(({ rules }) => rules.map((rule) => [rule.alert, rule.for])),
  )

it('finds a test of its beginning for every alert', () => {
  const folder = path.join(ROOT, 'deploy/monitoring/prometheus')
  const tests = globSync('tests/*.test.yml', { cwd: folder })
  expect(waitsOf(RULES).filter(({ alert }) => testsOf(folder, alert, tests).length === 0)).toEqual([])
  expect(testsOf(folder, 'NoSuchAlert', tests)).toEqual([])
})

it('sees the wait of every alert', () => {
  const seen = waitsOf(RULES)
  expect(seen.map(({ alert }) => alert)).toEqual(Object.keys(waits(RULES)))
  expect(seen.find(({ alert }) => alert === 'ErrorBudgetBurnsFast')?.minutes).toBe(2)
  expect(seen.find(({ alert }) => alert === 'BackupMissing')?.minutes).toBe(26 * 60)
})

it.each(waitsOf(RULES).map((wait) => [wait.alert, wait] as const))(
  'changes that of %s, and no other',
  (alert, wait) => {
    expect(waits(wait.withMinutes(77))).toEqual({ ...waits(RULES), [alert]: '77m' })
  },
)
