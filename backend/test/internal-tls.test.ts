/**
 * PostgreSQL and Redis over TLS, as DATABASE_URL and REDIS_URL ask for it: the whole application over connections whose
 * other end shows a certificate of the authority that is named, and none over any other.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createRedisLink } from '../src/platform/redis-link.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createHarness } from './harness.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'chronos-tls-'))
const file = (name: string): string => path.join(folder, name)

/** An authority, and a certificate of it for this machine. */
function issue(name: string): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'] as const
  const authority = ['-subj', `/CN=${name} authority`, '-days', '2', '-out', file(`${name}-ca.pem`)]
  openssl('req', '-x509', ...key, file(`${name}-ca.key`), ...authority)
  openssl('req', ...key, file(`${name}.key`), '-subj', '/CN=localhost', '-out', file(`${name}.csr`))
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  openssl(
    ...['x509', '-req', '-in', file(`${name}.csr`), '-CA', file(`${name}-ca.pem`), '-days', '2'],
    ...['-CAkey', file(`${name}-ca.key`), '-CAcreateserial', '-extfile', file('names')],
    ...['-out', file(`${name}.pem`)],
  )
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

let database: TestDatabase
let server: pg.Client
let redis: ChildProcess | undefined
let redisPort: number

beforeAll(async () => {
  issue('own')
  issue('other')
  database = await createTestDatabase(inject('adminUrl'))
  server = new pg.Client(inject('adminUrl'))
  await server.connect()
  const { rows } = await server.query<{ data_directory: string }>('show data_directory')
  const home = rows[0]?.data_directory ?? ''
  for (const name of ['own.pem', 'own.key']) {
    const there = path.join(home, `tls-${name}`)
    copyFileSync(file(name), there)
    const { uid, gid } = statSync(home)
    chownSync(there, uid, gid)
  }
  await server.query("alter system set ssl_cert_file = 'tls-own.pem'")
  await server.query("alter system set ssl_key_file = 'tls-own.key'")
  await server.query('alter system set ssl = on')
  await server.query('select pg_reload_conf()')
  await vi.waitFor(async () => expect((await server.query('show ssl')).rows).toEqual([{ ssl: 'on' }]), {
    timeout: 15_000,
    interval: 50,
  })

  redisPort = await freePort()
  const settings = {
    ...{ bind: '127.0.0.1', port: 0, 'tls-port': redisPort, save: '', 'tls-auth-clients': 'no', dir: folder },
    ...{ 'tls-cert-file': file('own.pem'), 'tls-key-file': file('own.key') },
    'tls-ca-cert-file': file('own-ca.pem'),
  }
  const binary = process.env['REDIS_SERVER_PATH'] ?? 'redis-server'
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  redis = spawn(binary, args, { stdio: 'ignore' })
})

afterAll(async () => {
  redis?.kill('SIGKILL')
  for (const name of ['ssl', 'ssl_cert_file', 'ssl_key_file'])
    await server.query(`alter system reset ${name}`)
  await server.query('select pg_reload_conf()')
  await server.end()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

const overTls = (url: string, authority: string): string => {
  const address = new URL(url)
  address.searchParams.set('sslmode', 'verify-full')
  address.searchParams.set('sslrootcert', file(`${authority}-ca.pem`))
  return address.href
}
const redisUrl = (authority: string | null, host = '127.0.0.1'): string =>
  `rediss://${host}:${redisPort}${authority === null ? '' : `?cacert=${file(`${authority}-ca.pem`)}`}`

describe('PostgreSQL and Redis with certificates of the authority that is named', () => {
  it('serve the application, which speaks to neither in the clear', async () => {
    const harness = await createHarness({
      database,
      environment: {
        DATABASE_URL: overTls(database.appUrl, 'own'),
        DATABASE_CONTROL_URL: overTls(database.controlUrl, 'own'),
        REDIS_URL: redisUrl('own'),
      },
    })
    try {
      const client = await harness.signUp()
      expect((await client.get('/me')).status).toBe(200)
      await harness.context.store.set('tls', 'kept', 60)
      expect(await harness.context.store.get('tls')).toBe('kept')
      const { rows } = await server.query<{ login: string; ssl: boolean; version: string }>(
        `select distinct a.usename as login, s.ssl, s.version from pg_stat_ssl s join pg_stat_activity a using (pid)
         where a.usename in ('chronos_app', 'chronos_control') and a.datname = $1 order by 1`,
        [new URL(database.appUrl).pathname.slice(1)],
      )
      expect(rows).toEqual([
        { login: 'chronos_app', ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) },
        { login: 'chronos_control', ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) },
      ])
    } finally {
      await harness.close()
    }
  })
})

describe('a certificate of another authority', () => {
  it('is none of the database: the server does not start', async () => {
    const environment = { DATABASE_URL: overTls(database.appUrl, 'other') }
    await expect(createHarness({ database, environment })).rejects.toThrow(/certificate/)
  })

  it.each([
    ['of Redis: it stays away', () => redisUrl('other')],
    ['of Redis, where none is named and Node knows none', () => redisUrl(null)],
    ['of Redis, where the file of the authority is not there', () => redisUrl('missing')],
  ])('is none %s', async (_what, url) => {
    const lines: string[] = []
    const log = pino({}, { write: (line) => void lines.push(line) })
    const link = createRedisLink({ url: url(), log, name: 'tls', timeoutMs: 1000 })
    try {
      await expect.poll(() => lines.join(), { timeout: 15_000 }).toMatch(/certificate|ENOENT/)
      expect(link.isUp()).toBe(false)
    } finally {
      link.close()
    }
  })
})
