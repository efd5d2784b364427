import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureEnvFile, freshEnvironment, readEnvironment, ROOT, withFreshSecrets } from './env-file.ts'
import { localEnvironment, readPorts } from './settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos-env-'))
  writeFileSync(
    path.join(folder, '.env.example'),
    'A=1\nSECRET=change-me\nURL=postgresql://x:change-me@h/d\n# change-me\n',
  )
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('.env', () => {
  it('is made once, with a fresh secret for each placeholder, readable by its owner alone', () => {
    expect(ensureEnvFile(folder)).toBe(true)
    const text = readFileSync(path.join(folder, '.env'), 'utf8')
    const secrets = text.match(/[0-9a-f]{64}/g) ?? []
    expect(new Set(secrets).size).toBe(2)
    expect(text).toMatch(/^A=1$/m)
    expect(text).toMatch(/^# change-me$/m)
    expect(statSync(path.join(folder, '.env')).mode & 0o777).toBe(0o600)
  })

  it('names the project of make, so that Compose by itself finds it in a folder of any name', () => {
    writeFileSync(path.join(folder, '.env.example'), readFileSync(path.join(ROOT, '.env.example')))
    ensureEnvFile(folder)
    expect(parseEnv(readFileSync(path.join(folder, '.env'), 'utf8'))['COMPOSE_PROJECT_NAME']).toBe(
      'chronos-financial',
    )
    // Production's file is made of the example too, and is another project.
    const { COMPOSE_PROJECT_NAME: ofExample } = parseEnv(
      readFileSync(path.join(ROOT, '.env.example'), 'utf8'),
    )
    expect(ofExample).toBe('')
  })

  it('is never touched when it exists', () => {
    writeFileSync(path.join(folder, '.env'), 'A=mine\n')
    expect(ensureEnvFile(folder)).toBe(false)
    expect(readFileSync(path.join(folder, '.env'), 'utf8')).toBe('A=mine\n')
  })

  it('stands over the defaults and under the real environment', () => {
    writeFileSync(path.join(folder, '.env'), 'A=2\nPATH=nowhere\n')
    const env = readEnvironment(folder)
    expect([env['A'], env['SECRET'], env['PATH']]).toEqual(['2', 'change-me', process.env['PATH']])
  })

  it('is what tests do not see', () => {
    writeFileSync(path.join(folder, '.env'), 'A=2\n')
    expect(freshEnvironment(folder)['A']).toBe('1')
  })
})

describe('.env.example', () => {
  const env = freshEnvironment(ROOT)

  it('leaves no placeholder once secrets are put in', () => {
    const text = withFreshSecrets(readFileSync(path.join(ROOT, '.env.example'), 'utf8'))
    const values = text.split('\n').filter((line) => /^[A-Z_]+=/.test(line))
    expect(values.filter((line) => line.includes('change-me'))).toEqual([])
  })

  it('has the ports of the seed and a number id', () => {
    expect(readPorts(env)).toMatchObject({
      web: 3000,
      api: 3001,
      dbAdmin: 8080,
      mailUi: 8025,
      postgres: 54_329,
    })
    expect(env['WHATSAPP_PHONE_NUMBER_ID']).toBe('106540352242922')
  })

  it('becomes a local environment whose addresses follow the ports', () => {
    const ports = { ...readPorts(env), web: 3100, whatsapp: 4100, smtp: 1125, postgres: 54_500 }
    const local = localEnvironment(env, ports, 'postgresql://postgres:x@127.0.0.1:54500/postgres')
    expect(new URL(local['DATABASE_URL'] ?? '').port).toBe('54500')
    expect(new URL(local['DATABASE_BACKUP_URL'] ?? '').username).toBe('chronos_backup')
    expect(local).toMatchObject({
      PUBLIC_URL: 'http://localhost:3100',
      WHATSAPP_GRAPH_URL: 'http://127.0.0.1:4100',
      EMAIL_HOST: '127.0.0.1',
      EMAIL_PORT: '1125',
    })
  })
})

describe('ports', () => {
  it.each([
    ['no number', { API_PORT: 'abc' }, /API_PORT is not a port number/],
    ['too large', { WEB_PORT: '70000' }, /WEB_PORT is not a port number/],
    ['twice the same', { API_PORT: '3000' }, /API_PORT and WEB_PORT are both 3000/],
  ])('%s is an error that names the variable', (_name, change, message) => {
    expect(() => readPorts({ ...freshEnvironment(ROOT), ...change })).toThrow(message)
  })
})
