// PostgreSQL's own programs for a dump, where the machine has them: the embedded server carries none.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

/** Debian keeps versions side by side; the newest on PATH may be another than the server's. */
function candidates(program: string, major: number): string[] {
  const folders = [
    `/usr/lib/postgresql/${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    ...(process.env['PATH'] ?? '').split(path.delimiter),
  ]
  return folders.map((folder) => path.join(folder, program)).filter(existsSync)
}

/** pg_dump or pg_restore of this major version; undefined when the machine has none. CHRONOS_NO_PG_DUMP=1 looks for none. */
export function findProgram(program: 'pg_dump' | 'pg_restore', major: number): string | undefined {
  if (process.env['CHRONOS_NO_PG_DUMP'] === '1') return undefined
  return candidates(program, major).find((file) => {
    try {
      const said = execFileSync(file, ['--version'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return Number(/(\d+)\./.exec(said)?.[1]) === major
    } catch {
      return false
    }
  })
}

/** The connection as libpq's variables: a password is no argument, since everybody on a machine sees those. */
export function libpqEnvironment(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    PGHOST: hostname.replace(/^\[|\]$/g, ''),
    PGPORT: port === '' ? '5432' : port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGCONNECT_TIMEOUT: '10',
  }
}

export interface RunningProgram {
  child: ChildProcess
  /** Rejects with what it said, where it did not end with 0. */
  ended: Promise<void>
}

export function runProgram(
  file: string,
  args: string[],
  options: { env: Record<string, string>; stdin?: 'pipe' | 'ignore'; cwd?: string },
): RunningProgram {
  const child = spawn(file, args, {
    env: options.env,
    cwd: options.cwd ?? '/',
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-4000)))
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${path.basename(file)} ended with ${signal ?? code}: ${said.trim()}`))
    })
  })
  ended.catch(() => undefined)
  return { child, ended }
}
