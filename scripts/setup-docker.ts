// `make setup-docker`: with a container engine it starts, migrates and seeds PostgreSQL and Redis of the development stack,
// which publish no port; without one it says so in one line, and sets up the embedded database.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { untilHealthy } from './compose-roll.ts'
import { compose, developmentStack, engine, reporting, runOnce } from './compose-stack.ts'
import { ensureEnvFile, ROOT } from './env-file.ts'
import { runTool } from './test-runner.ts'

const ENGINE_TIMEOUT_MS = 10_000

/** Why it is the embedded database; undefined where containers can be started. */
function obstacle(): string | undefined {
  if (!existsSync(path.join(ROOT, 'docker-compose.yml'))) return 'This checkout has no docker-compose.yml'
  const answer = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: ENGINE_TIMEOUT_MS })
  if (answer.status !== 0) return 'No container engine answers here'
  try {
    engine()
    return undefined
  } catch {
    return 'The container engine here has no Compose'
  }
}

const reason = obstacle()
if (reason === undefined) {
  await reporting(async () => {
    const stack = developmentStack()
    ensureEnvFile()
    compose(stack, ['up', '-d', 'postgres', 'redis'])
    await untilHealthy(stack, ['postgres', 'redis'])
    runOnce(stack, 'migrate')
    runOnce(stack, 'seed')
    console.log(
      'PostgreSQL and Redis of the containers are migrated and seeded; make docker-dev starts the rest.',
    )
  })
} else {
  console.log(`${reason}: setting up the embedded database.`)
  process.exitCode = await runTool(['scripts/db.ts', 'seed'])
}
