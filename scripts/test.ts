// `make test`: every suite, also after one has failed, and at the end one line with the sum. A suite that
// ran no test has failed. `node scripts/test.ts backend|frontend|e2e` runs one of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runBrowserTests } from './test-e2e.ts'
import { runTool } from './test-runner.ts'
import type { SuiteResult } from './test-runner.ts'
import { vitestResult } from './test-results.ts'
import { AGE, ensureProgram, installProgram, REDIS } from './system-packages.ts'

const PROJECTS = { backend: ['contracts', 'scripts', 'backend'], frontend: ['frontend'] }

async function runVitest(
  projects: string[],
  env: Record<string, string>,
  folder: string,
): Promise<SuiteResult> {
  const report = path.join(folder, 'vitest.json')
  const args = [
    ...['node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests=false'],
    ...projects.flatMap((name) => ['--project', name]),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ]
  const exitCode = await runTool(args, env)
  return vitestResult(report, exitCode)
}

const SUITES: Record<string, (folder: string) => Promise<SuiteResult>> = {
  backend: (folder) => {
    installProgram(AGE)
    return runVitest(PROJECTS.backend, { REDIS_SERVER_PATH: ensureProgram(REDIS) }, folder)
  },
  frontend: (folder) => runVitest(PROJECTS.frontend, {}, folder),
  e2e: runBrowserTests,
}

/** A suite that cannot even start counts as one failure, so that the last line shows it. */
async function runSuite(name: string, run: (folder: string) => Promise<SuiteResult>): Promise<SuiteResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-results-'))
  try {
    return await run(folder)
  } catch (error) {
    return { passed: 0, failed: 1, notes: [error instanceof Error ? error.message : String(error)] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// Whatever the suites started ends with this process; see reaper.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !(name in SUITES))
if (unknown) {
  console.error(`There is no suite "${unknown}"; there are ${Object.keys(SUITES).join(', ')}.`)
  process.exit(2)
}
const summary: string[] = []
let passed = 0
let failed = 0
for (const [name, run] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const startedAt = performance.now()
  console.log(`\n=== ${name}`)
  const result = await runSuite(name, run)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  passed += result.passed
  failed += result.failed
  summary.push(`  ${name.padEnd(9)} passed ${result.passed}, failed ${result.failed}, in ${seconds} s`)
  for (const note of result.notes) summary.push(`  ${' '.repeat(9)} ${note}`)
}
console.log(`\n${summary.join('\n')}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
