// `make prod-update`: new containers beside the old ones; once they are healthy and Nginx knows them, the old ones drain.
import { compose, ComposeError, containersOf, docker } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

const HEALTHY_TIMEOUT_MS = 120_000
/** Longer than DRAIN_SECONDS and the grace of docker-compose.prod.yml. */
export const STOP_SECONDS = 50

async function healthy(ids: string[]): Promise<void> {
  const deadline = Date.now() + HEALTHY_TIMEOUT_MS
  for (;;) {
    const waiting = ids.filter((id) => docker('inspect', '-f', '{{.State.Health.Status}}', id) !== 'healthy')
    if (waiting.length === 0) return
    if (Date.now() > deadline)
      throw new ComposeError(
        `Not healthy after ${HEALTHY_TIMEOUT_MS / 1000} s: ${waiting.join(', ')}; the old ones still serve.`,
      )
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function roll(stack: Stack, service: string, replicas: number): Promise<void> {
  const old = containersOf(stack, service)
  const scale = `${service}=${old.length + replicas}`
  compose(stack, ['up', '-d', '--no-deps', '--no-recreate', '--scale', scale, service])
  const fresh = containersOf(stack, service).filter((id) => !old.includes(id))
  await healthy(fresh)
  // Two looks of Nginx.
  await new Promise((resolve) => setTimeout(resolve, 3000))
  if (old.length > 0) {
    docker('stop', '-t', String(STOP_SECONDS), ...old)
    docker('rm', ...old)
  }
  console.log(`${service}: ${fresh.length} new, ${old.length} old ones drained.`)
}

export async function updateProduction(stack: Stack): Promise<void> {
  const replicas = {
    backend: containersOf(stack, 'backend').length,
    frontend: containersOf(stack, 'frontend').length,
  }
  if (replicas.backend === 0) throw new ComposeError('Nothing runs to be updated: make prod-up')
  compose(stack, ['up', '--no-deps', '--exit-code-from', 'secrets', 'secrets'])
  compose(stack, ['up', '--no-deps', '--exit-code-from', 'migrate', 'migrate'])
  const wanted = Number(process.env['BACKEND_REPLICAS'] ?? replicas.backend)
  await roll(stack, 'backend', wanted)
  await roll(stack, 'frontend', Math.max(1, replicas.frontend))
  compose(stack, ['up', '-d', '--no-deps', 'worker'])
  // Recreated only where its own image or settings changed: that, and nothing else, costs a second.
  compose(stack, ['up', '-d', '--no-deps', 'nginx'])
}
