// Expand and contract: while a version replaces the one before, both run on one schema, and a roll-back brings the older
// one back. So a migration that is not released yet takes nothing away that the last release uses, unless it says that
// it is the contraction: `-- contract: <which release stopped using it>` above the statement.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Violation } from './lint-boundaries.ts'
import { withoutSqlComments } from './lint-sql.ts'
import { migrationFiles } from './source-files.ts'

const CONTRACT = /^--\s*contract: \S/m
const TAKES_AWAY: readonly [RegExp, string][] = [
  [/\bdrop\s+(table|view|schema|function|column)\b/i, 'drops what the last release may use'],
  [
    /\balter\s+table\b[\s\S]*\bdrop\s+(?!constraint\b|not\b|default\b|identity\b|expression\b)\w/i,
    'drops a column',
  ],
  [/\balter\s+(table|view|function)\b[\s\S]*\brename\b/i, 'renames what the last release calls by its name'],
  [
    /\balter\s+(?:column\s+)?[\w"]+\s+set\s+not\s+null\b/i,
    'demands a value that the last release may not write',
  ],
  [/\balter\s+(?:column\s+)?[\w"]+\s+(?:set\s+data\s+)?type\b/i, 'changes a type under the last release'],
  [/\bdrop\s+index\b/i, 'drops an index, which may be what the last release says ON CONFLICT by'],
  [/\brevoke\b[\s\S]*\bfrom\s+chronos_(app|control)\b/i, 'takes a right away that the last release may need'],
]
const ADDS_COLUMN =
  /\badd\s+(?:column\s+)?(?!constraint\b)(?:if\s+not\s+exists\s+)?[\w"]+\s+[^;]*?\bnot\s+null\b/i
const HAS_VALUE = /\b(default|generated)\b/i
const ALTERED = /\balter\s+table\s+(?:if\s+exists\s+|only\s+)*([\w."]+)/i
const DROPPED =
  /\bdrop\s+(?:table|index)\s+(?:concurrently\s+)?(?:if\s+exists\s+)?([\w."]+(?:\s*,\s*[\w."]+)*)/i
const CREATED = /\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([\w."]+)/gi
const INDEXED =
  /\bcreate\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?([\w"]+)\s+on\s+(?:only\s+)?([\w"]+)?/gi
const RENAMED = /\balter\s+(?:table|index)\s+(?:if\s+exists\s+|only\s+)*([\w."]+)\s+rename\s+to\s+([\w"]+)/i

export interface Migration {
  file: string
  text: string
}

/** What each statement would break; a table that is as new as its change is nobody's yet. */
export function phaseViolations(migrations: readonly Migration[]): Violation[] {
  const made = new Set<string>()
  return migrations.flatMap(({ file, text }) => {
    let line = 1
    return text.split(/^--;;[ \t]*$/m).flatMap((statement) => {
      const first =
        line + (/\S/.exec(statement) ? (/^\s*/.exec(statement)?.[0].split('\n').length ?? 1) - 1 : 0)
      line += statement.split('\n').length - 1
      const problem = problemOf(statement, made)
      follow(withoutSqlComments(statement), made)
      return problem === undefined ? [] : [{ file, line: first, message: `${problem} (expand-and-contract)` }]
    })
  })
}

/**
 * Keeps what no release knows, tables and indexes, by their names after this statement: one that is taken away and given
 * again was not new before.
 */
function follow(sql: string, made: Set<string>): void {
  for (const [, table = ''] of sql.matchAll(CREATED)) made.add(table.toLowerCase())
  // An index lies in the schema of its table, which its creation names there alone.
  for (const [, index = '', schema = ''] of sql.matchAll(INDEXED))
    made.add(`${schema}.${index}`.toLowerCase())
  const [, name = '', renamed = ''] = RENAMED.exec(sql) ?? []
  if (made.delete(name.toLowerCase())) made.add(`${name.replace(/[^.]*$/, '')}${renamed}`.toLowerCase())
}

function problemOf(statement: string, made: ReadonlySet<string>): string | undefined {
  if (CONTRACT.test(statement)) return undefined
  const sql = withoutSqlComments(statement)
  const names = (ALTERED.exec(sql) ?? DROPPED.exec(sql))?.[1]?.toLowerCase().split(/\s*,\s*/)
  if (names?.every((name) => made.has(name))) return undefined
  // A function's body is not what the migration does to the schema.
  const outside = sql.replaceAll(/(\$\w*\$)[\s\S]*?\1/g, '')
  for (const [pattern, problem] of TAKES_AWAY) if (pattern.test(outside)) return problem
  const isAlter = /\balter\s+table\b/i.test(outside)
  if (isAlter && ADDS_COLUMN.test(outside) && !HAS_VALUE.test(outside))
    return 'adds a column that must have a value, which the last release does not give'
  return undefined
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

/** Migrations that no release has; none of them before the first one, when there is nothing to keep working. */
export function unreleasedMigrations(root: string, release = lastRelease(root)): Migration[] {
  if (release === undefined) return []
  const known = new Set(
    (git(root, 'ls-tree', '--name-only', release, 'backend/migrations/') ?? '').split('\n'),
  )
  return migrationFiles(root)
    .filter((file) => !known.has(file))
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
}
