/** Restoring in production, with the scripts that the container runs on this machine's bash, and files that go in and out. */
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processEnvironment, ROOT } from './env-file.ts'

/** Runs what `recovery` is told to with this machine's bash, /scratch being a folder of the test. */
const DOCKER = `
printf '%s\\n' "$*" >> "$LOG"
case "$1" in
  compose) case "$*" in *' up '*) exit \${UP:-0} ;; *' run --rm --no-deps -T recovery '*)
    while [ "$1" != recovery ]; do shift; done; shift
    PATH="$PLACE/inside:$PATH"; export PATH
    if [ "$1" = bash ]; then
      script=$(printf %s "$3" | sed "s#/scratch#$PLACE/scratch#g"); shift 3; exec bash -c "$script" "$@"
    fi
    exec "$@" ;; esac ;;
  ps) case "$*" in *config_files*) ;; *service=secrets*exited=0*) echo c-secrets ;; *service=postgres*) [ -n "$EMPTY" ] || echo c-postgres ;; esac ;;
  inspect) echo healthy ;;
esac
exit 0`
const NODE = `
echo "ran $*" >> "$LOG"
case "$1 $2" in
  *'tenant.ts create') case "\${4:-}" in '') echo "/backups/tenant-$3.chronos: Casa" ;; *) printf 'sealed\\0%s' "$3" >"$4"; echo "$4: Casa" ;; esac ;;
  *'tenant.ts restore') [ ! -e "$3" ] || printf 'read %s\\n' "$(tr '\\0' ' ' <"$3")"; echo "$3 is back" ;;
  *'main.ts restore') [ ! -d "\${3:-}" ] || echo "files: $(ls "$3" | tr '\\n' ' ')"; echo "\${3:-newest} is restored" ;;
esac
exit \${CODE:-0}`
const TENANT = '01a21b4f-c605-7144-ab59-b0f44f862b47'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos-recovery-'))
  for (const [name, text] of [
    ['bin/docker', DOCKER],
    ['inside/node', NODE],
  ] as const) {
    mkdirSync(path.join(folder, path.dirname(name)))
    writeFileSync(path.join(folder, name), `#!/bin/sh${text}\n`)
    chmodSync(path.join(folder, name), 0o755)
  }
  mkdirSync(path.join(folder, 'scratch'))
  const settings = ['POSTGRES_PASSWORD', 'JWT_SECRET', 'SESSION_SECRET']
  writeFileSync(
    path.join(folder, 'settings'),
    settings.map((name) => `${name}=${randomBytes(24).toString('hex')}\n`).join(''),
  )
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
      ...{ COMPOSE_PROJECT_NAME: '', COMPOSE_OVERRIDE: '', LOG: log, PLACE: folder },
      ...env,
    },
  })
  const ran = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  return { status, stdout, stderr, ran, left: readdirSync(path.join(folder, 'scratch')) }
}

describe('make tenant-backup MODE=prod', () => {
  const file = (): string => path.join(folder, 'ana’s books.chronos')
  const wanted = (): string[] => ['tenant-backup', `TENANT=${TENANT}`, `OUT=${file()}`]

  it('brings the file out, for nobody else’s eyes, with its sum, and leaves nothing in the container', () => {
    const { status, stdout, stderr, left } = make(wanted())
    expect([status, left]).toEqual([0, []])
    expect(readFileSync(file(), 'latin1')).toBe(`sealed\0${TENANT}`)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    const sum = createHash('sha256').update(readFileSync(file())).digest('hex')
    expect(readFileSync(`${file()}.sha256`, 'utf8')).toBe(`${sum}  ana’s books.chronos\n`)
    expect([stdout, stderr]).toEqual([`${file()}\n`, 'ana’s books.chronos: Casa\n'])
  })

  it('writes over none, and leaves no half', () => {
    expect(make(wanted(), { CODE: '1' }).status).toBe(2)
    expect([existsSync(file()), existsSync(`${file()}.sha256`)]).toEqual([false, false])
    writeFileSync(file(), 'mine')
    expect(make(wanted()).stderr).toContain(`${file()} is there already`)
    expect(readFileSync(file(), 'utf8')).toBe('mine')
  })

  it('writes over no sum either, and begins nothing then', () => {
    writeFileSync(`${file()}.sha256`, 'of another')
    const { status, stderr, ran } = make(wanted())
    expect([status, stderr.split('\n')[0]]).toEqual([2, `${file()}.sha256 is there already`])
    expect(readFileSync(`${file()}.sha256`, 'utf8')).toBe('of another')
    expect(existsSync(file())).toBe(false)
    expect(ran.filter((each) => each.includes(' run '))).toEqual([])
  })

  it('without OUT leaves it beside the backups of the server', () => {
    expect(make(['tenant-backup', `TENANT=${TENANT}`]).stdout).toBe(
      `/backups/tenant-${TENANT}.chronos: Casa\n`,
    )
  })

  it('and tenant-restore say in one line that nothing runs', () => {
    for (const target of [wanted(), ['tenant-restore', 'FILE=x']]) {
      const { status, stderr, ran } = make(target, { EMPTY: '1' })
      const [line] = stderr.split('\n')
      expect([status, line]).toEqual([2, 'postgres of chronos-financial-prod does not run: make prod-up'])
      expect(ran.filter((each) => each.includes(' run '))).toEqual([])
    }
  })
})

describe('make tenant-restore MODE=prod', () => {
  it('carries a file of this machine in', () => {
    const file = path.join(folder, 'one workspace.chronos')
    writeFileSync(file, 'sealed\0it')
    const { status, stdout, left } = make(['tenant-restore', `FILE=${file}`])
    expect([status, stdout, left]).toEqual([0, 'read sealed it\none workspace.chronos is back\n', []])
    expect(make(['tenant-restore', `FILE=${file}`], { CODE: '1' }).status).toBe(2)
  })

  it('takes another for one beside the backups of the server', () => {
    for (const name of ['tenant-1.chronos', '/backups/tenant-1.chronos'])
      expect(make(['tenant-restore', `FILE=${name}`]).stdout).toBe('/backups/tenant-1.chronos is back\n')
  })
})

describe('make db-restore MODE=prod', () => {
  it('restores what a name of the server’s backups says, or the newest, and fails as its program does', () => {
    expect(make(['db-restore']).stdout).toBe('newest is restored\n')
    const { stdout, ran } = make(['db-restore', 'FROM=chronos-20261126T031500Z'])
    expect(stdout).toBe('chronos-20261126T031500Z is restored\n')
    expect(ran.filter((line) => line.includes(' up '))).toEqual([])
    expect(make(['db-restore'], { CODE: '1' }).status).toBe(2)
  })

  it('carries a folder of this machine in', () => {
    const backup = path.join(folder, 'chronos-20261126T031500Z')
    mkdirSync(backup)
    for (const name of ['database.dump.age', 'manifest.json']) writeFileSync(path.join(backup, name), 'x')
    const { status, stdout, left } = make(['db-restore', `FROM=${backup}`])
    expect([status, left]).toEqual([0, []])
    expect(stdout).toBe('files: database.dump.age manifest.json \nchronos-20261126T031500Z is restored\n')
    expect(make(['db-restore', `FROM=${path.join(backup, 'manifest.json')}`]).stderr).toContain(
      'is no folder',
    )
  })

  it('starts PostgreSQL alone where nothing runs, since production would fill it', () => {
    const { status, ran } = make(['db-restore'], { EMPTY: '1' })
    expect(status).toBe(0)
    expect(ran.filter((line) => / up /.test(line)).map((line) => line.replace(/.* up /, 'up '))).toEqual([
      'up -d postgres',
    ])
  })

  it('leaves no secrets in an ended container, also where PostgreSQL does not start', () => {
    for (const [UP, code] of [
      ['0', 0],
      ['1', 2],
    ] as const) {
      const { status, ran } = make(['db-restore'], { EMPTY: '1', UP })
      expect([status, ran.filter((line) => line.startsWith('rm '))]).toEqual([code, ['rm c-secrets']])
    }
  })
})

it('development in containers has none of them, and says so in a line', () => {
  for (const target of ['db-restore', 'tenant-backup', 'tenant-restore']) {
    const { status, stderr } = make([target], {}, 'docker')
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(/^Development in containers has no/),
    ])
  }
})
