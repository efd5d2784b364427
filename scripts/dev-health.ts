// `make health`: every part of the running `make dev` with its state and how long its answer took; ends with 1
// when one is down.
import { connect } from 'node:net'
import { pathToFileURL } from 'node:url'
import { runningDev } from './dev-state.ts'
import { readEnvironment } from './env-file.ts'
import { reachableHost } from './settings.ts'
import type { Ports } from './settings.ts'

const TIMEOUT_MS = 5_000

export interface PartHealth {
  name: string
  isUp: boolean
  /** Milliseconds until the answer, or until it was clear that there is none. */
  latencyMs: number
  /** Where it was asked, or why it is down. */
  detail: string
}

/** Asks all parts at once. `host` is where everything but the database administration listens. */
export async function askParts(ports: Ports, host: string): Promise<PartHealth[]> {
  const api = `http://${host}:${ports.api}`
  const [web, live, [ready, ...behind], mail, smtp, simulator, studio] = await Promise.all([
    askPage('web', `http://${host}:${ports.web}/`),
    askPage('api', `${api}/health/live`),
    askReadiness(`${api}/health/ready`),
    askPage('mail', `http://${host}:${ports.mailUi}/`),
    askPort('smtp', host.replaceAll(/[[\]]/g, ''), ports.smtp),
    askPage('whatsapp', `http://${host}:${ports.whatsapp}/`),
    askPage('studio', `http://127.0.0.1:${ports.dbAdmin}/`),
  ])
  return [web, live, ready, ...behind, mail, smtp, simulator, studio]
}

/** `ask` gives what to show beside the state. @throws what makes the part down */
async function measure(name: string, ask: () => Promise<string>): Promise<PartHealth> {
  const startedAt = performance.now()
  const outcome = await ask().then(
    (detail) => ({ isUp: true, detail }),
    (error: unknown) => ({ isUp: false, detail: reasonOf(error) }),
  )
  return { name, ...outcome, latencyMs: performance.now() - startedAt }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}

function askPage(name: string, url: string): Promise<PartHealth> {
  return measure(name, async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' })
    await response.arrayBuffer()
    if (response.status >= 400) throw new Error(`${url} answers ${response.status}`)
    return url
  })
}

const WELL: ReadonlySet<string> = new Set(['up', 'fresh'])

interface Readiness {
  status: string
  parts: Record<string, string>
  archivedSecondsAgo?: number
}

/** Of the archive of WAL, as the API has it; nothing where it does not say. */
export function archivePart(
  { parts, archivedSecondsAgo }: Partial<Readiness>,
  latencyMs: number,
): PartHealth[] {
  const state = parts?.['archive']
  if (state === undefined) return []
  const age = `the last file of WAL went ${archivedSecondsAgo} s ago`
  const details: Record<string, string> = {
    none: 'no WAL is archived here, which is fine where no point in time was promised',
    archived: age,
    trying: `${age}, and the next is on its way`,
    late: `${age}, and files wait: docs/runbooks/wal-archive.md`,
  }
  return [{ name: 'archive', isUp: state !== 'late', latencyMs, detail: details[state] ?? state }]
}

/** The API's own word on what it stands on: the database, the store, the workers, the backups, the archive of WAL. */
async function askReadiness(url: string): Promise<[PartHealth, ...PartHealth[]]> {
  let said: Partial<Readiness> = {}
  const ready = await measure('ready', async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body = (await response.json()) as Readiness
    said = body
    if (!response.ok) throw new Error(`${url} answers ${response.status}, ${body.status}`)
    return url
  })
  const { latencyMs } = ready
  const { parts = {} } = said
  // Of backups the API speaks where BACKUP_MAX_AGE_HOURS promises them.
  const names = ['database', 'store', 'queue', ...('backup' in parts ? ['backup'] : [])]
  const behind = names.map((name) => {
    const state = parts[name] ?? 'unknown'
    return { name, isUp: WELL.has(state), latencyMs, detail: `the API says ${state}` }
  })
  return [ready, ...behind, ...archivePart(said, latencyMs)]
}

function askPort(name: string, host: string, port: number): Promise<PartHealth> {
  return measure(
    name,
    () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, timeout: TIMEOUT_MS })
        socket.once('connect', () => resolve(`${host}:${port}`))
        socket.once('timeout', () => reject(new Error(`${host}:${port} does not answer`)))
        socket.once('error', reject)
        for (const event of ['connect', 'timeout', 'error']) socket.once(event, () => socket.destroy())
      }),
  )
}

export function healthTable(parts: PartHealth[]): string {
  return parts
    .map(({ name, isUp, latencyMs, detail }) =>
      [
        name.padEnd(10),
        (isUp ? 'up' : 'DOWN').padEnd(5),
        `${latencyMs.toFixed(0)} ms`.padStart(8),
        ` ${detail}`,
      ].join(' '),
    )
    .join('\n')
}

async function main(): Promise<number> {
  const dev = runningDev()
  if (!dev) {
    console.error('make dev does not run in this checkout: nothing is up.')
    return 1
  }
  const parts = await askParts(dev.ports, reachableHost(readEnvironment()['BIND'] || '127.0.0.1'))
  console.log(healthTable(parts))
  return parts.every(({ isUp }) => isUp) ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exit(await main())
