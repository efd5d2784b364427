// Expand and contract: while a version replaces the one before, both run on one schema, and a roll-back brings the older
// one back. So a migration that is not released yet takes nothing away that the last release uses, unless it says that
// it is the contraction: `-- contract: <which release stopped using it>` above the statement.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Violation } from './lint-boundaries.ts'
import { withoutSqlComments } from './lint-sql.ts'
import { breakOf } from './migration-breaks.ts'
import { emptySchema, learn } from './migration-schema.ts'
import { migrationFiles } from './source-files.ts'
import { statementsIn, unquoted } from './sql-text.ts'

const CONTRACT = /^--\s*contract: \S/m

export interface Migration {
  file: string
  text: string
}

const statementsOf = (text: string): string[] => text.split(/^--;;[ \t]*$/m)

const plain = (statement: string): string => unquoted(withoutSqlComments(statement))

/**
 * What each statement would break; a table that is as new as its change is nobody's yet.
 * @param released the migrations before, which the last release has
 */
export function phaseViolations(
  migrations: readonly Migration[],
  released: readonly Migration[] = [],
): Violation[] {
  const schema = emptySchema()
  for (const { text } of released)
    for (const statement of statementsOf(text)) learn(schema, plain(statement), true)
  return migrations.flatMap(({ file, text }) => {
    let line = 1
    return statementsOf(text).flatMap((statement) => {
      const blank = /^\s*/.exec(statement)?.[0] ?? ''
      const start = line + (/\S/.test(statement) ? blank.split('\n').length - 1 : 0)
      line += statement.split('\n').length - 1
      let problem: string | undefined
      for (const each of statementsIn(plain(statement))) {
        problem ??= breakOf(each, schema)
        learn(schema, each)
      }
      if (problem === undefined || CONTRACT.test(statement)) return []
      return [{ file, line: start, message: `${problem} (expand-and-contract)` }]
    })
  })
}

function git(root: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}

/** The last tag `v1.2.3` behind this commit; undefined where there is none, or no git. */
export function lastRelease(root: string): string | undefined {
  const tags = git(root, 'tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-v:refname') ?? ''
  return tags.split('\n').find((tag) => /^v\d+\.\d+\.\d+$/.test(tag))
}

export interface MigrationPhases {
  released: Migration[]
  /** None before the first release, when there is nothing to keep working. */
  unreleased: Migration[]
}

/** The migrations of this checkout, by whether a release has them. */
export function migrationPhases(root: string, release = lastRelease(root)): MigrationPhases {
  if (release === undefined) return { released: [], unreleased: [] }
  const tree = git(root, 'ls-tree', '--name-only', release, 'backend/migrations/') ?? ''
  const known = new Set(tree.split('\n'))
  const all = migrationFiles(root).map((file) => ({
    file,
    text: readFileSync(path.join(root, file), 'utf8'),
  }))
  return {
    released: all.filter(({ file }) => known.has(file)),
    unreleased: all.filter(({ file }) => !known.has(file)),
  }
}
