// One process of the running product: started in a process group of its own, so that it and whatever it
// starts can be ended together, and so that a terminal's Ctrl-C reaches us alone.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Environment } from './env-file.ts'
import { ROOT } from './env-file.ts'
import { isGroupAlive } from './process-info.ts'
import { endWithThisProcess, forgetProcess } from './reaper.ts'

const STOP_TIMEOUT_MS = 12_000

export interface PartOptions {
  name: string
  /** Arguments for Node, the script first. */
  args: string[]
  env: Environment
  cwd?: string
  onLine: (line: string) => void
}

export interface Part {
  name: string
  /** Settles with what ended it, such as "exit code 1". */
  exited: Promise<string>
  /** SIGTERM to the whole group, SIGKILL after twelve seconds; resolves when no process of it is left. */
  stop(): Promise<void>
  /** SIGKILL to the whole group, at once. */
  kill(): void
}

/** Starts `node <args>` and hands over its output line by line. */
export function startPart({ name, args, env, cwd = ROOT, onLine }: PartOptions): Part {
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid
  if (pid) endWithThisProcess(-pid, 'TERM')
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (pid) process.kill(-pid, signal)
    } catch {
      // All of it has ended already.
    }
  }
  return {
    name,
    exited,
    kill: () => signalGroup('SIGKILL'),
    async stop() {
      signalGroup('SIGTERM')
      const deadline = Date.now() + STOP_TIMEOUT_MS
      while (pid && isGroupAlive(pid)) {
        if (Date.now() > deadline) signalGroup('SIGKILL')
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
      if (pid) forgetProcess(-pid)
    },
  }
}

/**
 * Runs `node <args>` to its end; throws an Error with its last lines when that is not exit code 0.
 * `onStart` gets the running part, for who wants to stop it.
 */
export async function runPart(options: PartOptions, onStart?: (part: Part) => void): Promise<void> {
  const last: string[] = []
  const part = startPart({
    ...options,
    onLine: (line) => {
      last.push(line)
      if (last.length > 30) last.shift()
      options.onLine(line)
    },
  })
  onStart?.(part)
  const reason = await part.exited
  await part.stop()
  if (reason !== 'exit code 0') throw new PartFailedError(options.name, reason, last)
}

/** A part that ended although it should not have. `lastLines` is what it said before. */
export class PartFailedError extends Error {
  readonly lastLines: string[]
  readonly reason: string
  constructor(name: string, reason: string, lastLines: string[] = []) {
    super(`${name} ended with ${reason}.`)
    this.reason = reason
    this.lastLines = lastLines
  }
}
