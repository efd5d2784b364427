/** `make dev` with everything installed, from pressing Return to its addresses. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { runningDev } from '../scripts/dev-state.ts'
import { ROOT } from '../scripts/env-file.ts'
import { PORT_VARIABLES } from '../scripts/settings.ts'
import { SkippedError, type Figure } from './lab/figure.ts'
import type { Lab } from './lab/lab.ts'

const TIMEOUT_MS = 180_000

export const dev: Figure = {
  name: 'dev',
  title: '`make dev`, with everything installed',
  async run(lab) {
    if (runningDev()) throw new SkippedError('make dev runs in this checkout; stop it first')
    const first = await start(lab)
    const second = await start(lab)
    return {
      table: [
        ['', 'seconds'],
        ['first start', first.toFixed(1)],
        ['second start', second.toFixed(1)],
      ],
      checks: [{ what: 'ready after', value: Math.max(first, second), unit: 's', bound: 'most', limit: 15 }],
      notes: [
        'The first start makes database and demo data where this checkout has none yet. Of both the slower counts.',
      ],
    }
  },
}

/** @returns seconds until everything answered */
async function start(lab: Lab): Promise<number> {
  const env: Record<string, string | undefined> = { ...process.env }
  for (const variable of Object.values(PORT_VARIABLES)) env[variable] = String(await lab.freePort())
  const startedAt = performance.now()
  // A group of its own, which is what Ctrl-C in a terminal reaches.
  const child = spawn('make', ['--silent', 'dev'], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  const end = once(child, 'exit')
  const interrupt = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT')
  }
  const timer = setTimeout(interrupt, TIMEOUT_MS)
  try {
    const ready = new Promise<number>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          said.push(line)
          if (line.includes('CHRONOS is ready')) resolve((performance.now() - startedAt) / 1000)
        })
      }
    })
    const seconds = await Promise.race([ready, end.then(() => null)])
    if (seconds === null) throw new Error(`make dev ended:\n${said.slice(-20).join('\n')}`)
    return seconds
  } finally {
    clearTimeout(timer)
    interrupt()
    await end
  }
}
