// `make lint`: rules of the language with types (oxlint), direction of imports, SQL. All of them, also when
// one finds something. `node scripts/lint.ts <files>` gives oxlint those files alone.
import path from 'node:path'
import { ROOT } from './env-file.ts'
import type { Violation } from './lint-boundaries.ts'
import { lintBoundaries } from './lint-boundaries.ts'
import { lintSql } from './lint-sql.ts'
import { migrationPhases, phaseViolations } from './migration-phases.ts'
import { runTool } from './test-runner.ts'

function report(title: string, violations: Violation[]): number {
  for (const { file, line, message } of violations) console.error(`${file}:${line}: ${message}`)
  console.log(violations.length === 0 ? `${title}: all well` : `${title}: ${violations.length} found`)
  return violations.length
}

const oxlint = path.join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint')
const exitCode = await runTool([oxlint, '--deny-warnings', ...process.argv.slice(2)])
const { released, unreleased } = migrationPhases(ROOT)
const found =
  report('Boundaries', lintBoundaries()) +
  report('SQL', lintSql()) +
  report('Expand and contract', phaseViolations(unreleased, released))
process.exit(exitCode === 0 && found === 0 ? 0 : 1)
