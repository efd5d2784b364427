import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { playwrightResult, vitestResult } from './test-results.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'chronos-results-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function report(content: unknown): string {
  const file = path.join(folder, `${crypto.randomUUID()}.json`)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const vitest = (passed: number, failed: number, testResults: unknown[] = []) =>
  report({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0, testResults })
const playwright = (expected: number, unexpected: number, errors: unknown[] = []) =>
  report({ stats: { expected, unexpected, flaky: 0, skipped: 0 }, errors })

describe('results of a suite', () => {
  it.each([
    ['Vitest passes', vitestResult(vitest(3, 0), 0), 3, 0],
    ['Vitest fails', vitestResult(vitest(3, 2), 1), 3, 2],
    ['Vitest ran nothing', vitestResult(vitest(0, 0), 0), 0, 1],
    ['Vitest found an unhandled error', vitestResult(vitest(3, 0), 1), 3, 1],
    [
      'a test file does not load',
      vitestResult(vitest(3, 0, [{ name: 'x', status: 'failed', assertionResults: [] }]), 1),
      3,
      1,
    ],
    ['Vitest left no report', vitestResult('/nowhere.json', 0), 0, 1],
    ['Vitest was killed while it wrote', vitestResult(report('{"num'), 137), 0, 1],
    ['Playwright passes', playwrightResult(playwright(4, 0), 0), 4, 0],
    ['Playwright fails', playwrightResult(playwright(4, 1), 1), 4, 1],
    ['Playwright ran nothing', playwrightResult(playwright(0, 0), 0), 0, 1],
    ['Playwright could not start', playwrightResult(playwright(0, 0, [{ message: 'no' }]), 1), 0, 1],
  ])('%s', (_name, result, passed, failed) => {
    expect(result).toMatchObject({ passed, failed })
  })
})
