// What `make test-deploy` asks of the containers of production: limits as the file has them, images of a size, and no way
// from this machine to what is inside.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { parse } from 'yaml'
import { docker, productionStack, settingOf } from './compose-stack.ts'
import { ROOT } from './env-file.ts'

/** What is asked, whether it holds, and what was seen. */
export type Check = readonly [what: string, holds: boolean, seen: unknown]

interface Limits {
  mem_limit?: string
  cpus?: number
  pids_limit?: number
}

interface Target {
  labels: Record<string, string>
  health: string
}

const UNITS: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }
const MB = 1e6
/** Of the backend's image, beyond Node's. */
const MOST_OF_BACKEND = 350 * MB

/** `256m` and `2g` in bytes. */
export function bytesOf(size: string): number {
  const [, count, unit = ''] = /^(\d+)([kmg]?)b?$/.exec(size) ?? []
  if (count === undefined) throw new Error(`${size} is no size of memory`)
  return Number(count) * (UNITS[unit] ?? 1)
}

/** Memory, processors and processes of each container that runs, held to docker-compose.prod.yml. */
export function limitChecks(services: readonly string[], container: (service: string) => string): Check[] {
  const file = readFileSync(path.join(ROOT, 'docker-compose.prod.yml'), 'utf8')
  const known = (parse(file, { merge: true }) as { services: Record<string, Limits> }).services
  return services.map((service) => {
    const { mem_limit: memory = '', cpus, pids_limit: pids } = known[service] ?? {}
    const format = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}'
    const seen = docker('inspect', '-f', format, container(service))
    return [
      `${service} has its limits of memory, processors and processes`,
      seen === `${bytesOf(memory)} ${Number(cpus) * 1e9} ${pids}`,
      seen,
    ]
  })
}

export function imageChecks(container: (service: string) => string): Check[] {
  // A machine that has the images from a registry does not have what they were built on.
  const sizeOf = (image: string): number =>
    Number(
      spawnSync('docker', ['image', 'inspect', '-f', '{{.Size}}', image], {
        encoding: 'utf8',
      }).stdout.trim() || Number.NaN,
    )
  const own =
    sizeOf(docker('inspect', '-f', '{{.Image}}', container('backend'))) - sizeOf('node:24-bookworm-slim')
  const web = spawnSync(
    'docker',
    [
      'exec',
      container('frontend'),
      'sh',
      '-c',
      "command -v node; find /srv /app -name '*.ts' -o -name '*.tsx' -o -name node_modules",
    ],
    { encoding: 'utf8' },
  ).stdout.trim()
  return [
    ["the backend's image is small over its base", !(own >= MOST_OF_BACKEND), `${(own / MB).toFixed(0)} MB`],
    ["the web's image has static files alone", web === '', web || 'no Node, no sources'],
  ]
}

/** From this machine, where another server of its own may listen: such a one has to be stopped for the test. */
export async function hostChecks(): Promise<Check[]> {
  const connects = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect({ host: '127.0.0.1', port, timeout: 2000 })
      const end = (answer: boolean) => (): void => {
        socket.destroy()
        resolve(answer)
      }
      socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
    })
  return Promise.all(
    [5432, 6379].map(async (port): Promise<Check> => {
      const open = await connects(port)
      return [`this machine reaches nothing on port ${port}`, !open, open ? 'something answers' : 'refused']
    }),
  )
}

/** Of the profile `monitoring`, where it runs: Grafana answers this machine, and Prometheus reaches whom it asks. */
export async function monitoringChecks(container: (service: string) => string): Promise<Check[]> {
  if (container('grafana') === '') return []
  const port = settingOf(productionStack(), 'GRAFANA_PORT') || '3300'
  const grafana = await fetch(`http://127.0.0.1:${port}/api/health`).then(
    ({ status }) => status,
    (error: unknown) => String(error),
  )
  const asked = ['exec', container('prometheus'), 'wget', '-qO-', 'http://127.0.0.1:9090/api/v1/targets']
  const { data } = JSON.parse(docker(...asked)) as { data: { activeTargets: Target[] } }
  const health = data.activeTargets.map(({ labels, health: state }) => `${labels['job']} ${state}`)
  return [
    ['Grafana answers this machine', grafana === 200, grafana],
    [
      'Prometheus reaches API and worker',
      health.length > 1 && health.every((each) => each.endsWith(' up')),
      health.join(', '),
    ],
  ]
}
