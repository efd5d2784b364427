// PostgreSQL's own programs for a dump, where the machine has them: the embedded server carries none.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'

/** Debian keeps versions side by side; the newest on PATH may be another than the server's. */
function candidates(program: string, major: number): string[] {
  const folders = [
    `/usr/lib/postgresql/${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    ...(process.env['PATH'] ?? '').split(path.delimiter),
  ]
  return folders.map((folder) => path.join(folder, program)).filter(existsSync)
}

interface Version {
  major: number
  minor: number
}

/** Of what a server or a program calls itself: `15.18 (Debian 15.18-0+deb12u1)`, `pg_dump (PostgreSQL) 15.18`, `19beta1`. */
function versionOf(text: string): Version | undefined {
  const found = /(?:^|\s)(\d+)(?:\.(\d+)|beta\d+|rc\d+|devel)/.exec(text)
  return found ? { major: Number(found[1]), minor: Number(found[2] ?? 0) } : undefined
}

function programVersion(file: string): Version | undefined {
  try {
    return versionOf(
      execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch {
    return undefined
  }
}

/**
 * The newest pg_dump or pg_restore of the server's major version; undefined when the machine has none. A pg_dump of an
 * older minor version does not count: it writes what a newer server keeps for itself into its dump (15.18 of a server
 * 15.20: the attribute option `pg_attver`), and no server restores that. CHRONOS_NO_PG_DUMP=1 looks for none.
 * @param server `server_version` as the server says it
 */
export function findProgram(program: 'pg_dump' | 'pg_restore', server: string): string | undefined {
  if (process.env['CHRONOS_NO_PG_DUMP'] === '1') return undefined
  const wanted = versionOf(server)
  if (!wanted) return undefined
  const [best] = candidates(program, wanted.major)
    .map((file) => ({ file, version: programVersion(file) }))
    .filter(({ version }) => version?.major === wanted.major)
    .toSorted((a, b) => (b.version?.minor ?? 0) - (a.version?.minor ?? 0))
  if (!best?.version) return undefined
  return program === 'pg_dump' && best.version.minor < wanted.minor ? undefined : best.file
}

/** What to say, and do, where `findProgram` finds none. */
export function missingProgram(program: 'pg_dump' | 'pg_restore', server: string): string {
  const { major, minor } = versionOf(server) ?? { major: server, minor: 0 }
  const version = program === 'pg_dump' ? `${major}.${minor} or newer` : major
  return `There is no ${program} ${version} here, and the server is PostgreSQL ${server}. Debian: apt-get update && apt-get install postgresql-client-${major}; in containers: pull the image again and "make build-prod".`
}

/** What an address says of TLS: without it, libpq believes any certificate, and goes on in the clear where there is none. */
const TLS_VARIABLES = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const

/** The connection as libpq's variables: a password is no argument, since everybody on a machine sees those. */
export function libpqEnvironment(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const tls = Object.entries(TLS_VARIABLES).flatMap(([parameter, variable]) => {
    const value = searchParams.get(parameter)
    // node-postgres alone has a mode of this name.
    return value === null ? [] : [[variable, value === 'no-verify' ? 'require' : value]]
  })
  return {
    ...Object.fromEntries(tls),
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

/**
 * A running program's input. A program that has read enough may end before its input does (tar does, at the end of its
 * archive): the rest is let go then, so that what comes before in a pipeline is read, and judged, to its end. One that
 * failed fails the write, with what it said. Destroyed, it leaves the program waiting: whoever destroys it kills it.
 */
export function inputOf({ child, ended }: RunningProgram): Writable {
  const { stdin } = child
  if (!stdin) throw new Error('The program has no input')
  // How the program ended says more.
  stdin.on('error', () => undefined)
  return new Writable({
    write(part: Buffer, _encoding, done) {
      stdin.write(part, (error) => (error ? void ended.then(() => done(), done) : done()))
    },
    final(done) {
      stdin.end((error?: Error | null) => (error ? void ended.then(() => done(), done) : done()))
    },
  })
}
