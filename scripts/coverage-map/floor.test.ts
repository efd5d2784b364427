import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../env-file.ts'
import { belowFloor, isHigher, MEASURES, raised } from './floor.ts'
import type { Figures } from './floor.ts'

const FLOOR: Figures = { statements: 80, branches: 70, functions: 85.5, lines: 81 }
const git = (...args: string[]): string =>
  spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout ?? ''

describe('the floor of coverage', () => {
  it('names what is below it', () => {
    expect(belowFloor(FLOOR, FLOOR)).toEqual([])
    expect(belowFloor({ ...FLOOR, branches: 69.99 }, FLOOR)).toEqual([
      'branches: 69.99 %, which is below the floor of 70 %',
    ])
  })

  it('rises to what was measured, to a tenth, and never falls', () => {
    const measured = { statements: 82.39, branches: 60, functions: 85.59, lines: 81.01 }
    expect(raised(measured, FLOOR)).toEqual({ statements: 82.3, branches: 70, functions: 85.5, lines: 81 })
    expect(isHigher(raised(measured, FLOOR), FLOOR)).toBe(true)
    expect(isHigher(raised({ ...FLOOR, lines: 20 }, FLOOR), FLOOR)).toBe(false)
  })

  it('has not fallen in any commit, nor in this checkout', () => {
    const file = 'coverage-floor.json'
    const commits = git('log', '--reverse', '--format=%H', '--', file)
      .split('\n')
      .filter((id) => id !== '')
    const texts = [
      ...commits.map((id) => git('show', `${id}:${file}`)),
      readFileSync(path.join(ROOT, file), 'utf8'),
    ]
    const floors = texts.map((text) => JSON.parse(text) as Figures)
    for (const [index, floor] of floors.entries())
      for (const name of MEASURES) expect(floor[name]).toBeGreaterThanOrEqual(floors[index - 1]?.[name] ?? 1)
  })
})
