// Finds the SQL of migrations and program, and holds it to the rules of lint-sql-rules.ts. A line, or the
// one before it, may take an exception: `sql-lint-allow <rule>: <reason>`.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './env-file.ts'
import type { Violation } from './lint-boundaries.ts'
import { withoutComments } from './lint-imports.ts'
import { SQL_RULES } from './lint-sql-rules.ts'
import type { SqlStatement } from './lint-sql-rules.ts'
import { migrationFiles, sourceFiles } from './source-files.ts'

const MARKER = /^--;;[ \t]*$/m
const LOOKS_LIKE_SQL =
  /\b(?:select\s[\s\S]*\sfrom\s|insert\s+into\s|update\s+[\w."${}]+\s+(?:\w+\s+)?set\s|delete\s+from\s|do\s+update\s+set\s|set\s+(?:local|session)\s|set_config\s*\(|merge\s+into\s|on\s+delete\s+set\s|create\s+(?:or\s+replace\s+)?(?:table|view|function|trigger|type)\s|alter\s+table\s)|^\s*set\s+[\w.]+\s*(?:=|to\s)/i
const LITERAL = /'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\[\s\S]|[^`\\])*)`/g
const ALLOWED = /sql-lint-allow ([\w-]+): \S/

/** Blanks SQL comments; the length and the lines stay. */
export function withoutSqlComments(text: string): string {
  return text.replace(
    /('(?:''|[^'])*')|(--[^\n]*|\/\*[\s\S]*?\*\/)/g,
    (_whole, literal: string | undefined, comment: string | undefined) =>
      literal ?? (comment ?? '').replace(/[^\n]/g, ' '),
  )
}

interface Located extends SqlStatement {
  /** Characters before it in the file. */
  offset: number
}

/** The statements of a migration, which stand between lines of `--;;`. */
function migrationStatements(content: string): Located[] {
  let offset = 0
  return content.split(new RegExp(`(${MARKER.source})`, 'm')).flatMap((part) => {
    const here = offset
    offset += part.length
    if (MARKER.test(part) && part.startsWith('--;;')) return []
    return [{ source: part, text: withoutSqlComments(part), place: 'migration' as const, offset: here }]
  })
}

/** The strings and templates of a program that hold SQL. */
function programStatements(content: string): Located[] {
  const found: Located[] = []
  for (const match of withoutComments(content).matchAll(LITERAL)) {
    const source = match[1] ?? match[2] ?? match[3] ?? ''
    if (!LOOKS_LIKE_SQL.test(source)) continue
    found.push({ source, text: withoutSqlComments(source), place: 'program', offset: match.index + 1 })
  }
  return found
}

/** Checks one file's content; `file` decides how SQL is found in it. */
export function checkSql(file: string, content: string): Violation[] {
  const statements = file.endsWith('.sql') ? migrationStatements(content) : programStatements(content)
  const lines = content.split('\n')
  return statements.flatMap((statement) =>
    SQL_RULES.flatMap((rule) => {
      const at = rule.find(statement)
      if (at === undefined) return []
      const line = content.slice(0, statement.offset + at).split('\n').length
      const excused = [lines[line - 1], lines[line - 2]].some(
        (one) => ALLOWED.exec(one ?? '')?.[1] === rule.name,
      )
      return excused ? [] : [{ file, line, message: `${rule.message} (${rule.name})` }]
    }),
  )
}

/** Of this checkout: migrations, server and seed; tests and benchmarks may write what they want. */
export function lintSql(): Violation[] {
  const programs = sourceFiles(ROOT).filter(
    (file) => /^backend\/(src|prisma|migrations)\//.test(file) && !file.endsWith('.test.ts'),
  )
  return [...migrationFiles(ROOT), ...programs].flatMap((file) =>
    checkSql(file, readFileSync(path.join(ROOT, file), 'utf8')),
  )
}
