// Which `make dev` runs in this checkout, if any: one small file with its process id and addresses.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './env-file.ts'
import { commandLine, isAlive } from './process-info.ts'
import type { Ports } from './settings.ts'

export interface DevState {
  pid: number
  ports: Ports
  /** When everything last became ready, in milliseconds since 1970; not set before. */
  readyAt?: number
}

const FILE = path.join(ROOT, '.data', 'dev.json')

/** The living `make dev` of this checkout; undefined when there is none, or only what a killed one left. */
export function runningDev(): DevState | undefined {
  try {
    const state = JSON.parse(readFileSync(FILE, 'utf8')) as DevState
    const lives = isAlive(state.pid) && commandLine(state.pid).includes('scripts/dev.ts')
    return lives && state.pid !== process.pid ? state : undefined
  } catch {
    return undefined
  }
}

/** Writes this process down as the one that runs; false when another was faster. */
export function claimDev(ports: Ports): boolean {
  if (runningDev()) return false
  mkdirSync(path.dirname(FILE), { recursive: true })
  rmSync(FILE, { force: true })
  try {
    writeFileSync(FILE, JSON.stringify({ pid: process.pid, ports } satisfies DevState), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Writes down that everything answers: `make restart` waits for it. */
export function noteReady(ports: Ports): void {
  const state: DevState = { pid: process.pid, ports, readyAt: Date.now() }
  // Renamed, since another process may read it at this moment.
  writeFileSync(`${FILE}.new`, JSON.stringify(state))
  renameSync(`${FILE}.new`, FILE)
}

export function releaseDev(): void {
  rmSync(FILE, { force: true })
}
