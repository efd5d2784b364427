// `make prod-update`: new containers beside the old ones; once they are healthy and Nginx knows them, the old ones drain.
import {
  compose,
  ComposeError,
  containersOf,
  docker,
  lastLines,
  runOnce,
  settingOf,
} from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

const HEALTHY_TIMEOUT_MS = 120_000
const SERVED_TIMEOUT_MS = 30_000
const LAST_LINES = '20'
/** Longer than DRAIN_SECONDS and the grace of docker-compose.prod.yml. */
export const STOP_SECONDS = 50

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** @throws ComposeError where it does not hold in time */
async function until(holds: () => boolean, milliseconds: number, otherwise: string): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!holds()) {
    if (Date.now() > deadline) throw new ComposeError(otherwise)
    await pause(500)
  }
}

const isHealthy = (id: string): boolean =>
  docker('inspect', '-f', '{{.State.Health.Status}}', id) === 'healthy'

/** @throws ComposeError where one of these services is not healthy in time */
export async function untilHealthy(stack: Stack, services: string[]): Promise<void> {
  for (const service of services)
    await until(
      () => containersOf(stack, service).every(isHealthy),
      HEALTHY_TIMEOUT_MS,
      `${service} is not healthy after ${HEALTHY_TIMEOUT_MS / 1000} s: make logs says why.`,
    )
}

/** Whether every Nginx shares requests out to all of these containers. */
function isServed(stack: Stack, ids: string[]): boolean {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'
  const addresses = ids.map((id) => docker('inspect', '-f', format, id).trim().split(' '))
  return containersOf(stack, 'nginx').every((nginx) => {
    const served = docker('exec', nginx, 'cat', '/tmp/edge/upstreams.conf')
    return addresses.every((own) => own.some((address) => served.includes(` ${address}:`)))
  })
}

/** Whether requests reach a service through Nginx at all; the roles of a profile do where a setting says so. */
function isBehindNginx(stack: Stack, service: string): boolean {
  const roles = ['WEBHOOK_SERVICE', 'EVENTS_SERVICE'].map((name) => settingOf(stack, name))
  return ['backend', 'frontend', ...roles].includes(service)
}

async function roll(stack: Stack, service: string, replicas: number): Promise<void> {
  const old = containersOf(stack, service)
  const scale = `${service}=${old.length + replicas}`
  compose(stack, ['up', '-d', '--no-deps', '--no-recreate', '--scale', scale, service])
  const fresh = containersOf(stack, service).filter((id) => !old.includes(id))
  try {
    const seconds = HEALTHY_TIMEOUT_MS / 1000
    await until(
      () => fresh.length >= replicas && fresh.every(isHealthy),
      HEALTHY_TIMEOUT_MS,
      `The new ${service} is not healthy after ${seconds} s: it is gone again, and the old one serves. Its log is above.`,
    )
    if (isBehindNginx(stack, service))
      await until(
        () => isServed(stack, fresh),
        SERVED_TIMEOUT_MS,
        `Nginx does not serve the new ${service}: it is gone again, and the old one serves.`,
      )
  } catch (error) {
    for (const id of fresh) console.error(lastLines(id, LAST_LINES))
    if (old.length > 0 && fresh.length > 0) docker('rm', '-f', ...fresh)
    throw error
  }
  // The last looks of Nginx's workers from before.
  await pause(2000)
  if (old.length > 0) {
    docker('stop', '-t', String(STOP_SECONDS), ...old)
    docker('rm', ...old)
  }
  console.log(`${service}: ${fresh.length} new, ${old.length} old ones drained.`)
}

/** What is replaced one by one: those that answer requests first, then those that do jobs. */
const ROLLED = {
  backend: 'BACKEND_REPLICAS',
  webhook: 'WEBHOOK_REPLICAS',
  events: 'EVENTS_REPLICAS',
  frontend: 'FRONTEND_REPLICAS',
  worker: 'WORKER_REPLICAS',
} as const
/** Of these there is one, and nobody waits for it. */
const REPLACED = ['maintenance', 'backup'] as const

/** How many containers of each rolled service its setting wants, or else run. */
export function replicasOf(stack: Stack): [service: string, replicas: number][] {
  return Object.entries(ROLLED).map(([service, setting]) => {
    const wanted = Number(settingOf(stack, setting) || containersOf(stack, service).length)
    if (!Number.isInteger(wanted) || wanted < 0)
      throw new ComposeError(`${setting} is a number of containers, not ${settingOf(stack, setting)}.`)
    return [service, wanted]
  })
}

/** Every container of the product anew, none before its follower serves; of a profile, those that run. */
export async function rollProduction(
  stack: Stack,
  replace: readonly string[] = ['--force-recreate'],
): Promise<void> {
  if (containersOf(stack, 'backend').length === 0) throw new ComposeError('Nothing runs: make prod-up')
  for (const [service, replicas] of replicasOf(stack))
    if (containersOf(stack, service).length > 0) await roll(stack, service, Math.max(1, replicas))
  const running = REPLACED.filter((service) => containersOf(stack, service).length > 0)
  compose(stack, ['up', '-d', '--no-deps', ...replace, ...running])
}

export async function updateProduction(stack: Stack): Promise<void> {
  if (containersOf(stack, 'backend').length === 0)
    throw new ComposeError('Nothing runs to be updated: make prod-up')
  runOnce(stack, 'secrets')
  runOnce(stack, 'migrate')
  // The rest is recreated only where its own image or settings changed; of Nginx that costs a second.
  await rollProduction(stack, [])
  const others = ['nginx', 'acme'].filter((service) => containersOf(stack, service).length > 0)
  compose(stack, ['up', '-d', '--no-deps', ...others])
  await untilHealthy(stack, others)
}
