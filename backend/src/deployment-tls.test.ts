import { X509Certificate, createPrivateKey } from 'node:crypto'
import { expect, it } from 'vitest'
import { plainNotes } from './deployment-addresses.ts'
import { deploymentSecrets, type SecretFiles } from './deployment-secrets.ts'
import { issueCertificate, keptCertificate, withTls, type Certificate } from './deployment-tls.ts'

const EMPTY: SecretFiles = {
  ...{ app: {}, owner: {}, backup: {}, postgres: {}, redis: {} },
  ...{ monitoring: {}, maintenance: {}, logs: {} },
}
const FOLDER = '/run/chronos'
const ADMIN = { POSTGRES_USER: 'admin', POSTGRES_PASSWORD: 'pass/word' }
const certificates = { postgres: issueCertificate('postgres'), redis: issueCertificate('redis') }
const filesOf = (environment: Record<string, string>): SecretFiles =>
  withTls(
    deploymentSecrets({ ...ADMIN, ...environment }, EMPTY, () => 'ab'.repeat(32)).files,
    FOLDER,
    certificates,
  )

it('makes a certificate that is good for the server’s name and this machine, for years, and its key', () => {
  const { certificate, key } = certificates.postgres
  const read = new X509Certificate(certificate)
  expect([read.checkHost('postgres'), read.checkIP('127.0.0.1')]).toEqual(['postgres', '127.0.0.1'])
  expect(read.checkHost('redis')).toBeUndefined()
  expect(new Date(read.validTo).getTime()).toBeGreaterThan(Date.now() + 15 * 365 * 86_400_000)
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
})

it('names the workers of a cluster too, and makes another one where the kept one does not', () => {
  const workers = ['citus-worker1', 'citus-worker2']
  const of = ({ certificate, key }: Certificate): SecretFiles => ({
    ...EMPTY,
    postgres: { 'postgres.pem': certificate, 'postgres.key': key },
  })
  expect(keptCertificate(of(certificates.postgres), 'postgres', workers)).toBeNull()
  const cluster = issueCertificate('postgres', workers)
  const read = new X509Certificate(cluster.certificate)
  expect(['postgres', ...workers].map((name) => read.checkHost(name))).toEqual(['postgres', ...workers])
  expect(keptCertificate(of(cluster), 'postgres', workers)).toEqual(cluster)
  // Back on one server, nobody needs another.
  expect(keptCertificate(of(cluster), 'postgres')).toEqual(cluster)
})

it('asks for that certificate and no other in every address of the two servers', () => {
  const files = filesOf({})
  for (const reader of ['app', 'owner', 'backup', 'maintenance'] as const) {
    const addresses = Object.entries(files[reader]).filter(([name]) => name.startsWith('DATABASE_'))
    expect(addresses.length).toBeGreaterThan(0)
    for (const [name, address] of addresses) {
      const { searchParams } = new URL(address)
      expect([name, searchParams.get('sslmode'), searchParams.get('sslrootcert')]).toEqual([
        name,
        'verify-full',
        `/run/chronos/${reader}/postgres.pem`,
      ])
    }
    expect(files[reader]['postgres.pem']).toBe(certificates.postgres.certificate)
  }
  expect(files.app['REDIS_URL']).toBe('rediss://redis:6379?cacert=%2Frun%2Fchronos%2Fapp%2Fredis.pem')
  expect(files.redis['redis.conf']).toMatch(/^requirepass .*\nport 0\ntls-port 6379\n/)
})

it('gives a key to its server alone', () => {
  const files = filesOf({})
  for (const [reader, values] of Object.entries(files)) {
    const keys = Object.entries(values).filter(([, value]) => value.includes('PRIVATE KEY'))
    expect(keys.map(([name]) => name)).toEqual(
      reader === 'postgres' ? ['postgres.key'] : reader === 'redis' ? ['redis.key'] : [],
    )
  }
})

it('leaves servers of somebody else’s, and addresses that name another authority', () => {
  const given = {
    DATABASE_URL: 'postgresql://chronos_app:x@db.example/books',
    DATABASE_BACKUP_URL:
      'postgresql://chronos_backup:x@postgres/books?sslmode=verify-full&sslrootcert=/own.pem',
    DATABASE_OWNER_URL: 'postgresql://chronos_owner:x@postgres.example/books',
    REDIS_URL: 'rediss://cache.example:6380',
  }
  const elsewhere = filesOf(given)
  expect(elsewhere.app['DATABASE_URL']).toBe(given.DATABASE_URL)
  expect(elsewhere.backup['DATABASE_BACKUP_URL']).toBe(given.DATABASE_BACKUP_URL)
  expect(elsewhere.owner['DATABASE_OWNER_URL']).toBe(given.DATABASE_OWNER_URL)
  expect(elsewhere.app['REDIS_URL']).toBe('rediss://cache.example:6380')
  expect(elsewhere.app).not.toHaveProperty('redis.pem')
  // The last of several is the one that is reached.
  const last =
    'postgresql://chronos_app:x@postgres/books?host=postgres&host=db.example&sslmode=require&sslmode=disable'
  expect(filesOf({ DATABASE_URL: last }).app['DATABASE_URL']).toBe(last)
  expect(plainNotes(filesOf({ DATABASE_URL: last })).join('\n')).toMatch(
    /DATABASE_URL reaches db\.example without/,
  )
})

it.each([
  'postgres/books',
  'postgres:5432/books',
  'POSTGRES/books',
  'Postgres.:5432/books',
  '%70ostgres/books',
  'other/books?host=postgres',
  'other/books?host=other&host=postgres',
  'postgres/books?host=other&host=',
  'postgres/books?sslmode=require',
  'postgres/books?sslmode=prefer&application_name=x',
  'postgres/books?ssl=true',
])('knows its PostgreSQL however the address is written: %s', (rest) => {
  const { app, owner } = filesOf({
    DATABASE_URL: `postgresql://chronos_app:x@${rest}`,
    DATABASE_OWNER_URL: `postgres://chronos_owner:x@${rest}`,
  })
  for (const [address, reader] of [
    [app['DATABASE_URL'], 'app'],
    [app['DATABASE_CONTROL_URL'], 'app'],
    [owner['DATABASE_OWNER_URL'], 'owner'],
  ] as const) {
    const { hostname, pathname, searchParams } = new URL(address ?? '')
    expect([hostname, pathname, searchParams.get('host')]).toEqual(['postgres', '/books', null])
    expect([searchParams.get('sslmode'), searchParams.get('sslrootcert')]).toEqual([
      'verify-full',
      `/run/chronos/${reader}/postgres.pem`,
    ])
  }
})

it.each([
  'redis://redis',
  'rediss://redis',
  'rediss://REDIS:6379',
  'redis://:x@redis.:6379/1',
  'REDISS://redis',
])('knows its Redis however the address is written: %s', (address) => {
  const { app } = filesOf({ REDIS_URL: address })
  const url = new URL(app['REDIS_URL'] ?? '')
  expect([url.protocol, url.hostname]).toEqual(['rediss:', 'redis'])
  expect(url.searchParams.get('cacert')).toBe('/run/chronos/app/redis.pem')
  expect(app['redis.pem']).toBe(certificates.redis.certificate)
})

it('asks for TLS in each address of a list', () => {
  const { app } = filesOf({
    DATABASE_REPLICA_URLS:
      'postgresql://chronos_app:x@replica.example/books, postgresql://chronos_app:x@Postgres/books',
  })
  const [there, here] = (app['DATABASE_REPLICA_URLS'] ?? '').split(',')
  expect(there).toBe('postgresql://chronos_app:x@replica.example/books')
  expect(new URL(here ?? '').searchParams.get('sslmode')).toBe('verify-full')
})

it('says loudly of every server that is reached without TLS, and nothing of the others', () => {
  expect(plainNotes(filesOf({}))).toEqual([])
  const others = { DATABASE_URL: 'postgresql://chronos_app:x@db.example/books?sslmode=require' }
  expect(plainNotes(filesOf({ ...others, REDIS_URL: 'rediss://cache.example' }))).toEqual([])
  const notes = plainNotes(
    filesOf({
      DATABASE_URL: 'postgresql://chronos_app:secret@db.example/books',
      DATABASE_CONTROL_URL: 'postgresql://chronos_control:secret@postgres/books?sslmode=disable',
      REDIS_URL: 'redis://:secret@cache.example',
    }),
  ).join('\n')
  for (const said of [
    /DATABASE_URL reaches db\.example without TLS/,
    /DATABASE_CONTROL_URL reaches postgres/,
  ])
    expect(notes).toMatch(said)
  expect(notes).toMatch(/REDIS_URL reaches cache\.example without TLS: rediss/)
  expect(notes).not.toContain('secret')
})

it('refuses an address that it cannot read, by its name alone', () => {
  for (const change of [
    { DATABASE_OWNER_URL: 'postgresql://chronos_owner:a#secret@postgres/books' },
    { REDIS_URL: 'redis:6379' },
    { REDIS_URL: 'https://redis' },
  ]) {
    expect(() => filesOf(change)).toThrow(`${Object.keys(change)[0]} must look like`)
    expect(() => filesOf(change)).not.toThrow(/secret/)
  }
})

it('stays what it was at the next start', () => {
  const files = filesOf({})
  expect(keptCertificate(files, 'postgres')).toEqual(certificates.postgres)
  expect(keptCertificate(files, 'redis')).toEqual(certificates.redis)
  expect(keptCertificate(EMPTY, 'redis')).toBeNull()
  const next = deploymentSecrets(ADMIN, files, () => 'cd'.repeat(32)).files
  expect(withTls(next, FOLDER, certificates)).toEqual(files)
})
