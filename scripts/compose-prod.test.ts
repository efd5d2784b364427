/** What `make prod-up` and its relatives do around Compose: settings are looked at before, and no secret stays behind. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processEnvironment, ROOT } from './env-file.ts'

/** Runs everything of a stack well, writes down what it is asked, and has the one-shot's container still there. */
const DOCKER = `
printf '%s\\n' "$*" >> "$LOG"
printf '%s|%s\\n' "$*" "$CHRONOS_COMMIT" >> "$COMMITS"
container() { printf '{"Name":"/%s","State":{"Status":"%s","ExitCode":1},"Config":{"Labels":{"com.docker.compose.service":"%s"}},"NetworkSettings":{"Ports":{}}}' "$1" "$2" "$1"; }
case "$1" in
  compose) case "$*" in *" up "*"\${FAILS:-none}"*) exit 1 ;; *' up '*) exit \${UP:-0} ;; *'config --services') printf 'secrets\\nbackend\\nnginx\\n' ;; esac ;;
  ps) case "$*" in
    *config_files*) ;;
    *project=*status=exited) [ -z "$ENDED" ] || echo c-ended ;;
    *service=secrets*exited=0*) [ -z "$PS" ] || exit 1; [ -n "$KEPT" ] || echo c-secrets ;;
    'ps -aq'*) [ -z "$EMPTY" ] && echo c-1 ;;
    *service=nginx*|*service=backend*) [ -z "$EMPTY" ] && echo c-1 ;;
  esac ;;
  inspect) case "$*" in *c-ended) echo "$ENDED" ;; *Health*) echo healthy ;; *Image*) echo chronos-nginx:latest sha256:1 ;;
    'inspect c-1') echo "[$(container backend running),$(container nginx running)\${MORE:-}]" ;; esac ;;
  logs) echo 'BACKUP_KEY is not set: one was made' ;;
  exec) printf '%s' "$SAYS" ;;
esac
exit 0`

const SEED = {
  POSTGRES_DB: 'chronos',
  POSTGRES_USER: 'chronos_user',
  POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
  REDIS_PASSWORD: randomBytes(24).toString('hex'),
  JWT_SECRET: randomBytes(24).toString('hex'),
  SESSION_SECRET: randomBytes(24).toString('hex'),
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos prod '))
  mkdirSync(path.join(folder, 'bin'))
  writeFileSync(path.join(folder, 'bin/docker'), `#!/bin/sh${DOCKER}\n`)
  chmodSync(path.join(folder, 'bin/docker'), 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function make(
  target: string,
  settings: Record<string, string>,
  env: Record<string, string> = {},
  more: string[] = [],
) {
  const log = path.join(folder, 'log')
  for (const file of [log, path.join(folder, 'commit')]) rmSync(file, { force: true })
  const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(path.join(folder, 'settings'), text.join(''))
  const { status, stdout, stderr } = spawnSync('make', ['--no-print-directory', target, ...more], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...processEnvironment(),
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      CHRONOS_ENV_FILE: path.join(folder, 'settings'),
      ...{ COMPOSE_PROJECT_NAME: '', COMPOSE_OVERRIDE: '', LOG: log, COMMITS: path.join(folder, 'commit') },
      ...env,
    },
  })
  const ran = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  const started = ran.filter((line) => /^compose .* (up|build|run) ?/.test(line))
  return { status, stdout, stderr, ran, started }
}

describe('before production starts', () => {
  it.each(['prod-up', 'prod-update'])('make %s names each fault in a line, and starts nothing', (target) => {
    const { JWT_SECRET: _jwt, ...rest } = SEED
    const faults = {
      ...rest,
      DATABASE_URL: 'postgresql://user:password@host:port/database',
      POSTGRES_PASSWORD: 'secure_password',
      REDIS_PASSWORD: 'change-me',
      SESSION_SECRET: 'short',
      BCRYPT_ROUNDS: '99',
    }
    const { status, stderr, started } = make(target, faults)
    expect([status, started]).toEqual([2, []])
    const lines = stderr.split('\n')
    for (const fault of [
      /settings: JWT_SECRET is missing$/,
      /DATABASE_URL/,
      /POSTGRES_PASSWORD is still the example's/,
      /REDIS_PASSWORD is still the example's/,
      /SESSION_SECRET/,
      /BCRYPT_ROUNDS/,
    ])
      expect(lines.filter((line) => fault.test(line))).toHaveLength(1)
    expect(stderr).not.toMatch(/ {4}at |change-me/)
  })

  it('make prod-up takes what has always started, and says what of it should be mended', () => {
    expect(make('prod-up', SEED)).toMatchObject({ status: 0, stderr: '' })
    const { status, stderr, started } = make('prod-up', { ...SEED, POSTGRES_PASSWORD: 'hunter2' })
    expect([status, started.length]).toEqual([0, 1])
    expect(stderr).toContain('POSTGRES_PASSWORD has a weak password')
    expect(stderr).not.toContain('hunter2')
  })

  it('takes a secret that an override mounts into the containers, or sets', () => {
    const { JWT_SECRET: _jwt, ...rest } = SEED
    const mounted = { ...rest, JWT_SECRET_FILE: '/run/secrets/none-of-this-machine' }
    expect(make('prod-up', mounted)).toMatchObject({ status: 0 })
    expect(make('prod-up', rest, { COMPOSE_OVERRIDE: 'own.yml' }).stderr).toContain('JWT_SECRET')
    expect(make('prod-up', rest, { COMPOSE_OVERRIDE: 'own.yml' }).status).toBe(0)
  })

  it('make build-prod builds all the same, and says it before the minutes that takes', () => {
    const { status, stderr, started } = make('build-prod', { ...SEED, SESSION_SECRET: 'short' })
    expect([status, started.length]).toEqual([0, 1])
    expect(stderr).toContain('SESSION_SECRET is weak')
  })

  it('the commit goes into images alone: for docker-compose 1.29 it would make each container another one', () => {
    const commitOf = (target: string): string => {
      make(target, SEED, { CHRONOS_COMMIT: 'abcdef1' })
      return readFileSync(path.join(folder, 'commit'), 'utf8')
    }
    expect(commitOf('build-prod')).toContain(' build|abcdef1\n')
    expect(commitOf('prod-up')).toMatch(/^compose .* up .*\|$/m)
  })
})

describe('after production has started', () => {
  const removals = (ran: string[]): string[] => ran.filter((line) => line.startsWith('rm '))

  it('the one-shot is gone, whose environment has every secret, and what it said is on the terminal', () => {
    const { ran, stdout } = make('prod-up', SEED)
    expect(removals(ran)).toEqual(['rm c-secrets'])
    expect(ran.findIndex((line) => line.startsWith('rm '))).toBeGreaterThan(
      ran.findIndex((line) => line.includes(' up ')),
    )
    expect(stdout).toContain('BACKUP_KEY is not set: one was made')
  })

  it('make health knows that it is gone, and not what failed or was never there', () => {
    const health = (env: Record<string, string> = {}) => make('health', SEED, env, ['MODE=prod'])
    expect(health().stdout).toMatch(/secrets +up .*ended well and was removed/i)
    expect(health().status).toBe(0)
    expect(health({ EMPTY: '1' }).stderr).toMatch(/^Nothing of chronos-financial-prod runs: make prod-up\n/)
    const failed = `,${JSON.stringify({
      Name: '/secrets',
      State: { Status: 'exited', ExitCode: 1 },
      Config: { Labels: { 'com.docker.compose.service': 'secrets' } },
      NetworkSettings: { Ports: {} },
    })}`
    const { status, stdout } = health({ MORE: failed })
    expect([status, stdout]).toEqual([2, expect.stringMatching(/secrets +down .*ended with 1/i)])
  })

  it.each([
    [0, 'up', 'archived', /the last file of WAL went 12 s ago$/m],
    [0, 'up', 'none', /no WAL is archived here, which is fine/],
    [2, 'DOWN', 'late', /went 12 s ago, and files wait: docs\/runbooks\/wal-archive\.md$/m],
  ])(
    'make health ends with %i and says %s where the API says that WAL is %s',
    (code, word, archive, line) => {
      const SAYS = JSON.stringify({ status: 'x', parts: { database: 'up', archive }, archivedSecondsAgo: 12 })
      const { status, stdout } = make('health', SEED, { SAYS }, ['MODE=prod'])
      expect(status).toBe(code)
      expect(stdout).toMatch(new RegExp(`^archive +${word} `, 'm'))
      expect(stdout).toMatch(line)
      // Where the API does not say, its own line does.
      expect(make('health', SEED, { SAYS: 'fetch failed' }, ['MODE=prod']).stdout).not.toMatch(/^archive/m)
    },
  )

  it.each([
    ['prod-up', { UP: '1' }],
    ['prod-update', { FAILS: 'migrate' }],
    ['prod-update', { FAILS: 'backend' }],
  ])('make %s takes it away too where it fails (%o)', (target, failure) => {
    const { status, ran, stderr } = make(target, SEED, failure)
    expect([status, removals(ran)]).toEqual([2, ['rm c-secrets']])
    expect(stderr).toMatch(/^docker-compose up .* failed\.$/m)
  })

  it('what a part said that ended with an error is said, by its name', () => {
    const { stderr } = make('prod-up', SEED, { UP: '1', ENDED: 'migrate 1' })
    expect(stderr).toMatch(
      /^migrate ended with 1:\n  BACKUP_KEY is not set: one was made\ndocker-compose up .* failed\.$/m,
    )
    for (const ENDED of ['migrate 0', 'backend 143'])
      expect(make('prod-up', SEED, { UP: '1', ENDED }).stderr).not.toContain('ended with')
  })

  it('what failed is said, and not that there was nothing to take away', () => {
    const { stderr } = make('prod-up', SEED, { UP: '1', PS: '1' })
    expect(stderr).toMatch(/^docker-compose up .* failed\.$/m)
    expect(stderr).not.toMatch(/ {4}at /)
  })

  it('leaves a one-shot that failed itself, for whoever looks why', () => {
    const { status, ran } = make('prod-up', SEED, { UP: '1', KEPT: '1' })
    expect([status, removals(ran)]).toEqual([2, []])
  })
})
