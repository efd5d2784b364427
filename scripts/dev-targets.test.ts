/** What the make targets do beside a `make dev` in another terminal, without starting one. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askParts, healthTable } from './dev-health.ts'
import { lastLines, partsWithLogs } from './dev-logs.ts'
import { ROOT } from './env-file.ts'
import { freePort } from './ports.ts'

describe('make health', () => {
  it('tells what answers, what does not, and what the API says of what it stands on', async () => {
    const server = createServer((request, response) => {
      const isReadiness = request.url === '/health/ready'
      response.statusCode = isReadiness ? 503 : 200
      response.end(
        isReadiness
          ? '{"status":"down","parts":{"database":"down","store":"up","queue":"no worker","backup":"stale","archive":"none"}}'
          : '{"status":"ok"}',
      )
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      const { port: up } = server.address() as AddressInfo
      const down = await freePort()
      const ports = { web: up, api: up, dbAdmin: down, mailUi: up, smtp: up, whatsapp: down, postgres: down }
      const parts = await askParts(ports, '127.0.0.1')
      expect(parts.filter(({ isUp }) => isUp).map(({ name }) => name)).toEqual([
        'web',
        'api',
        'store',
        'archive',
        'mail',
        'smtp',
      ])
      const table = healthTable(parts)
      expect(table).toMatch(/^ready +DOWN .*answers 503, down$/m)
      expect(table).toMatch(/^database +DOWN .*the API says down$/m)
      expect(table).toMatch(/^queue +DOWN .*the API says no worker$/m)
      expect(table).toMatch(/^backup +DOWN .*the API says stale$/m)
      expect(table).toMatch(
        /^archive +up .*no WAL is archived here, which is fine where no point in time was promised$/m,
      )
      expect(table).toMatch(new RegExp(`^studio +DOWN .*ECONNREFUSED.*${down}$`, 'm'))
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe('make logs', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'logs of '))
    writeFileSync(path.join(folder, 'api.log'), 'first\nsecond\n{"level":40,"msg":"slow","route":"/x"}\n')
    writeFileSync(path.join(folder, 'web.log'), 'ready\n')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('shows the parts of a group alone', () => {
    expect(partsWithLogs(folder, 'all')).toEqual(['api', 'web'])
    expect(partsWithLogs(folder, 'backend')).toEqual(['api'])
    expect(partsWithLogs(folder, 'frontend')).toEqual(['web'])
    expect(() => partsWithLogs(folder, 'other')).toThrow('There are no logs "other"')
    expect(partsWithLogs(path.join(folder, 'none'), 'all')).toEqual([])
  })

  it('shows the last lines, readable, and none where none are wanted', () => {
    expect(lastLines(folder, 'api', 2)).toEqual(['api       | second', 'api       | warn  slow route=/x'])
    expect(lastLines(folder, 'api', 0)).toEqual([])
  })
})

describe('one clear line', () => {
  const run = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, encoding: 'utf8' })

  it('db-seed refuses in production', () => {
    const { status, stderr } = run(['scripts/db.ts', 'seed'], { NODE_ENV: 'production' })
    expect(status).toBe(1)
    expect(stderr.trim()).toBe(
      'The demo workspace has a known password: it is not put into a production database.',
    )
  })

  it('shell-redis names the store inside the process', () => {
    const { status, stdout } = run(['scripts/dev-shell.ts', 'redis'], { REDIS_URL: '' })
    expect(status).toBe(0)
    expect(stdout.trim()).toMatch(/^REDIS_URL is empty: .*store inside the API.*$/)
  })

  it.each([
    [['scripts/release.ts', 'huge', ''], /^LEVEL is .*major.*; not "huge"\.$/],
    [['scripts/release.ts', '', '1.2'], /^VERSION is three numbers, as 1\.2\.3; not "1\.2"\.$/],
    [['scripts/env-check.ts', 'mars'], /^FOR is production, development, test; not "mars"\.$/],
    [['scripts/docs/run.ts', 'docs/nothing.md'], /^ONLY is a document .*; not "docs\/nothing\.md"\.$/],
    [['scripts/backup/drill.ts', 'much'], /^MB is how many megabytes .*; not "much"\.$/],
    [['scripts/backup/point-drill.ts', 'much'], /^MB is how many megabytes .*; not "much"\.$/],
  ])('%s says in one line what it does not understand', (args, line) => {
    const { status, stdout, stderr } = run(args)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr.trim()).toMatch(line)
  })

  it('logs refuses a number of lines that is none', () => {
    const { status, stderr } = run(['scripts/dev-logs.ts', 'all'], { LINES: 'many' })
    expect(status).toBe(1)
    expect(stderr.trim()).toBe('LINES is no number of lines: many')
  })
})

describe('MODE=docker and MODE=prod', () => {
  const EVERYDAY = [
    'health',
    'logs',
    'logs-backend',
    'logs-frontend',
    'stop',
    'restart',
    'clean',
    'clean-all',
  ]
  const SHELLS = ['shell-postgres', 'shell-redis']
  // A machine without a container engine: Node alone is on the PATH.
  const without = (args: string[]) =>
    spawnSync(process.execPath, args, { cwd: ROOT, env: { PATH: ROOT }, encoding: 'utf8' })

  it.each([...EVERYDAY, ...SHELLS])('make %s goes to the stack', (target) => {
    for (const mode of ['docker', 'prod']) {
      const { stdout } = spawnSync('make', ['-n', target, `MODE=${mode}`], { cwd: ROOT, encoding: 'utf8' })
      expect(stdout).toContain(`scripts/compose-targets.ts ${target} ${mode}`)
    }
    const { stdout } = spawnSync('make', ['-n', target], { cwd: ROOT, encoding: 'utf8' })
    expect(stdout).not.toContain('compose-targets')
  })

  it.each([...EVERYDAY, ...SHELLS])('%s says in one line that there is no engine', (target) => {
    const { status, stderr } = without(['scripts/compose-targets.ts', target, 'docker'])
    expect(status).toBe(1)
    expect(stderr.trim()).toMatch(/^This needs a container engine with Compose: \S+$/)
  })

  it.each(['test-deploy', 'test-fluentd', 'test-cdn', 'test-acme', 'test-compose'])(
    '%s says in one line that there is no engine, before it does anything',
    (target) => {
      const { status, stdout, stderr } = without([`scripts/${target}.ts`])
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr.trim()).toMatch(/^This needs a container engine.*$/)
    },
  )

  it('test-roll says in one line that no production answers', async () => {
    const env = { PATH: ROOT, NGINX_HTTPS_PORT: String(await freePort()) }
    const { status, stderr } = spawnSync(process.execPath, ['scripts/test-roll.ts'], {
      ...{ cwd: ROOT, env, encoding: 'utf8' },
    })
    expect([status, stderr.trim()]).toEqual([
      1,
      expect.stringMatching(/^Production does not answer.*prod-up$/),
    ])
  })

  it('refuses another mode', () => {
    const { status, stderr } = spawnSync('make', ['health', 'MODE=dockre'], { cwd: ROOT, encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toContain('MODE is docker or prod, not dockre')
  })
})

describe('Makefile', () => {
  const makefile = readFileSync(path.join(ROOT, 'Makefile'), 'utf8')

  it('lists each target in make help and among the phony ones', () => {
    const targets = [...makefile.matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name)
    const listed = [...makefile.matchAll(/^([a-z0-9-]+):.*## \S/gm)].map(([, name]) => name)
    const phony = /^\.PHONY:((?:.*\\\n)*.*)$/m
      .exec(makefile)?.[1]
      ?.split(/[\s\\]+/)
      .filter(Boolean)
    expect(listed).toEqual(targets)
    expect([...(phony ?? [])].sort()).toEqual([...targets].sort())
    const { stdout } = spawnSync('make', ['--no-print-directory', 'help'], { cwd: ROOT, encoding: 'utf8' })
    const names = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => /^ {2}make (\S+) /.exec(line)?.[1])
    expect(names).toEqual(targets)
  })
})
