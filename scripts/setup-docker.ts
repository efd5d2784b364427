// `make setup-docker`: migrates and seeds the development database, also while `make dev` runs, and says in one line
// why it is the embedded one.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { ROOT } from './env-file.ts'
import { runTool } from './test-runner.ts'

const ENGINE_TIMEOUT_MS = 10_000

function reason(): string {
  if (!existsSync(path.join(ROOT, 'docker-compose.yml'))) return 'This checkout has no docker-compose.yml'
  const engine = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: ENGINE_TIMEOUT_MS })
  return engine.status === 0
    ? 'make docker-dev migrates and seeds its containers by itself'
    : 'No container engine answers here'
}

console.log(`${reason()}: setting up the embedded database.`)
process.exitCode = await runTool(['scripts/db.ts', 'seed'])
