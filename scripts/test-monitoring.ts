// `make test-monitoring`: deploy/monitoring on the real Prometheus. Its own checker reads configuration and rules and runs the
// tests of the alerts, which have to notice another wait (alert-waits.ts); then it scrapes an API and a worker, and every rule and panel is asked for. Installs Prometheus where
// that is possible, as `make test` does with Redis.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import path from 'node:path'
import { waitsNotHeld } from './alert-waits.ts'
import { ROOT } from './env-file.ts'
import { ensureProgram, PROMETHEUS, PROMTOOL, REDIS } from './system-packages.ts'
import { runTool } from './test-runner.ts'

const FOLDER = path.join(ROOT, 'deploy/monitoring/prometheus')
const files = (pattern: string): string[] => globSync(pattern, { cwd: FOLDER }).sort()

const prometheus = ensureProgram(PROMETHEUS)
const promtool = ensureProgram(PROMTOOL)
for (const args of [
  // The token and the folder of the rules are the container's.
  ['check', 'config', '--syntax-only', 'prometheus.yml'],
  ['check', 'rules', ...files('rules/*.yml')],
  ['test', 'rules', ...files('tests/*.test.yml')],
]) {
  const { status } = spawnSync(promtool, args, { cwd: FOLDER, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

const unheld = waitsNotHeld(promtool, FOLDER, files('tests/*.test.yml'))
if (unheld.length > 0) {
  console.error(unheld.join('\n'))
  process.exit(1)
}

const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--root', 'backend']
process.exit(
  await runTool([...vitest, '--config', 'vitest.monitoring.config.ts'], {
    PROMETHEUS_PATH: prometheus,
    REDIS_SERVER_PATH: ensureProgram(REDIS),
  }),
)
