/** `.env.example` and what reads the environment are held to each other, both ways. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES } from '../backend/src/config.ts'
import { ROOT } from './env-file.ts'

const lines = readFileSync(path.join(ROOT, '.env.example'), 'utf8').split('\n')
const documented = lines.flatMap((line) => /^([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? [])

describe('.env.example', () => {
  it('has every variable that config.ts reads', () => {
    expect(CONFIG_VARIABLES.length).toBeGreaterThan(40)
    expect(CONFIG_VARIABLES.filter((name) => !documented.includes(name))).toEqual([])
  })

  it('has no variable that nothing reads', () => {
    const readers = globSync(['scripts/**/*.ts', 'backend/src/**/*.ts', 'docker-compose*.yml'], { cwd: ROOT })
      .filter((file) => !file.endsWith('.test.ts') && !file.includes('generated'))
      .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
      .join('\n')
    const isRead = (name: string): boolean => new RegExp(String.raw`\b${name}\b`).test(readers)
    expect(documented.filter((name) => !isRead(name))).toEqual([])
  })

  it('names each variable once', () => {
    expect(documented.filter((name, index) => documented.indexOf(name) !== index)).toEqual([])
  })

  it('says of each variable, or of the group it stands in, what it is', () => {
    const silent = documented.filter((name) => {
      let at = lines.findIndex((line) => line.startsWith(`${name}=`)) - 1
      while (/^[A-Z][A-Z0-9_]*=/.test(lines[at] ?? '')) at -= 1
      return !(lines[at] ?? '').startsWith('# ')
    })
    expect(silent).toEqual([])
  })
})
