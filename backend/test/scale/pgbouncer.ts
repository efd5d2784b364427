/** A PgBouncer in transaction mode before a server of the tests: four connections for whoever comes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { vi } from 'vitest'
import { freePort } from '../../../scripts/ports.ts'
import { serverUser } from '../../../scripts/postgres-binaries.ts'
import { endWithThisProcess, forgetProcess } from '../../../scripts/reaper.ts'
import { ensureProgram, PGBOUNCER } from '../../../scripts/system-packages.ts'
import { makeTestFolder } from '../../../scripts/test-cluster.ts'

export const SERVER_CONNECTIONS = 4

export interface TestPooler {
  /** The same login and database through the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

/** @param urls one of each login that comes through it */
export async function startPgBouncer(urls: readonly string[]): Promise<TestPooler> {
  const folder = makeTestFolder()
  const port = await freePort()
  const [server] = urls.map((url) => new URL(url))
  if (!server) throw new Error('a pooler needs logins')
  const users = urls.map((url) => {
    const { username, password } = new URL(url)
    return `"${username}" "${decodeURIComponent(password)}"`
  })
  writeFileSync(path.join(folder, 'users.txt'), `${users.join('\n')}\n`)
  writeFileSync(
    path.join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${folder}/users.txt
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 500
`,
  )
  chmodSync(folder, 0o755)
  const user = serverUser()
  const child = spawn(ensureProgram(PGBOUNCER), [path.join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    cwd: '/',
    ...user,
  })
  if (child.pid !== undefined) endWithThisProcess(child.pid, 'TERM')
  const exited = once(child, 'exit')
  const through = (url: string): string => {
    const address = new URL(url)
    address.port = String(port)
    return address.href
  }
  await vi.waitFor(
    async () => {
      const client = new pg.Client({ connectionString: through(server.href) })
      await client.connect()
      await client.end()
    },
    { timeout: 20_000, interval: 100 },
  )
  return {
    through,
    async stop() {
      child.kill('SIGTERM')
      await exited
      if (child.pid !== undefined) forgetProcess(child.pid)
    },
  }
}
