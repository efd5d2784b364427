// `make test-scale`: Kubernetes' documents against their schemas, and the product behind PgBouncer. Installs it where that is possible, as `make test` does with Redis.
import { validateKubernetes } from './kubernetes-schemas.ts'
import { ensureProgram, PGBOUNCER } from './system-packages.ts'
import { runTool } from './test-runner.ts'

const { problems, documents } = await validateKubernetes()
for (const problem of problems) console.error(problem)
console.log(`Kubernetes: ${documents} documents, ${problems.length} that their schema refuses`)
if (problems.length > 0 || documents === 0) process.exit(1)

const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--root',
  'backend',
  '--config',
  'vitest.scale.config.ts',
]
process.exit(await runTool([...args, ...process.argv.slice(2)], { PGBOUNCER_PATH: ensureProgram(PGBOUNCER) }))
