import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { readConfig, type Config } from './config.ts'
import { createContext } from './context.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

function config(databaseUrl: string, controlUrl: string): Config {
  return readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
    DATABASE_CONTROL_URL: controlUrl,
    JWT_SECRET: 'jwt-secret-of-tests-0123456789abcdef',
    SESSION_SECRET: 'session-secret-of-tests-0123456789abcdef',
    ENCRYPTION_KEY: '0'.repeat(64),
  })
}

function adminUrl(): string {
  const url = new URL(inject('adminUrl'))
  url.pathname = new URL(database.appUrl).pathname
  return url.href
}

describe('the server', () => {
  it('starts with the logins that row level security binds', async () => {
    const context = await createContext(config(database.appUrl, database.controlUrl))
    await context.close()
  })

  it('refuses to start as a superuser, with BYPASSRLS, or as the owner of tables', async () => {
    for (const url of [adminUrl(), database.backupUrl, database.ownerUrl]) {
      await expect(createContext(config(url, database.controlUrl))).rejects.toThrow(
        /^DATABASE_URL signs in as/,
      )
      await expect(createContext(config(database.appUrl, url))).rejects.toThrow(
        /^DATABASE_CONTROL_URL signs in as/,
      )
    }
  })
})

describe('the configuration', () => {
  it('names everything that is missing or wrong at once', () => {
    expect(() => readConfig({ JWT_SECRET: 'short', DATABASE_URL: 'mysql://x' })).toThrow(
      /DATABASE_URL: must be a postgresql[\s\S]*DATABASE_CONTROL_URL[\s\S]*JWT_SECRET: needs 32/,
    )
  })

  it('demands Redis in production', () => {
    const secret = (): string => randomBytes(32).toString('hex')
    const environment = {
      NODE_ENV: 'production',
      DATABASE_URL: `postgresql://a:${secret()}@b/c`,
      DATABASE_CONTROL_URL: `postgresql://b:${secret()}@b/c`,
      JWT_SECRET: secret(),
      SESSION_SECRET: secret(),
      ENCRYPTION_KEY: secret(),
    }
    expect(() => readConfig(environment)).toThrow(/REDIS_URL is required/)
    expect(readConfig({ ...environment, REDIS_URL: 'redis://r:6379' }).redisUrl).toBe('redis://r:6379')
  })
})
