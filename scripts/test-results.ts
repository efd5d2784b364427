// Reads the reports of Vitest and Playwright into numbers. What a tool calls success counts only when tests
// ran: a broken import, a filter that fits nothing and a crash must never look like a pass.
import { existsSync, readFileSync } from 'node:fs'
import type { SuiteResult } from './test-runner.ts'

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[]
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  errors: { message?: string }[]
}

/** Of Vitest's JSON reporter. */
export function vitestResult(file: string, exitCode: number): SuiteResult {
  const report = readReport<VitestReport>(file)
  if (!report) return crashed('Vitest', exitCode)
  const broken = report.testResults.filter(
    (one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed'),
  )
  const notes = broken.map((one) => `${one.name} failed outside its tests`)
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) notes.push(`${skipped} skipped`)
  return checked(report.numPassedTests, report.numFailedTests + broken.length, exitCode, notes)
}

/** Of Playwright's JSON reporter. A test that passed only when repeated is named. */
export function playwrightResult(file: string, exitCode: number): SuiteResult {
  const report = readReport<PlaywrightReport>(file)
  if (!report) return crashed('Playwright', exitCode)
  const { expected, unexpected, flaky, skipped } = report.stats
  const notes = report.errors.map((error) => error.message ?? 'An error without a message.')
  if (flaky > 0) notes.push(`${flaky} passed only when repeated`)
  if (skipped > 0) notes.push(`${skipped} skipped`)
  return checked(expected + flaky, unexpected + report.errors.length, exitCode, notes)
}

function readReport<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

function crashed(tool: string, exitCode: number): SuiteResult {
  return { passed: 0, failed: 1, notes: [`${tool} left no report; its exit code is ${exitCode}.`] }
}

function checked(passed: number, failed: number, exitCode: number, notes: string[]): SuiteResult {
  if (passed + failed === 0) return { passed, failed: 1, notes: [...notes, 'No test ran.'] }
  if (failed === 0 && exitCode !== 0) {
    return { passed, failed: 1, notes: [...notes, `The exit code is ${exitCode} although no test failed.`] }
  }
  return { passed, failed, notes }
}
