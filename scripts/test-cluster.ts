// A throw-away PostgreSQL for tests: the same programs as `make dev`, its own folder and a free port, and
// no waiting for the disk, since nobody wants the data afterwards.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { freePort } from './ports.ts'
import { ROOT_HOME } from './postgres-binaries.ts'
import { isAlive } from './process-info.ts'
import { removeWithThisProcess } from './reaper.ts'

const PREFIX = 'chronos-test-'
const ATTEMPTS = 5

/** Fast, and not safe. */
export const TEST_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
}

export interface TestCluster {
  /** Connection string of the superuser, database postgres. */
  adminUrl: string
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

export interface TestClusterOptions {
  /** A free one where not given. */
  port?: number
  /** Extra server settings, as for `postgres -c`. */
  settings?: Record<string, string>
}

/**
 * Starts an empty cluster in a temporary folder, in about two seconds. It goes away with `stop`, or with
 * this process, however that ends.
 */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const folder = makeTestFolder()
  const dataDir = path.join(folder, 'postgres')
  for (let attempt = 1; ; attempt += 1) {
    try {
      const server = await startEmbeddedPostgres({
        dataDir,
        port: options.port ?? (await freePort()),
        settings: { ...TEST_SETTINGS, ...options.settings },
      })
      return {
        adminUrl: server.adminUrl,
        async stop() {
          await server.stop({ immediately: true })
          rmSync(folder, { recursive: true, force: true })
        },
      }
    } catch (error) {
      // Between asking for a free port and using it somebody else may have taken it.
      if (options.port || attempt === ATTEMPTS || !String(error).includes('could not bind')) throw error
    }
  }
}

/** A folder for servers of tests, which is gone with this process at the latest. */
export function makeTestFolder(): string {
  const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
  mkdirSync(base, { recursive: true, mode: 0o755 })
  removeAbandoned(base)
  const folder = mkdtempSync(path.join(base, PREFIX))
  removeWithThisProcess(folder)
  // mkdtemp makes 0700 folders, which the user postgres could not enter.
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'pid'), `${process.pid}\n`)
  return folder
}

/** Folders of runs whose process and reaper were both killed, a machine switched off for example. */
function removeAbandoned(base: string): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(PREFIX)) continue
    const folder = path.join(base, name)
    try {
      if (statSync(folder).uid !== process.getuid?.()) continue
      if (!isAlive(Number(readFileSync(path.join(folder, 'pid'), 'utf8')))) {
        rmSync(folder, { recursive: true, force: true })
      }
    } catch {
      // It is being made or removed by another run right now.
    }
  }
}
