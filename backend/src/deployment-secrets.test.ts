import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deploymentSecrets, type SecretFiles } from './deployment-secrets.ts'

const EMPTY: SecretFiles = {
  app: {},
  owner: {},
  backup: {},
  postgres: {},
  redis: {},
  monitoring: {},
  maintenance: {},
  logs: {},
}
const random = (): string => randomBytes(32).toString('hex')
/** The seed's variables and no others. */
const SEED = {
  DATABASE_URL: 'postgresql://chronos_user:admin%2Fpassword@postgres:5432/chronos_production',
  POSTGRES_DB: 'chronos_production',
  POSTGRES_USER: 'chronos_user',
  POSTGRES_PASSWORD: 'admin/password',
  REDIS_URL: 'redis://redis:6379',
  REDIS_PASSWORD: 'redis-password',
  JWT_SECRET: 'jwt',
  SESSION_SECRET: 'session',
}

describe('secrets of a deployment', () => {
  it("come from the seed's variables alone: API and worker sign in as the application, and it is said", () => {
    const { files, notes } = deploymentSecrets(SEED, EMPTY, random)
    const url = new URL(files.app['DATABASE_URL'] ?? '')
    expect([url.username, url.host, url.pathname]).toEqual([
      'chronos_app',
      'postgres:5432',
      '/chronos_production',
    ])
    expect(new URL(files.app['DATABASE_CONTROL_URL'] ?? '').username).toBe('chronos_control')
    expect(files.app['ENCRYPTION_KEY']).toMatch(/^[0-9a-f]{64}$/)
    expect(files.backup['BACKUP_KEY']).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/)
    expect(files.owner['DATABASE_ADMIN_URL']).toBe(SEED.DATABASE_URL)
    expect(notes.join('\n')).toMatch(/DATABASE_URL names the administrator chronos_user/)
    expect(notes.join('\n')).toMatch(/ENCRYPTION_KEY is not set/)
    expect(notes.join('\n')).toMatch(/BACKUP_KEY is not set/)
  })

  it('give nobody what is not theirs: no administrator, owner or backup for the application', () => {
    const { files } = deploymentSecrets(SEED, EMPTY, random)
    const owners = ['DATABASE_OWNER_URL', 'DATABASE_BACKUP_URL', 'DATABASE_MAINTENANCE_URL'].map(
      (name) => new URL(files.owner[name] ?? '').password,
    )
    const text = JSON.stringify(files.app)
    for (const secret of ['admin/password', 'admin%2Fpassword', ...owners]) expect(text).not.toContain(secret)
    expect(Object.keys(files.backup).sort()).toEqual([
      'BACKUP_KEY',
      'DATABASE_BACKUP_URL',
      'DATABASE_CONTROL_URL',
    ])
    expect(text).not.toContain(files.backup['BACKUP_KEY'])
    expect(Object.keys(files.maintenance)).toEqual(['DATABASE_MAINTENANCE_URL'])
    expect(Object.keys(files.postgres)).toEqual(['POSTGRES_PASSWORD'])
    const watched = { ...SEED, METRICS_TOKEN: 'm'.repeat(32), GRAFANA_PASSWORD: 'for people alone' }
    const others = deploymentSecrets(watched, EMPTY, random).files
    expect(Object.keys(others.monitoring)).toEqual(['METRICS_TOKEN', 'GRAFANA_PASSWORD'])
    expect(others.app).toHaveProperty('METRICS_TOKEN')
    expect(others.app).not.toHaveProperty('GRAFANA_PASSWORD')
  })

  it('stay what they were at the next start', () => {
    const { files } = deploymentSecrets(SEED, EMPTY, random)
    expect(deploymentSecrets(SEED, files, random).files).toEqual(files)
  })

  it('are the operator’s own where those are set', () => {
    const own = {
      ...SEED,
      DATABASE_URL: 'postgresql://chronos_app:mine@db.example:5433/books',
      DATABASE_OWNER_URL: 'postgresql://chronos_owner:theirs@db.example:5433/books',
      ENCRYPTION_KEY: 'ab'.repeat(32),
      BACKUP_KEY: 'the operator’s own',
      LOG_S3_SECRET_KEY: 'of the bucket of logs',
    }
    const { files, notes } = deploymentSecrets(own, EMPTY, random)
    expect(files.app['DATABASE_URL']).toBe(own.DATABASE_URL)
    expect(files.owner['DATABASE_OWNER_URL']).toBe(own.DATABASE_OWNER_URL)
    expect(new URL(files.app['DATABASE_CONTROL_URL'] ?? '').host).toBe('db.example:5433')
    expect(files.app['ENCRYPTION_KEY']).toBe(own.ENCRYPTION_KEY)
    expect(files.backup['BACKUP_KEY']).toBe(own.BACKUP_KEY)
    expect(files.logs).toEqual({ LOG_S3_SECRET_KEY: own.LOG_S3_SECRET_KEY })
    expect(JSON.stringify(files.app)).not.toContain(own.LOG_S3_SECRET_KEY)
    expect(notes).toEqual([])
  })

  it.each([
    ['another login', { DATABASE_URL: 'postgresql://root:x@db/books' }, /DATABASE_URL signs in as root/],
    ['no address', { DATABASE_URL: 'postgresql://user:password@host:port/database' }, /must look like/],
    ['no password', { DATABASE_URL: '', POSTGRES_PASSWORD: '' }, /POSTGRES_PASSWORD is missing/],
  ])('%s is refused by name', (_what, change, message) => {
    expect(() => deploymentSecrets({ ...SEED, ...change }, EMPTY, random)).toThrow(message)
  })
})
