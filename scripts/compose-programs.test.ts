/** Operators' targets on a stack of containers: in which container they run, and that none falls back on this checkout. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processEnvironment, ROOT } from './env-file.ts'

/** Names a container of each service but `gone`, writes down what is run there, and does for the export what sh would. */
const DOCKER = `
case "$1" in
  compose) exit 0 ;;
  ps) case "$*" in *service=\${GONE:-none}*) ;; *service=*) echo "$*" | sed -E 's/.*service=([a-z]+).*/c-\\1/' ;; esac ;;
  exec) printf '%s\\n' "$*" >> "$LOG"; [ -z "$SAYS" ] || printf '%s' "$SAYS"; exit \${CODE:-0} ;;
esac`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos programs '))
  mkdirSync(path.join(folder, 'bin'))
  writeFileSync(path.join(folder, 'bin/docker'), `#!/bin/sh${DOCKER}\n`)
  chmodSync(path.join(folder, 'bin/docker'), 0o755)
  writeFileSync(path.join(folder, 'settings'), 'POSTGRES_PASSWORD=x\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function make(args: string[], env: Record<string, string> = {}, mode = 'prod') {
  const log = path.join(folder, 'log')
  rmSync(log, { force: true })
  const { status, stdout, stderr } = spawnSync('make', ['--no-print-directory', `MODE=${mode}`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...processEnvironment(),
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      CHRONOS_ENV_FILE: path.join(folder, 'settings'),
      COMPOSE_PROJECT_NAME: '',
      LOG: log,
      ...env,
    },
  })
  const ran = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  return { status, stdout, stderr, ran }
}

describe('an operator’s target with MODE=prod', () => {
  it.each([
    [['audit-verify'], 'exec -i c-backend node backend/src/audit-verify.ts'],
    [['rotate-keys'], 'exec -i c-backend node backend/src/rotate-keys.ts'],
    [['tenant-list'], 'exec -i c-backend node backend/src/tenant-list.ts'],
    [
      ['tenant-create', 'NAME=Casa', 'EMAIL=a@b.c'],
      'exec -i c-backend node backend/src/tenant-create.ts Casa a@b.c',
    ],
    [
      ['operator-create', 'EMAIL=a@b.c', 'NAME=Ana'],
      'exec -i c-backend node backend/src/operator-create.ts a@b.c Ana',
    ],
    [
      ['person-sessions-end', 'EMAIL=a@b.c', 'REASON=a stolen "laptop"'],
      'exec -i c-backend node backend/src/person-sessions-end.ts a@b.c a stolen "laptop" ',
    ],
    [['person-reset-link', 'EMAIL=a@b.c'], 'exec -i c-backend node backend/src/person-reset-link.ts a@b.c'],
    [['db-report'], 'exec -i c-backup node backend/src/db-report.ts'],
    [['db-backup'], 'exec -i c-backup node scripts/backup/main.ts create'],
    [['db-verify-backup', 'FROM=chronos-1'], 'exec -i c-backup node scripts/backup/main.ts verify chronos-1'],
    [['db-maintain'], 'exec -i c-maintenance node backend/src/maintain.ts now'],
  ])('make %s runs where its secrets are, in development too where that has the service', (args, command) => {
    const { status, ran } = make(args)
    expect([status, ran.map((line) => line.trim())]).toEqual([0, [command.trim()]])
    const developed = make(args, {}, 'docker')
    const service = /c-(\w+)/.exec(command)?.[1] ?? ''
    if (service === 'backend')
      expect([developed.status, developed.ran.map((line) => line.trim())]).toEqual([0, [command.trim()]])
    else
      expect([developed.status, developed.ran, developed.stderr.split('\n')[0]]).toEqual([
        ...[2, []],
        `Development in containers has no ${service}: this is for MODE=prod, or without MODE.`,
      ])
  })

  it('fails as its program fails', () => {
    expect(make(['audit-verify'], { CODE: '1' }).status).toBe(2)
  })

  it('says in one line that the stack does not run, and touches no other database', () => {
    const { status, stderr, ran } = make(['audit-verify'], { GONE: 'backend' })
    expect(status).toBe(2)
    expect(stderr.split('\n')[0]).toBe('backend of chronos-financial-prod does not run: make prod-up')
    expect(ran).toEqual([])
  })

  it('db-migrate too: nothing could be migrated', () => {
    const { status, stderr } = make(['db-migrate'], { GONE: 'postgres' })
    const [line] = stderr.split('\n')
    expect([status, line]).toEqual([2, 'postgres of chronos-financial-prod does not run: make prod-up'])
  })

  it('writes an export into a file of this machine, for nobody else’s eyes and over none, and leaves no half', () => {
    const file = path.join(folder, 'books.zip')
    const wanted = ['tenant-export', 'TENANT=01a21b4f-c605-7144-ab59-b0f44f862b47', `OUT=${file}`]
    expect(make(wanted, { SAYS: 'half', CODE: '1' }).status).toBe(2)
    expect(existsSync(file)).toBe(false)
    const { status, ran } = make(wanted, { SAYS: 'PK whole' })
    expect([status, readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([0, 'PK whole', 0o600])
    expect(ran.at(-1)).toContain(
      'c-backend sh -c exec node backend/src/tenant-export.ts "$1" - 3>&1 >&2 sh 01a21b4f',
    )
    expect(make(wanted).stderr).toContain(`${file} is there already`)
  })

  it('that knows no MODE is refused before anything happens', () => {
    for (const target of ['db-reset', 'db-seed', 'db-studio', 'dev']) {
      const { status, stderr, ran } = make([target])
      expect([status, stderr]).toEqual([2, expect.stringContaining(`make ${target} knows no MODE=prod`)])
      expect(ran).toEqual([])
    }
  })
})
