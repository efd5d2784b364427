/**
 * A real redis-server of a test's own, on a free port, that can be stopped, killed and started again with the same
 * data. Each write is on the disk before it is answered (appendfsync always): what a test needs that asks whether
 * yesterday's data comes back.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

export interface TestRedis {
  readonly url: string
  /** kill -9: nothing is said, nothing is saved. */
  kill(): Promise<void>
  /** Starts it again on the same port; without its data where asked. */
  start(options?: { empty?: boolean }): Promise<void>
  /** Holds the process: connections stay open, and nothing answers. */
  pause(): void
  resume(): void
  /** Removes everything, as between two tests. */
  flush(): Promise<void>
  /** Runs one command past the code under test. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>
  stop(): Promise<void>
}

/** @throws Error where no redis-server is installed: these tests are never skipped. */
export async function startTestRedis(): Promise<TestRedis> {
  const binary = redisBinary()
  const dir = await mkdtemp(join(tmpdir(), 'chronos-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | null = null

  async function start(options: { empty?: boolean } = {}): Promise<void> {
    if (options.empty) await rm(join(dir, 'appendonlydir'), { recursive: true, force: true })
    server = spawn(binary, serverArguments(port, dir), { stdio: 'ignore' })
    await answering(url, server)
  }

  async function kill(): Promise<void> {
    if (server === null) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
    server = null
  }

  async function command(name: string, ...args: (string | number)[]): Promise<unknown> {
    const client = new Redis(url, { lazyConnect: true })
    try {
      return await client.call(name, ...args)
    } finally {
      client.disconnect()
    }
  }

  await start()
  return {
    url,
    kill,
    start,
    command,
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    flush: async () => void (await command('FLUSHALL')),
    async stop() {
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function redisBinary(): string {
  const binary = process.env['REDIS_SERVER_PATH'] ?? 'redis-server'
  try {
    execFileSync(binary, ['--version'], { stdio: 'ignore' })
    return binary
  } catch {
    throw new Error(
      `These tests need a real Redis, and "${binary}" does not run. Install it (Debian: apt-get install redis-server; ` +
        'macOS: brew install redis), or name it with REDIS_SERVER_PATH.',
    )
  }
}

function serverArguments(port: number, dir: string): string[] {
  const settings = { bind: '127.0.0.1', port, dir, save: '', appendonly: 'yes', appendfsync: 'always' }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 20, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  const exited = once(server, 'exit').then(() => {
    throw new Error('redis-server ended before it answered')
  })
  try {
    await Promise.race([client.ping(), exited])
  } finally {
    exited.catch(() => undefined)
    client.disconnect()
  }
}
