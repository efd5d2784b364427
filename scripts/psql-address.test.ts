/** `make shell-postgres` reaches the server that the address names, in the way the address says. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { freePort } from './ports.ts'
import { psqlConnection } from './psql-address.ts'

describe('what psql is told of an address', () => {
  it('is all that it says, and the password not as an argument', () => {
    const password = ['p', 'w'].join('/')
    const { args, env } = psqlConnection(
      `postgresql://ana%40x:${encodeURIComponent(password)}@[::1]:6432/my%20books?sslmode=verify-full&sslrootcert=/run/my%20ca.pem&options=-c%20search_path%3Dapp&application_name=a%2Bb`,
    )
    expect(args).toEqual([
      'postgresql://ana%40x@[::1]:6432/my%20books?sslmode=verify-full&sslrootcert=%2Frun%2Fmy%20ca.pem&options=-c%20search_path%3Dapp&application_name=a%2Bb',
    ])
    expect(env).toEqual({ PGPASSWORD: password })
  })

  it('has nothing that only Node knows', () => {
    const { args } = psqlConnection('postgres://a:b@db/x?sslmode=no-verify&uselibpqcompat=true&max=3')
    expect(args).toEqual(['postgres://a@db/x?sslmode=require'])
    expect(psqlConnection('postgresql://a@db/x?password=secret')).toEqual({
      args: ['postgresql://a@db/x'],
      env: { PGPASSWORD: 'secret' },
    })
  })
})

describe('make shell-postgres on another server', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'chronos-psql-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const shell = (env: Record<string, string>) => {
    const psql = path.join(folder, 'psql')
    writeFileSync(psql, '#!/bin/sh\necho "$* $PGPASSWORD"\n')
    chmodSync(psql, 0o755)
    const own = { PATH: process.env['PATH'] ?? '', PSQL_PATH: psql, NODE_ENV: 'production', ...env }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/dev-shell.ts', 'postgres'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: own,
    })
    return { status, stdout, stderr }
  }

  it('signs in there as the administrator, to the product’s database, and says so', () => {
    const file = path.join(folder, 'owner')
    writeFileSync(file, 'postgresql://chronos_owner:o@db.example/books?sslmode=require\n')
    const admin = 'postgresql://root:secret@db.example:6432/postgres?sslmode=verify-full&sslrootcert=/ca.pem'
    expect(
      shell({ DATABASE_ADMIN_URL: admin, DATABASE_OWNER_URL_FILE: file, DATABASE_OWNER_URL: '' }),
    ).toEqual({
      status: 0,
      stdout: 'postgresql://root@db.example:6432/books?sslmode=verify-full&sslrootcert=%2Fca.pem secret\n',
      stderr: 'On db.example:6432/books as root.\n',
    })
  })

  it('or else as the owner, and says in one line where it has neither', () => {
    const owner = 'postgresql://chronos_owner:o@db.example/books?sslmode=require'
    expect(shell({ DATABASE_OWNER_URL: owner }).stdout).toBe(
      'postgresql://chronos_owner@db.example/books?sslmode=require o\n',
    )
    const { status, stderr } = shell({ DATABASE_ADMIN_URL: 'nonsense', DATABASE_OWNER_URL: '' })
    expect([status, stderr.trim()]).toEqual([
      1,
      expect.stringMatching(/^DATABASE_ADMIN_URL or .* is needed.*$/),
    ])
  })
})

it('make shell-redis believes the authority that the address names', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-redis-'))
  const cli = path.join(folder, 'redis-cli')
  writeFileSync(cli, '#!/bin/sh\necho "$* $REDISCLI_AUTH"\n', { mode: 0o755 })
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', REDIS_CLI_PATH: cli },
    REDIS_URL: 'rediss://:secret@cache.example:6380/0?cacert=%2Frun%2Fca.pem',
  }
  const { stdout } = spawnSync(process.execPath, ['scripts/dev-shell.ts', 'redis'], {
    ...{ cwd: ROOT, encoding: 'utf8', env },
  })
  rmSync(folder, { recursive: true, force: true })
  expect(stdout).toBe('--cacert /run/ca.pem -u rediss://cache.example:6380/0 secret\n')
})

const real = ['/usr/bin/psql', '/usr/local/bin/psql', '/opt/homebrew/bin/psql'].find(
  (file) => spawnSync(file, ['--version']).status === 0,
)
it.runIf(real !== undefined)('is understood by the psql of this machine', async () => {
  const { args, env } = psqlConnection(
    `postgresql://a:b@127.0.0.1:${await freePort()}/x?sslmode=require&application_name=a%20b&uselibpqcompat=true`,
  )
  const { stderr } = spawnSync(real ?? '', args, { env: { ...process.env, ...env }, encoding: 'utf8' })
  expect(stderr).toContain('Connection refused')
})
