import { X509Certificate, createPrivateKey } from 'node:crypto'
import { expect, it } from 'vitest'
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

it('leaves servers of somebody else’s, and addresses that say themselves how they are reached', () => {
  const elsewhere = filesOf({
    DATABASE_URL: 'postgresql://chronos_app:x@db.example/books',
    DATABASE_BACKUP_URL: 'postgresql://chronos_backup:x@postgres/books?sslmode=require',
    REDIS_URL: 'rediss://cache.example:6380',
  })
  expect(elsewhere.app['DATABASE_URL']).toBe('postgresql://chronos_app:x@db.example/books')
  expect(elsewhere.backup['DATABASE_BACKUP_URL']).toBe(
    'postgresql://chronos_backup:x@postgres/books?sslmode=require',
  )
  expect(elsewhere.app['REDIS_URL']).toBe('rediss://cache.example:6380')
  expect(elsewhere.app).not.toHaveProperty('redis.pem')
})

it('stays what it was at the next start', () => {
  const files = filesOf({})
  expect(keptCertificate(files, 'postgres')).toEqual(certificates.postgres)
  expect(keptCertificate(files, 'redis')).toEqual(certificates.redis)
  expect(keptCertificate(EMPTY, 'redis')).toBeNull()
  const next = deploymentSecrets(ADMIN, files, () => 'cd'.repeat(32)).files
  expect(withTls(next, FOLDER, certificates)).toEqual(files)
})
