/** What is typed beside a make target is a value: no shell and no make reads it as a command of theirs. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'

const makefile = readFileSync(path.join(ROOT, 'Makefile'), 'utf8')
const given = /^GIVEN := ((?:.*\\\n)*.*)$/m.exec(makefile)?.[1]?.split(/[\s\\]+/) ?? []

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos-make-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What a target's program would be started with, and what of GIVEN its environment holds. */
function make(args: string[], env: Record<string, string> = {}): { args: string[]; env: NodeJS.ProcessEnv } {
  const echo = path.join(folder, 'echo')
  writeFileSync(
    echo,
    `#!${process.execPath}\nconsole.log(JSON.stringify({ args: process.argv.slice(2), env: process.env }))\n`,
  )
  chmodSync(echo, 0o755)
  const run = spawnSync('make', ['--no-print-directory', `RUN=${echo}`, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  })
  expect(run.stderr).toBe('')
  return JSON.parse(run.stdout) as { args: string[]; env: NodeJS.ProcessEnv }
}

describe('what is typed beside a make target', () => {
  const TARGETS: [target: string, name: string][] = [
    ['tenant-export', 'TENANT'],
    ['tenant-export', 'OUT'],
    ['tenant-backup', 'TENANT'],
    ['tenant-restore', 'FILE'],
    ['tenant-create', 'NAME'],
    ['tenant-create', 'EMAIL'],
    ['operator-create', 'NAME'],
    ['person-sessions-end', 'REASON'],
    ['person-reset-link', 'EMAIL'],
    ['db-migrate-dev', 'COLUMNS'],
    ['db-verify-backup', 'FROM'],
    ['db-restore', 'FROM'],
    ['db-backup-drill', 'MB'],
    ['db-point-drill', 'MB'],
    ['db-validate', 'BASE'],
    ['env-check', 'FOR'],
    ['test-docs', 'ONLY'],
    ['test-compat', 'POSTGRES'],
    ['release', 'VERSION'],
    ['bench', 'ONLY'],
    ['test-coverage', 'ONLY'],
  ]

  it.each(TARGETS)('%s takes %s letter for letter', (target, name) => {
    const mark = path.join(folder, 'was-run')
    const value = `"; touch ${mark}; "$(shell touch ${mark})$$(touch ${mark})\`touch ${mark}\` D'Ávila & $HOME #1`
    expect(make([target, `${name}=${value}`]).args).toContain(value)
    expect(readdirSync(folder)).toEqual(['echo'])
  })

  it.each(['logs', 'test-coverage', 'smoke'])('%s has it in its environment', (target) => {
    const { env } = make([target, 'LINES=$(shell id)', 'RAISE=1', 'URL=https://x/$HOME'])
    expect(env).toMatchObject({ LINES: '$(shell id)', RAISE: '1', URL: 'https://x/$HOME' })
  })

  it('is nothing where nothing is typed, whatever the terminal calls its own', () => {
    const own = { NAME: 'laptop', COLUMNS: '80', MODE: 'dark' }
    expect(make(['db-migrate-dev'], own).args.slice(-3)).toEqual(['', '', ''])
    expect(make(['logs'], { ...own, LINES: '5' }).env['LINES']).toBe('5')
    expect(make(['db-verify-backup'], own).args.at(-1)).toBe('verify')
  })

  it('is expanded by make in no recipe', () => {
    const recipes = makefile.split('\n').filter((line) => line.startsWith('\t@'))
    expect(recipes.length).toBeGreaterThan(50)
    for (const name of given) for (const recipe of recipes) expect(recipe).not.toContain(`$(${name})`)
  })

  it('is in the list of all that help names', () => {
    const named = [...makefile.matchAll(/^[a-z0-9-]+:.*?## (.*)$/gm)].flatMap(([, text = '']) =>
      [...text.matchAll(/\b([A-Z]+)=/g)].map(([, name = '']) => name),
    )
    expect(named.filter((name) => name !== 'MODE' && !given.includes(name))).toEqual([])
  })
})
