import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ClusterInUseError, startEmbeddedPostgres } from './embedded-postgres.ts'
import { freePort } from './ports.ts'
import { ROOT_HOME } from './postgres-binaries.ts'
import { isAlive, waitForExit } from './process-info.ts'

const SETTINGS = { fsync: 'off' }
const MODULE = path.join(import.meta.dirname, 'embedded-postgres.ts')

let folder: string
beforeEach(() => {
  const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
  mkdirSync(base, { recursive: true })
  // A space, since a checkout's path may have one.
  folder = mkdtempSync(path.join(base, 'lifecycle of '))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** Starts the cluster of `folder` in another process; what that process prints is the server's id. */
async function startElsewhere(port: number) {
  const code = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)})
    const server = await startEmbeddedPostgres({
      dataDir: ${JSON.stringify(folder)}, port: ${port}, settings: ${JSON.stringify(SETTINGS)},
    })
    console.log(server.pid)
    setInterval(() => undefined, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  return { owner, ownerPid: owner.pid ?? 0, serverPid: Number(line.toString()) }
}

describe('embedded PostgreSQL', () => {
  it('is a UTF8 cluster with checksums that keeps its data, and asks for a password', async () => {
    const port = await freePort()
    const first = await startEmbeddedPostgres({ dataDir: folder, port, settings: SETTINGS })
    expect(
      await query(
        first.adminUrl,
        `select current_setting('server_encoding'), current_setting('data_checksums'), current_setting('lc_collate'),
           current_setting('password_encryption'), current_setting('listen_addresses')`,
      ),
    ).toEqual(['UTF8', 'on', 'C', 'scram-sha-256', '127.0.0.1'])
    await query(first.adminUrl, 'create table kept as select 42 as answer')
    const wrong = new URL(first.adminUrl)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password/)
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)

    const second = await startEmbeddedPostgres({ dataDir: folder, port, settings: SETTINGS })
    expect(await query(second.adminUrl, 'select answer from kept')).toEqual([42])
    await second.stop()
  })

  it('ends with the process that started it, even when that one is killed', async () => {
    const { owner, serverPid } = await startElsewhere(await freePort())
    expect(isAlive(serverPid)).toBe(true)
    owner.kill('SIGKILL')
    expect(await waitForExit(serverPid, 15_000)).toBe(true)
  })

  it('refuses a cluster that another process runs', async () => {
    const { owner, ownerPid, serverPid } = await startElsewhere(await freePort())
    const port = await freePort()
    const second = startEmbeddedPostgres({ dataDir: folder, port, settings: SETTINGS })
    await expect(second).rejects.toThrow(ClusterInUseError)
    await expect(second).rejects.toMatchObject({ ownerPid })
    owner.kill('SIGKILL')
    await waitForExit(serverPid, 15_000)
  })

  it('starts after a crash, also when the old process id now belongs to something else', async () => {
    const port = await freePort()
    const first = await startEmbeddedPostgres({ dataDir: folder, port, settings: SETTINGS })
    await query(first.adminUrl, 'create table kept as select 42 as answer')
    const lock = path.join(folder, 'cluster', 'postmaster.pid')
    const content = readFileSync(lock, 'utf8')
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    writeFileSync(lock, content.replace(/^\d+/, String(process.pid)))

    const second = await startEmbeddedPostgres({ dataDir: folder, port, settings: SETTINGS })
    expect(await query(second.adminUrl, 'select answer from kept')).toEqual([42])
    await second.stop()
  })

  it('says what the server said when it cannot start', async () => {
    const port = await freePort()
    const blocker = await startElsewhere(port)
    const other = mkdtempSync(`${folder}-other `)
    chmodSync(other, 0o755)
    await expect(startEmbeddedPostgres({ dataDir: other, port, settings: SETTINGS })).rejects.toThrow(
      /could not bind/,
    )
    rmSync(other, { recursive: true, force: true })
    blocker.owner.kill('SIGKILL')
    await waitForExit(blocker.serverPid, 15_000)
  })
})
