// `make db-point-drill MB=200`: a server with production's settings of the WAL and that much made data; a base copy; writes,
// a commit every ten milliseconds, slow enough that no segment fills up by itself; then, a moment before a segment would
// be archived for its age, which is the worst one, the server is killed and its data folder removed. What the copy and
// the archive bring back is counted against what was acknowledged. All of it goes away afterwards.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { migrate } from '../../backend/src/platform/migrate.ts'
import { ensureRoles } from '../../backend/src/platform/roles.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres.ts'
import { ROOT } from '../env-file.ts'
import { freePort } from '../ports.ts'
import { makeTestFolder } from '../test-cluster.ts'
import { BASE_FILE, createBase, restoreBase } from './base.ts'
import { fill, urlsOf } from './drill-data.ts'
import { adminOf } from './restore.ts'
import { walIn } from './wal.ts'
import { keepWal } from './wal-loop.ts'

const PROMISED_SECONDS = 60
const WRITE_EVERY_MS = 10
const SAFETY_MS = 1500
const NAMES = [
  'wal_level',
  'archive_mode',
  'archive_timeout',
  'wal_compression',
  'fsync',
  'synchronous_commit',
]

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1)

/** What deploy/postgres/postgresql.conf says of the WAL, with another folder for it. */
function productionSettings(wal: string): Record<string, string> {
  const text = readFileSync(path.join(ROOT, 'deploy/postgres/postgresql.conf'), 'utf8')
  const said = (name: string): string => {
    const value = new RegExp(`^${name} = (?:'(.*)'|(\\S+))$`, 'm').exec(text)
    if (!value) throw new Error(`deploy/postgres/postgresql.conf does not say ${name}`)
    return value[1] ?? value[2] ?? ''
  }
  return {
    ...Object.fromEntries(NAMES.map((name) => [name, said(name)])),
    archive_command: said('archive_command').replaceAll('/wal/', `${wal}/`),
    max_wal_size: '4GB',
  }
}

/** By their names in the server, encrypted or not yet. */
const segments = (wal: string): string[] =>
  readdirSync(wal).flatMap((name) => /^([0-9A-F]{24})\.gz(?:\.age)?$/.exec(name)?.[1] ?? [])

/** Waits for the next segment in the archive. @returns when it was whole, in ms */
async function nextSegment(wal: string): Promise<number> {
  // A file that gets its other name this very moment may be missed: first all have it.
  while ((await walIn(wal, 'plain')).length > 0) await wait(20)
  const known = new Set(segments(wal))
  for (;;) {
    const added = segments(wal).filter((name) => !known.has(name))
    if (added.length > 0) return Date.now()
    await wait(20)
  }
}

class Writer {
  readonly #client: pg.Client
  /** When each commit was acknowledged, by its number. */
  readonly acknowledged: number[] = []
  #ended = false

  constructor(url: string) {
    this.#client = new pg.Client({ connectionString: url })
    this.#client.on('error', () => undefined)
  }

  async begin(): Promise<void> {
    await this.#client.connect()
    await this.#client.query('create table public.written (n int primary key, filler text not null)')
  }

  /** Until the server is gone. */
  async run(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.#client.query('insert into public.written values ($1, $2)', [
          this.acknowledged.length,
          randomBytes(100).toString('hex'),
        ])
        this.acknowledged.push(Date.now())
      } catch {
        this.#ended = true
      }
      await wait(WRITE_EVERY_MS)
    }
  }
}

/** As a machine that loses its power and its disk: nothing of it says goodbye. */
async function lose(server: EmbeddedPostgres, cluster: string): Promise<void> {
  const children = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' })
  for (const pid of [server.pid, ...children.trim().split('\n').map(Number)]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  rmSync(cluster, { recursive: true, force: true })
  await server.exited
  rmSync(cluster, { recursive: true, force: true })
}

const wanted = Number(process.argv[2] || '200')
if (!(wanted > 0)) {
  console.error(`MB is how many megabytes of data to make, such as 200; not "${process.argv[2]}".`)
  process.exit(1)
}
const key = await newBackupKey()
const place = makeTestFolder()
const wal = path.join(place, 'wal')
mkdirSync(wal)
// The server's user writes there.
chmodSync(wal, 0o777)
let running: EmbeddedPostgres | undefined
const lost = new AbortController()
try {
  const settings = productionSettings(wal)
  const timeoutMs = Number.parseInt(settings['archive_timeout'] ?? '', 10) * 1000
  const dataDir = path.join(place, 'one')
  const server = await startEmbeddedPostgres({ dataDir, port: await freePort(), settings })
  running = server
  const urls = urlsOf(server.adminUrl)
  await ensureRoles(server.adminUrl, urls)
  await migrate(urls.ownerUrl)
  const megabytes = await fill(server.adminUrl, wanted)
  console.log(`${megabytes.toFixed(0)} MB in the database`)

  // As the backup service does.
  const tell = (line: string): void => console.log(line)
  const keeping = keepWal(
    {
      ...{ wal, key, url: server.adminUrl, bucket: undefined, stateFile: path.join(place, 'last-wal') },
      ...{ everyMs: 5_000, retryMs: 30_000, say: tell, warn: tell },
    },
    lost.signal,
  )
  const cluster = path.join(dataDir, 'cluster')
  const copying = performance.now()
  const base = await createBase({ key, folder: place, now: new Date() }, server.adminUrl, cluster)
  const sizeMb = statSync(path.join(base, BASE_FILE)).size / 1e6
  console.log(`base copy: ${seconds(copying)} s, ${sizeMb.toFixed(0)} MB encrypted`)

  const writer = new Writer(adminOf(server.adminUrl, urls.ownerUrl))
  await writer.begin()
  const writing = writer.run()
  await nextSegment(wal)
  const first = await nextSegment(wal)
  const second = await nextSegment(wal)
  console.log(`under writes the archive got a segment after ${((second - first) / 1000).toFixed(1)} s`)
  await wait(second + timeoutMs - SAFETY_MS - Date.now())
  await lose(server, cluster)
  lost.abort()
  await keeping
  await writing
  console.log(`killed, and its data folder removed, after ${writer.acknowledged.length} commits`)

  const restoring = performance.now()
  const to = path.join(place, 'two')
  mkdirSync(to)
  chmodSync(to, 0o755)
  copyFileSync(path.join(dataDir, 'superuser-password'), path.join(to, 'superuser-password'))
  await restoreBase({ key, base, wal, cluster: path.join(to, 'cluster') })
  const laidOut = seconds(restoring)
  running = await startEmbeddedPostgres({ dataDir: to, port: await freePort(), settings })
  const total = (performance.now() - restoring) / 1000
  const rate = megabytes / total
  console.log(
    `restore: ${laidOut} s to lay out, ${total.toFixed(1)} s until it took writes, ${rate.toFixed(1)} MB/s: 50 GB in 50 × 1000 / ${rate.toFixed(1)} / 60 = ${(50_000 / rate / 60).toFixed(1)} minutes`,
  )

  const client = new pg.Client({ connectionString: adminOf(running.adminUrl, urls.ownerUrl) })
  await client.connect()
  const { rows } = await client.query<{ n: number; count: number }>(
    'select max(n)::int as n, count(*)::int as count from public.written',
  )
  await client.end()
  const [found] = rows
  const newest = found?.n ?? -1
  if (found?.count !== newest + 1)
    throw new Error(`Commits are missing in the middle: ${found?.count} of ${newest + 1}`)
  const lostSeconds = ((writer.acknowledged.at(-1) ?? 0) - (writer.acknowledged[newest] ?? 0)) / 1000
  const missing = writer.acknowledged.length - 1 - newest
  console.log(`lost: the last ${lostSeconds.toFixed(1)} s, ${missing} commits, none before them`)
  const isKept = lostSeconds <= PROMISED_SECONDS
  console.log(isKept ? 'Within the promise.' : `More than the ${PROMISED_SECONDS} s that are promised.`)
  if (!isKept) process.exitCode = 1
} finally {
  lost.abort()
  await running?.stop({ immediately: true })
  rmSync(place, { recursive: true, force: true })
}
