/** Processes of the product as they run in production: entry, environment, signals. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { vi } from 'vitest'
import { endWithThisProcess, forgetProcess } from '../../scripts/reaper.ts'
import type { LoginUrls } from '../src/platform/roles.ts'
import { TEST_WHATSAPP } from './harness.ts'

const SOURCES = path.join(import.meta.dirname, '..', 'src')
const WAIT = { timeout: 60_000, interval: 25 }

export type LogLine = Record<string, unknown> & { msg?: string; pid?: number }

export interface TestProcess {
  readonly pid: number
  readonly lines: readonly LogLine[]
  /** Waits for lines with that message. @returns them all */
  says(message: string, count?: number): Promise<LogLine[]>
  /** The exit code, once it has ended; null after a signal that it did not handle. */
  readonly exited: Promise<number | null>
  /** Asks it to end, and waits. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** What every process of one installation has in common. */
export function environmentOf(database: LoginUrls, redisUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    DATABASE_URL: database.appUrl,
    DATABASE_CONTROL_URL: database.controlUrl,
    DATABASE_POOL_SIZE: '4',
    REDIS_URL: redisUrl,
    JWT_SECRET: 'jwt-secret-of-tests-0123456789abcdef',
    SESSION_SECRET: 'session-secret-of-tests-0123456789abcdef',
    ENCRYPTION_KEY: 'a1b2c3d4'.repeat(8),
    BCRYPT_ROUNDS: '4',
    RATE_LIMITS: 'off',
    WHATSAPP_PHONE_NUMBER_ID: TEST_WHATSAPP.phoneNumberId,
    WHATSAPP_WEBHOOK_SECRET: TEST_WHATSAPP.secret,
    WHATSAPP_DISPLAY_NUMBER: '15550783881',
  }
}

export function startProcess(entry: 'server.ts' | 'worker.ts', env: Record<string, string>): TestProcess {
  const child: ChildProcess = spawn(process.execPath, [path.join(SOURCES, entry)], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${entry} does not start`)
  endWithThisProcess(pid, 'TERM')
  const lines: LogLine[] = []
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(parsed(line)))
  const exited = (once(child, 'exit') as Promise<[number | null]>).then(([code]) => {
    forgetProcess(pid)
    return code
  })
  return {
    pid,
    lines,
    says: (message, count = 1) =>
      vi.waitFor(() => {
        const found = lines.filter(({ msg }) => msg === message)
        if (found.length < count)
          throw new Error(`"${message}" was not said ${count} times:\n${lines.map(shown).join('\n')}`)
        return found
      }, WAIT),
    exited,
    end(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { msg: line }
  }
}

function shown(line: LogLine): string {
  return JSON.stringify(line)
}
