import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createCoverageMap } from '@vitest/istanbul-lib-coverage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executedPlaces } from './executed.ts'
import { addBrowserRuns, addServerRuns } from './journeys.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'chronos-coverage-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SOURCE = `const sign = (n: number): string => {
  if (n < 0) return 'minus'
  return 'plus'
}
console.log(sign(1))
`
const at = (line: number, column: number, endColumn: number) => ({
  start: { line, column },
  end: { line, column: endColumn },
})

/** A file in which no test ran anything. */
function untouched(file: string) {
  return createCoverageMap({
    [file]: {
      path: file,
      statementMap: { 0: at(2, 2, 27), 1: at(2, 13, 27), 2: at(3, 2, 15) },
      s: { 0: 0, 1: 0, 2: 0 },
      fnMap: {
        0: {
          name: 'sign',
          decl: at(1, 13, 14),
          loc: { ...at(1, 36, 37), end: { line: 4, column: 1 } },
          line: 1,
        },
      },
      f: { 0: 0 },
      branchMap: { 0: { loc: at(2, 2, 27), type: 'if', locations: [at(2, 13, 27)], line: 2 } },
      b: { 0: [0] },
    },
  })
}

describe('what journeys ran', () => {
  it('of a server that Node wrote down counts as run, and what it did not run does not', () => {
    const file = path.join(folder, 'sign.ts')
    writeFileSync(file, SOURCE)
    const written = path.join(folder, 'server')
    execFileSync(process.execPath, [file], { env: { NODE_V8_COVERAGE: written } })
    expect(globSync('*.json', { cwd: written })).not.toEqual([])
    const map = untouched(file)
    expect(addServerRuns(map, written)).toBe(2)
    const { s, f, b } = map.fileCoverageFor(file).data
    expect([s, f, b]).toEqual([{ 0: 1, 1: 0, 2: 1 }, { 0: 1 }, { 0: [0] }])
  })

  it('of the built web is led back to its sources', () => {
    const file = path.join(folder, 'sign.ts')
    writeFileSync(file, SOURCE)
    const built = 'const s=n=>{if(n<0)return"minus";return"plus"};'
    writeFileSync(path.join(folder, 'app.js'), `${built}\n`)
    // Columns of the build that begin the three statements: 12 -> 2:2, 19 -> 2:13, 33 -> 3:2 (in VLQ).
    const map = { version: 3, sources: ['sign.ts'], names: [], mappings: 'YACE,OAAW,cACX' }
    writeFileSync(path.join(folder, 'app.js.map'), JSON.stringify(map))
    const functions = [
      { ranges: [{ startOffset: 0, endOffset: built.length, count: 1 }] },
      {
        ranges: [
          { startOffset: 8, endOffset: built.length - 1, count: 3 },
          { startOffset: 19, endOffset: 33, count: 0 },
        ],
      },
    ]
    const runs = path.join(folder, 'run.json')
    writeFileSync(runs, JSON.stringify([{ url: 'http://localhost:3000/app.js', functions }]))
    const covered = untouched(file)
    expect(addBrowserRuns(covered, folder, folder)).toBe(2)
    expect(covered.fileCoverageFor(file).data.s).toEqual({ 0: 1, 1: 0, 2: 1 })
    expect(readFileSync(runs, 'utf8')).toContain('app.js')
  })

  it('is decided by the innermost range, in whatever order they come', () => {
    const ranges = [
      { startOffset: 2, endOffset: 4, count: 0 },
      { startOffset: 0, endOffset: 6, count: 1 },
      { startOffset: 3, endOffset: 4, count: 5 },
    ]
    const script = { url: '', functions: ranges.map((range) => ({ ranges: [range] })) }
    expect([...executedPlaces(script, 7)]).toEqual([1, 1, 0, 1, 1, 1, 0])
  })
})
