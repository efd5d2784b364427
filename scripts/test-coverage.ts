// `make test-coverage`: runs the tests of backend and web and the browser journeys, and writes what of the product ran:
// HTML in coverage/, one summary for all. Ends with 1 where a test fails or a figure is below coverage-floor.json;
// RAISE=1 lifts that file to what was measured. It takes longer than `make test` and is no part of it. With an argument,
// tests whose file it names run alone, without journeys, and what they come to is held to nothing.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createCoverageMap } from '@vitest/istanbul-lib-coverage'
import type { CoverageMap, CoverageMapData } from '@vitest/istanbul-lib-coverage'
import { create, createContext } from '@vitest/istanbul-lib-report'
import { belowFloor, isHigher, MEASURES, raised } from './coverage-map/floor.ts'
import type { Figures } from './coverage-map/floor.ts'
import { addBrowserRuns, addServerRuns } from './coverage-map/journeys.ts'
import { ROOT } from './env-file.ts'
import { AGE, ensureProgram, installProgram, REDIS } from './system-packages.ts'
import { runBrowserTests } from './test-e2e.ts'
import { runTool } from './test-runner.ts'

const REPORT = path.join(ROOT, 'coverage')
const FLOOR = path.join(ROOT, 'coverage-floor.json')
const WORK = path.join(ROOT, '.data', 'coverage')
const PARTS = ['contracts', 'backend', 'frontend'] as const
// Of each project its own; what no test loads counts as well.
const INCLUDED = 'src/**/*.{ts,tsx}'
const EXCLUDED = ['**/*.test.{ts,tsx}', '**/*.fixture.ts', '**/generated/**', '**/*.gen.ts', '**/*.d.ts']

const [only] = process.argv.slice(2)

async function runTests(): Promise<boolean> {
  const unit = path.join(WORK, 'tests')
  installProgram(AGE)
  const exitCode = await runTool(
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests=false', ...(only ? [only] : [])],
      ...PARTS.flatMap((part) => ['--project', part]),
      ...['--coverage.enabled', '--coverage.provider=v8', '--coverage.reporter=json'],
      ...[`--coverage.reportsDirectory=${unit}`, '--coverage.reportOnFailure'],
      `--coverage.include=${INCLUDED}`,
      ...EXCLUDED.map((pattern) => `--coverage.exclude=${pattern}`),
    ],
    only ? {} : { REDIS_SERVER_PATH: ensureProgram(REDIS) },
  )
  return exitCode === 0
}

async function runJourneys(): Promise<boolean> {
  const { failed, notes } = await runBrowserTests(WORK, WORK)
  for (const line of notes) console.log(line)
  return failed === 0
}

function figuresOf(map: CoverageMap): Figures {
  const summary = map.getCoverageSummary()
  const [statements, branches, functions, lines] = MEASURES.map((name) => Number(summary[name].pct))
  return {
    statements: statements ?? 0,
    branches: branches ?? 0,
    functions: functions ?? 0,
    lines: lines ?? 0,
  }
}

function report(map: CoverageMap): void {
  rmSync(REPORT, { recursive: true, force: true })
  const context = createContext({ dir: REPORT, coverageMap: map, defaultSummarizer: 'nested' })
  for (const kind of ['html', 'json-summary'] as const) create(kind).execute(context)
  const rows = [...PARTS.map((part) => [part, partOf(map, part)] as const), ['all', map] as const]
  console.log(`\n  ${'part'.padEnd(11)}${MEASURES.map((name) => name.padStart(12)).join('')}`)
  for (const [name, part] of rows) {
    const figures = figuresOf(part)
    console.log(
      `  ${name.padEnd(11)}${MEASURES.map((measure) => `${figures[measure]} %`.padStart(12)).join('')}`,
    )
  }
  console.log(`\nEach file: ${path.join('coverage', 'index.html')}`)
}

function partOf(map: CoverageMap, part: string): CoverageMap {
  const copy = createCoverageMap({})
  for (const file of map.files())
    if (file.startsWith(path.join(ROOT, part) + path.sep)) copy.addFileCoverage(map.fileCoverageFor(file))
  return copy
}

function heldToFloor(figures: Figures): boolean {
  const none: Figures = { statements: 0, branches: 0, functions: 0, lines: 0 }
  const floor = existsSync(FLOOR) ? (JSON.parse(readFileSync(FLOOR, 'utf8')) as Figures) : none
  const low = belowFloor(figures, floor)
  for (const line of low) console.error(line)
  const higher = raised(figures, floor)
  if (low.length > 0 || !isHigher(higher, floor)) return low.length === 0
  if (process.env['RAISE'] === '1') {
    writeFileSync(FLOOR, `${JSON.stringify(higher, null, 2)}\n`)
    console.log('coverage-floor.json is raised to what was measured: commit it.')
  } else console.log('Above the floor. To keep it there: make test-coverage RAISE=1')
  return true
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
rmSync(WORK, { recursive: true, force: true })
mkdirSync(WORK, { recursive: true })
const testsPassed = await runTests()
const collected = path.join(WORK, 'tests', 'coverage-final.json')
if (!existsSync(collected)) {
  console.error('The tests ended before they wrote down what ran: see above.')
  process.exit(1)
}
const map = createCoverageMap(JSON.parse(readFileSync(collected, 'utf8')) as CoverageMapData)
if (only) {
  report(map)
  process.exit(testsPassed ? 0 : 1)
}
const journeysPassed = await runJourneys()
const server = addServerRuns(map, path.join(WORK, 'server'))
const browser = addBrowserRuns(map, path.join(WORK, 'browser'), path.join(WORK, 'web'))
console.log(
  `\nJourneys ran ${server} statements of the server and ${browser} of the web that no other test ran.`,
)
report(map)
if (!testsPassed || !journeysPassed) console.error('Tests failed: see above.')
const isHeld = heldToFloor(figuresOf(map))
process.exit(testsPassed && journeysPassed && isHeld ? 0 : 1)
