// `make test-scale`: the product behind PgBouncer. Installs it where that is possible, as `make test` does with Redis.
import { ensureProgram, PGBOUNCER } from './system-packages.ts'
import { runTool } from './test-runner.ts'

const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--root',
  'backend',
  '--config',
  'vitest.scale.config.ts',
]
process.exit(await runTool([...args, ...process.argv.slice(2)], { PGBOUNCER_PATH: ensureProgram(PGBOUNCER) }))
