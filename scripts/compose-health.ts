// `make health MODE=docker|prod`: every service of a stack, its state and how long the answer to its own health check
// took, asked just now; one without a check is asked at its published port. A one-shot is up once it has ended well. Of the
// archive of WAL, which is no service, the API tells.
import { spawn } from 'node:child_process'
import { archivePart } from './dev-health.ts'
import type { PartHealth } from './dev-health.ts'
import { ComposeError, docker, servicesOf, startOf } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

const TIMEOUT_MS = 10_000
const ONE_SHOTS: ReadonlySet<string> = new Set(['secrets', 'migrate', 'seed'])
const ASK = "fetch('http://127.0.0.1:3001/health/ready').then((answer) => answer.text()).then(console.log)"
/** Removed once it has ended well (compose-secrets.ts): one that failed is there. */
const REMOVED = 'secrets'

interface Container {
  Name: string
  State: { Status: string; ExitCode: number }
  Config: { Labels: Record<string, string>; Healthcheck?: { Test?: string[] } }
  NetworkSettings: { Ports: Record<string, { HostPort: string }[] | null> | null }
}

/** All parts at once; a service without a container is down. @throws ComposeError where there is none at all */
export async function askStack(stack: Stack): Promise<PartHealth[]> {
  const ids = docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${stack.project}`)
  if (ids === '') throw new ComposeError(`Nothing of ${stack.project} runs: ${startOf(stack)}`)
  const all = JSON.parse(docker('inspect', ...ids.split('\n'))) as Container[]
  const parts = await Promise.all(
    servicesOf(stack).map(async (service) => {
      const own = all.filter(({ Config }) => Config.Labels['com.docker.compose.service'] === service)
      if (own.length === 0 && service === REMOVED)
        return [{ name: service, isUp: true, latencyMs: 0, detail: 'ended well and was removed' }]
      if (own.length === 0) return [down(service, 'no container')]
      return Promise.all(own.map((container) => ask(service, container)))
    }),
  )
  const api = all.find(
    ({ State, Config }) =>
      State.Status === 'running' && Config.Labels['com.docker.compose.service'] === 'backend',
  )
  return [...parts.flat(), ...(api ? await askArchive(api) : [])]
}

/** The API's own word, asked within its container: of production Nginx alone is reached from here. */
async function askArchive({ Name: name }: Container): Promise<PartHealth[]> {
  const startedAt = performance.now()
  const { said } = await run(['exec', name.slice(1), 'node', '-e', ASK])
  try {
    return archivePart(JSON.parse(said) as Parameters<typeof archivePart>[0], performance.now() - startedAt)
  } catch {
    // Its own line says what is wrong with it.
    return []
  }
}

const down = (name: string, detail: string): PartHealth => ({ name, isUp: false, latencyMs: 0, detail })

async function ask(service: string, container: Container): Promise<PartHealth> {
  const { Status: status, ExitCode: code } = container.State
  const name = service
  const detail = container.Name.replace(/^\//, '')
  if (ONE_SHOTS.has(service) && status === 'exited')
    return { name, isUp: code === 0, latencyMs: 0, detail: `${detail} ended with ${code}` }
  if (status !== 'running') return down(name, `${detail} is ${status}`)
  const startedAt = performance.now()
  const problem = await check(container)
  const latencyMs = performance.now() - startedAt
  return { name, isUp: problem === '', latencyMs, detail: problem === '' ? detail : `${detail}: ${problem}` }
}

/** What is wrong; '' when all is well. */
async function check({ Name: name, Config, NetworkSettings }: Container): Promise<string> {
  const [kind, ...test] = Config.Healthcheck?.Test ?? []
  if (kind === 'CMD') return problemOf(['exec', name.slice(1), ...test])
  if (kind === 'CMD-SHELL') return problemOf(['exec', name.slice(1), 'sh', '-c', test[0] ?? 'true'])
  const port = Object.values(NetworkSettings.Ports ?? {}).flatMap((bound) => bound ?? [])[0]?.HostPort
  if (port === undefined) return ''
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return answer.status < 500 ? '' : `answers ${answer.status}`
  } catch (error) {
    return (error as Error).message
  }
}

async function problemOf(args: string[]): Promise<string> {
  const { code, said } = await run(args)
  return code === 0 ? '' : said.trim().split('\n').at(-1) || 'its check failed'
}

function run(args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => (said += String(part)))
    child.on('error', (error) => resolve({ code: null, said: error.message }))
    child.on('close', (code) => resolve({ code, said }))
  })
}
