// `make lint-migrations`: the migrations that no release has yet: expand and contract, and squawk on their locks.
import { ROOT } from './env-file.ts'
import { lastRelease, migrationPhases, phaseViolations } from './migration-phases.ts'
import { squawk } from './squawk.ts'

const release = lastRelease(ROOT)
const { released, unreleased: migrations } = migrationPhases(ROOT, release)
const violations = phaseViolations(migrations, released)
for (const { file, line, message } of violations) console.error(`${file}:${line}: ${message}`)
const locks = squawk(migrations.map(({ file }) => file))
if (locks !== '') console.error(locks)
const since = release === undefined ? 'there is no release yet' : `${migrations.length} since ${release}`
const isWell = violations.length === 0 && locks === ''
console.log(`Migrations: ${since}${isWell ? ', all well' : ''}`)
process.exit(isWell ? 0 : 1)
