/** `make db-migrate-dev` in a copy of the checkout, with a development database of its own. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processEnvironment, ROOT } from '../../scripts/env-file.ts'
import { freePort } from '../../scripts/ports.ts'
import { scratchCheckout, type ScratchCheckout } from '../../scripts/scratch-checkout.ts'

let checkout: ScratchCheckout
let port: number

beforeAll(async () => {
  checkout = scratchCheckout({ withPackages: true })
  port = await freePort()
})
afterAll(() => checkout.remove())

const migrateDev = (...args: string[]) => command('migrate-dev', ...args)

/** A command of scripts/db.ts, as make types it. */
function command(...args: string[]): { status: number | null; output: string } {
  const programs = path.join(checkout.folder, 'node_modules', '.bin')
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/db.ts', ...args], {
    cwd: checkout.folder,
    encoding: 'utf8',
    env: {
      ...processEnvironment(),
      PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`,
      EMBEDDED_POSTGRES_PORT: String(port),
    },
  })
  return { status, output: stdout + stderr }
}

const inCheckout = (...parts: string[]): string => path.join(checkout.folder, ...parts)
const migrations = (): string[] => readdirSync(inCheckout('backend', 'migrations')).sort()

describe('make db-migrate-dev', () => {
  it('writes a migration, applies it, and brings schema.prisma and the client up to it', () => {
    const before = migrations()
    const { status, output } = migrateDev('Savings goals', 'name:text due_on:date?')
    expect(output).toMatch(/says what schema\.prisma says/)
    expect(status).toBe(0)
    const made = migrations().filter((name) => !before.includes(name))
    expect(made).toEqual([expect.stringMatching(/^\d{4}_savings_goals\.sql$/)])
    expect(output).toContain(`Applied `)
    expect(readFileSync(inCheckout('backend', 'prisma', 'schema.prisma'), 'utf8')).toMatch(
      /model SavingsGoal \{[^}]*dueOn +DateTime\? +@map\("due_on"\) +@db\.Date/,
    )
    expect(existsSync(inCheckout('backend', 'src', 'generated', 'prisma', 'models', 'SavingsGoal.ts'))).toBe(
      true,
    )
  }, 180_000)

  it('names what the database has not, where a migration was edited after it was applied', () => {
    const file = migrations().find((name) => name.endsWith('_savings_goals.sql')) ?? ''
    appendFileSync(
      inCheckout('backend', 'migrations', file),
      '--;;\nalter table app.savings_goals add column colour text;\n',
    )
    const { status, output } = migrateDev()
    expect(output).toContain('only in schema.prisma: app.savings_goals column colour text null')
    expect(output).toContain('make db-reset')
    expect(status).toBe(1)
  }, 180_000)

  it('leaves no file of a migration that fails, and writes a draft without applying it', () => {
    const before = migrations()
    const failed = migrateDev('accounts')
    expect(failed.output).toMatch(/relation "accounts" already exists/)
    expect([failed.status, migrations()]).toEqual([1, before])
    const draft = migrateDev('wishes', '', '1')
    expect(draft.output).toContain('Edit it, then: make db-migrate-dev')
    expect(migrations()).toHaveLength(before.length + 1)
  }, 180_000)
})

describe('make targets of workspaces and operators', () => {
  beforeAll(() => {
    const client = inCheckout('backend', 'src', 'generated')
    if (!existsSync(client))
      cpSync(path.join(ROOT, 'backend', 'src', 'generated'), client, { recursive: true })
  })

  it.each([
    ['operator-create', /^Say who: make operator-create EMAIL=/m],
    ['tenant-export', /^Say which: make tenant-export TENANT=/m],
    ['tenant-create', /^Say for whom: make tenant-create NAME=/m],
  ])(
    '%s says what it is to be given, and nothing of exit codes',
    (name, line) => {
      const { status, output } = command(name, '', '')
      expect(status).toBe(1)
      expect(output).toMatch(line)
      expect(output).not.toMatch(/exit code|node:internal|^\s+at /m)
    },
    180_000,
  )
})
