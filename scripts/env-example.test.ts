/** `.env.example` and what reads the environment are held to each other, both ways. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES } from '../backend/src/config.ts'
import { ROOT } from './env-file.ts'

const lines = readFileSync(path.join(ROOT, '.env.example'), 'utf8').split('\n')
const documented = lines.flatMap((line) => /^([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? [])

const COMPOSE_FILES = ['docker-compose*.yml', 'deploy/swarm/*.yml']

/** What is read and is no setting of a file, and why. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'what make gives a program from its own arguments (make help)': [
    ...['CLIENTS', 'COMMIT', 'FOLLOW', 'HOST', 'INSECURE', 'LINES', 'RAISE', 'URL', 'VERSION'],
  ],
  'the login of a smoke test, which docs/ci.md lists': ['SMOKE_EMAIL', 'SMOKE_PASSWORD'],
  'of programs that try images, by whoever changes them': [
    ...['CDN_PORT', 'FLUENTD_IMAGE', 'SENDER_IMAGE', 'WEB_IMAGE'],
  ],
  'what every machine has, or that of CI': ['CI', 'NO_COLOR', 'PATH'],
  'set by compose-stack.ts on its way to Compose': ['CHRONOS_GID', 'CHRONOS_NGINX_VERSION', 'CHRONOS_UID'],
  'set by the program before, for the one after it': ['NODE_TLS_REJECT_UNAUTHORIZED', 'STUDIO_DATABASE_URL'],
  'set by the image of backups (deploy/backup/Dockerfile)': ['POSTGRES_HOME'],
}

/** Names that Compose puts into its files, and that scripts ask the environment or a stack's settings for. */
function asked(): string[] {
  const namesIn = (patterns: string[], expression: RegExp): string[] =>
    globSync(patterns, { cwd: ROOT })
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(expression)])
      .flatMap(([, names = '']) => names.match(/\b[A-Z][A-Z0-9_]*\b/g) ?? [])
  const scripts = ['scripts/**/*.ts', 'scripts/*.mjs']
  return [
    ...namesIn(COMPOSE_FILES, /(?<!\$)\$\{([A-Z][A-Z0-9_]*)/g),
    ...namesIn(scripts, /process\.env(?:\.|\[')([A-Z][A-Z0-9_]*)/g),
    ...namesIn(scripts, /const \{([^}]*)\} = process\.env\b/g),
    ...namesIn(scripts, /settingOf\(\w+, '([A-Z][A-Z0-9_]*)'/g),
  ]
}

describe('.env.example', () => {
  it('has every variable that config.ts reads', () => {
    expect(CONFIG_VARIABLES.length).toBeGreaterThan(40)
    expect(CONFIG_VARIABLES.filter((name) => !documented.includes(name))).toEqual([])
  })

  it('has every variable that compose files and scripts read, but for the exceptions', () => {
    const names = new Set(asked())
    const excepted = Object.values(EXCEPTIONS).flat()
    // One of each kind of reading.
    for (const name of ['DB_ADMIN_PORT', 'CHRONOS_YES', 'SMOKE_EMAIL', 'LOG_NETWORK'])
      expect(names).toContain(name)
    expect([...names].filter((name) => !documented.includes(name) && !excepted.includes(name))).toEqual([])
    expect(excepted.filter((name) => documented.includes(name) || !names.has(name))).toEqual([])
  })

  it('has no variable that nothing reads', () => {
    const readers = globSync(['scripts/**/*.ts', 'backend/src/**/*.ts', ...COMPOSE_FILES], { cwd: ROOT })
      .filter((file) => !file.endsWith('.test.ts') && !file.includes('generated'))
      .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
      .join('\n')
    const isRead = (name: string): boolean => new RegExp(String.raw`\b${name}\b`).test(readers)
    expect(documented.filter((name) => !isRead(name))).toEqual([])
  })

  it('names each variable once', () => {
    expect(documented.filter((name, index) => documented.indexOf(name) !== index)).toEqual([])
  })

  it('says of each variable, or of the group it stands in, what it is', () => {
    const silent = documented.filter((name) => {
      let at = lines.findIndex((line) => line.startsWith(`${name}=`)) - 1
      while (/^[A-Z][A-Z0-9_]*=/.test(lines[at] ?? '')) at -= 1
      return !(lines[at] ?? '').startsWith('# ')
    })
    expect(silent).toEqual([])
  })
})
