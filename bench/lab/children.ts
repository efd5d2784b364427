/** Processes that a figure starts: API, worker, bare handlers. Each ends with this process, however that ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { waitForExit } from '../../scripts/process-info.ts'
import { endWithThisProcess, forgetProcess } from '../../scripts/reaper.ts'

export interface Child {
  readonly pid: number
  readonly logFile: string
  stop(): Promise<void>
}

export interface ChildOptions {
  name: string
  /** Program and arguments; `node` stands for the Node that runs this. */
  command: readonly string[]
  env: Record<string, string>
  logFolder: string
  cwd?: string
}

const STOP_MS = 25_000
const READY_MS = 30_000

export function startChild(options: ChildOptions): Child {
  const [program = '', ...args] = options.command
  const logFile = path.join(options.logFolder, `${options.name}.log`)
  const log = openSync(logFile, 'a')
  const child: ChildProcess = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...options.env },
    stdio: ['ignore', log, log],
  })
  const pid = child.pid
  if (pid === undefined) throw new Error(`${options.name} does not start: ${options.command.join(' ')}`)
  endWithThisProcess(pid, 'TERM')
  return {
    pid,
    logFile,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      if (!(await waitForExit(pid, STOP_MS))) child.kill('SIGKILL')
      forgetProcess(pid)
    },
  }
}

/**
 * Waits until an address answers with a status below 400.
 * @throws Error with the end of the child's log
 */
export async function answers(child: Child, url: string): Promise<void> {
  const deadline = Date.now() + READY_MS
  for (;;) {
    try {
      const response = await fetch(url)
      await response.arrayBuffer()
      if (response.status < 400) return
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadline || !isRunning(child.pid)) {
      throw new Error(`${url} does not answer.\n${endOfLog(child)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Waits until a child's log holds a text. @throws Error with the end of the log */
export async function says(child: Child, text: string): Promise<void> {
  const deadline = Date.now() + READY_MS
  while (!readFileSync(child.logFile, 'utf8').includes(text)) {
    if (Date.now() > deadline || !isRunning(child.pid)) {
      throw new Error(`"${text}" was not said.\n${endOfLog(child)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function endOfLog(child: Child): string {
  return readFileSync(child.logFile, 'utf8').split('\n').slice(-20).join('\n')
}

function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
