// `make test-roll`: load through a running production while it is updated, scaled to three API containers and back. Ends
// with 1 when a request was lost, was answered with an error, or a write happened twice or not at all (scripts/load.ts,
// which says what settings production needs for it).
import { spawn } from 'node:child_process'
import path from 'node:path'
import { productionPorts } from './compose-stack.ts'
import { ROOT } from './env-file.ts'
import { isWhole, Load } from './load.ts'
import { needsProduction } from './needs.ts'

const CLIENTS = Number(process.env['CLIENTS'] || 16)

function compose(command: string, replicas: string): Promise<void> {
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts/compose.ts'), command], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BACKEND_REPLICAS: replicas },
  })
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${String(code)}`)),
    )
  })
}

await needsProduction()
const load = new Load(productionPorts().https, CLIENTS)
await load.start()
for (const [name, command, replicas] of [
  ['make prod-update', 'update', ''],
  ['--scale backend=3', 'up', '3'],
  ['make prod-update of three', 'update', ''],
  ['--scale backend=1', 'up', '1'],
] as const)
  await load.during(name, () => compose(command, replicas))
process.exitCode = isWhole(await load.end()) ? 0 : 1
