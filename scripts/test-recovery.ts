// `make test-recovery`: ends the first process of every container of a running production, one after the other, as a crash
// does, and watches from outside until the product answers and the container is healthy again. Needs the right to signal
// processes of containers (root, or sudo without a password). Ends with 1 where something does not come back.
import { execFile, spawnSync } from 'node:child_process'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  ComposeError,
  containersOf,
  docker,
  productionPorts,
  productionStack,
  reporting,
  servicesOf,
} from './compose-stack.ts'

const run = promisify(execFile)
const { https: HTTPS_PORT } = productionPorts()
const LIMIT_MS = 120_000
const WATCH_MS = 50
const CALM_MS = 3000
const ONE_SHOTS: ReadonlySet<string> = new Set(['secrets', 'migrate'])

/** The status of a path, from outside; 0 where nobody answers. */
function statusOf(path: string): Promise<number> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: HTTPS_PORT, path, rejectUnauthorized: false, timeout: 5000 }
    const request = https.get({ ...options, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', () => resolve(0))
  })
}

const answers = async (): Promise<boolean> =>
  (await statusOf('/health/ready')) === 200 && (await statusOf('/')) === 200

interface Recovery {
  away: number
  healthyAfter: number | undefined
}

/** Containers' processes are other users': root's right, or sudo's, as a machine of CI has it. */
const kill = (pid: string): boolean =>
  spawnSync('kill', ['-9', pid]).status === 0 ||
  spawnSync('sudo', ['--non-interactive', 'kill', '-9', pid]).status === 0

async function crash(id: string): Promise<Recovery> {
  const pid = docker('inspect', '-f', '{{.State.Pid}}', id)
  const startedBefore = docker('inspect', '-f', '{{.State.StartedAt}}', id)
  // Not `docker kill`, after which the engine would leave it down.
  if (!kill(pid)) throw new ComposeError(`Process ${pid} cannot be signalled.`)
  const from = Date.now()
  let lastAway = from
  let isOver = false
  // Beside the looks at the engine, which take longer than some of them are away.
  const watching = (async () => {
    while (!isOver) {
      if (!(await answers())) lastAway = Date.now()
      await pause(WATCH_MS)
    }
  })()
  let healthyAt: number | undefined
  try {
    // A few seconds more after it is healthy: nothing falls over late.
    while (healthyAt === undefined || Date.now() - Math.max(lastAway, healthyAt) < CALM_MS) {
      if (Date.now() - from > LIMIT_MS) return { away: lastAway - from, healthyAfter: undefined }
      const format = '{{.State.StartedAt}} {{.State.Health.Status}}'
      const { stdout } = await run('docker', ['inspect', '-f', format, id])
      const [startedAt, health] = stdout.trim().split(' ')
      const isBack = startedAt !== startedBefore && health === 'healthy'
      healthyAt = isBack ? (healthyAt ?? Date.now()) : undefined
      await pause(WATCH_MS)
    }
  } finally {
    isOver = true
    await watching
  }
  return { away: lastAway - from, healthyAfter: healthyAt - from }
}

await reporting(async () => {
  const stack = productionStack()
  if (!(await answers())) throw new ComposeError('Production does not answer: make prod-up')
  for (const service of servicesOf(stack).filter((name) => !ONE_SHOTS.has(name))) {
    const [id] = containersOf(stack, service)
    if (id === undefined) throw new ComposeError(`${service} does not run: make prod-up`)
    const { away, healthyAfter } = await crash(id)
    const holds = healthyAfter !== undefined
    if (!holds) process.exitCode = 1
    const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1)
    console.log(
      `${holds ? 'ok    ' : 'FAILED'} ${service.padEnd(11)} killed: the product was away for ${seconds(away)} s, ` +
        (holds
          ? `the container healthy after ${seconds(healthyAfter)} s`
          : 'the container is not healthy again'),
    )
  }
})
