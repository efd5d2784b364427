import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig, readMigrationConfig } from './config.ts'
import { SECRET_VARIABLES, secretProblems, withSecretFiles } from './secrets.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'chronos-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hex = (seed: string): string => createHash('sha256').update(seed).digest('hex')
const GOOD: Record<string, string> = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://money.example',
  DATABASE_URL: 'postgresql://chronos_app:k3JH8sdf7Hs8dfhQ2a@db/chronos',
  DATABASE_CONTROL_URL: 'postgresql://chronos_control:Zu8sd7HHs9dfJqwe12@db/chronos',
  REDIS_URL: 'redis://cache:6379',
  JWT_SECRET: hex('a1b2c3d4e5'),
  SESSION_SECRET: hex('f6g7h8i9j0'),
  ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
}

describe('a secret in a file', () => {
  it.each(SECRET_VARIABLES)('%s is read from where its _FILE says', (name) => {
    const file = path.join(folder, name)
    writeFileSync(file, 'the secret itself\n')
    expect(withSecretFiles({ [`${name}_FILE`]: file })[name]).toBe('the secret itself')
  })

  it('serves the server and the migrations alike', () => {
    const { DATABASE_URL, JWT_SECRET, ...rest } = GOOD
    const [database, jwt] = ['database', 'jwt'].map((name) => path.join(folder, name)) as [string, string]
    writeFileSync(database, `${DATABASE_URL}\n`)
    writeFileSync(jwt, JWT_SECRET ?? '')
    const config = readConfig({ ...rest, DATABASE_URL_FILE: database, JWT_SECRET_FILE: jwt })
    expect([config.databaseUrl, config.jwtSecret]).toEqual([DATABASE_URL, JWT_SECRET])
    const url = (login: string): string => `postgresql://${login}:x@db/chronos`
    const migration = readMigrationConfig({
      DATABASE_URL_FILE: database,
      DATABASE_OWNER_URL: url('chronos_owner'),
      DATABASE_CONTROL_URL: url('chronos_control'),
      DATABASE_BACKUP_URL: url('chronos_backup'),
    })
    expect(migration.appUrl).toBe(DATABASE_URL)
  })

  it('is refused where the variable is set too, and where the file is not there', () => {
    const file = path.join(folder, 'twice')
    writeFileSync(file, 'one')
    expect(() => withSecretFiles({ JWT_SECRET: 'two', JWT_SECRET_FILE: file })).toThrow(/both set/)
    expect(() => withSecretFiles({ JWT_SECRET_FILE: path.join(folder, 'none') })).toThrow(
      /JWT_SECRET_FILE cannot be read/,
    )
  })
})

describe('a folder of secrets', () => {
  const [one, two] = ['one', 'two'].map((name) => path.join(folder, `folder-${name}`)) as [string, string]
  const file = (place: string, name: string, text: string): void => {
    mkdirSync(place, { recursive: true })
    writeFileSync(path.join(place, name), text)
  }

  it('may be several, of which the first that has a secret gives it; a variable that is set wins', () => {
    file(one, 'JWT_SECRET', 'of one')
    file(two, 'JWT_SECRET', 'of two')
    file(two, 'BACKUP_KEY', 'of two')
    const read = withSecretFiles({ SECRETS_FOLDER: `${one}, ${two}`, SESSION_SECRET: 'typed' })
    expect(read).toMatchObject({ JWT_SECRET: 'of one', BACKUP_KEY: 'of two', SESSION_SECRET: 'typed' })
    expect(withSecretFiles({ SECRETS_FOLDER: one, JWT_SECRET: 'typed' })['JWT_SECRET']).toBe('typed')
  })

  it('stands for the _FILE that the one-shot read, which its readers are told of and do not have', () => {
    file(one, 'JWT_SECRET', 'of one')
    const elsewhere = path.join(folder, 'mounted-elsewhere')
    const told = { JWT_SECRET_FILE: elsewhere, POSTGRES_PASSWORD_FILE: elsewhere }
    const read = withSecretFiles({ SECRETS_FOLDER: one, ...told })
    expect([read['JWT_SECRET'], read['POSTGRES_PASSWORD']]).toEqual(['of one', undefined])
    expect(() => withSecretFiles(told)).toThrow(/_FILE cannot be read/)
  })
})

describe('production', () => {
  it('starts with secrets of its own', () => {
    expect(secretProblems(GOOD)).toEqual([])
    expect(readConfig(GOOD).environment).toBe('production')
  })

  it.each([
    ['a placeholder', { JWT_SECRET: `change-me-${'x'.repeat(40)}` }, /JWT_SECRET is still the example's/],
    [
      'a placeholder inside an address',
      { DATABASE_URL: 'postgresql://chronos_app:change-me@db/chronos' },
      /DATABASE_URL is still the example's/,
    ],
    ['a token that is a placeholder', { WHATSAPP_API_TOKEN: 'change-me' }, /WHATSAPP_API_TOKEN is still/],
    [
      'a password of few characters',
      { DATABASE_URL: 'postgresql://chronos_app:secret@db/chronos' },
      /DATABASE_URL has a weak password/,
    ],
    [
      'an address without a password',
      { DATABASE_URL: 'postgresql://chronos_app@db/chronos' },
      /DATABASE_URL has a weak password/,
    ],
    ['a secret that repeats itself', { SESSION_SECRET: 'ab'.repeat(32) }, /SESSION_SECRET is weak/],
    ['a key of zeros', { ENCRYPTION_KEY: '0'.repeat(64) }, /ENCRYPTION_KEY is weak/],
    [
      'one secret for two things',
      { SESSION_SECRET: GOOD['JWT_SECRET'] ?? '' },
      /SESSION_SECRET is the same as JWT_SECRET/,
    ],
    [
      'one password for two logins',
      { DATABASE_CONTROL_URL: 'postgresql://chronos_control:k3JH8sdf7Hs8dfhQ2a@db/chronos' },
      /DATABASE_CONTROL_URL is the same as DATABASE_URL/,
    ],
    [
      'a key that is its own predecessor',
      { ENCRYPTION_KEY_PREVIOUS: GOOD['ENCRYPTION_KEY'] ?? '' },
      /ENCRYPTION_KEY_PREVIOUS is the same/,
    ],
  ])('refuses %s, and says which without saying what', (_what, change, message) => {
    const environment: Record<string, string> = { ...GOOD, ...change }
    expect(() => readConfig(environment)).toThrow(message)
    try {
      readConfig(environment)
    } catch (error) {
      for (const value of Object.values(change)) expect((error as Error).message).not.toContain(value)
    }
    expect(() => readConfig({ ...environment, NODE_ENV: 'development' })).not.toThrow()
  })
})
