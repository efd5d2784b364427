// Programs that npm cannot bring, for tests alone: a browser, Redis and others. They are looked up; on Debian
// and Ubuntu root may have them installed; otherwise the error says what to install.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

interface ProgramOptions {
  /** What it is called in messages. */
  title: string
  /** Environment variable with its path; wins over everything. */
  variable: string
  /** Names to look for on PATH, then other absolute paths. */
  candidates: string[]
  debianPackages: string[]
  /** How to install it where this script cannot. */
  advice: string
}

export const CHROMIUM: ProgramOptions = {
  title: 'Chromium',
  variable: 'CHROMIUM_PATH',
  candidates: [
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  debianPackages: ['chromium', 'fonts-liberation'],
  advice:
    'Debian: apt-get install chromium; macOS: brew install --cask chromium; elsewhere: npx playwright install chromium',
}

export const REDIS: ProgramOptions = {
  title: 'redis-server',
  variable: 'REDIS_SERVER_PATH',
  candidates: ['redis-server', '/opt/homebrew/bin/redis-server', '/usr/local/bin/redis-server'],
  debianPackages: ['redis-server'],
  advice: 'Debian: apt-get install redis-server; macOS: brew install redis',
}

/** What opens backups without this product; without it the tests of that are skipped. */
export const AGE: ProgramOptions = {
  title: 'age',
  variable: 'AGE_PATH',
  candidates: ['age', '/opt/homebrew/bin/age'],
  debianPackages: ['age'],
  advice: 'Debian: apt-get install age; macOS: brew install age',
}

export const PGBOUNCER: ProgramOptions = {
  title: 'PgBouncer',
  variable: 'PGBOUNCER_PATH',
  candidates: ['pgbouncer', '/usr/sbin/pgbouncer', '/opt/homebrew/bin/pgbouncer'],
  debianPackages: ['pgbouncer'],
  advice: 'Debian: apt-get install pgbouncer; macOS: brew install pgbouncer',
}

export const NGINX: ProgramOptions = {
  title: 'nginx',
  variable: 'NGINX_PATH',
  candidates: ['nginx', '/usr/sbin/nginx', '/opt/homebrew/bin/nginx'],
  debianPackages: ['nginx-light'],
  advice: 'Debian: apt-get install nginx-light; macOS: brew install nginx',
}

export const PROMETHEUS: ProgramOptions = {
  title: 'Prometheus',
  variable: 'PROMETHEUS_PATH',
  candidates: ['prometheus', '/opt/homebrew/bin/prometheus'],
  debianPackages: ['prometheus'],
  advice: 'Debian: apt-get install prometheus; macOS: brew install prometheus',
}

export const PEBBLE: ProgramOptions = {
  title: 'the test authority pebble',
  variable: 'PEBBLE_PATH',
  candidates: ['pebble'],
  debianPackages: ['pebble'],
  advice: 'Debian: apt-get install pebble',
}

export const PROMTOOL: ProgramOptions = {
  ...PROMETHEUS,
  title: 'promtool',
  variable: 'PROMTOOL_PATH',
  candidates: ['promtool', '/opt/homebrew/bin/promtool'],
}

/** The program's absolute path, after installing it where that is possible; undefined where it is not. */
export function installProgram(options: ProgramOptions): string | undefined {
  const found = findProgram(options)
  if (found) return found
  return installDebianPackages(options.debianPackages) ? findProgram(options) : undefined
}

/** The same. Throws an Error that says what to install, or that the variable names no program. */
export function ensureProgram(options: ProgramOptions): string {
  const found = installProgram(options)
  if (found) return found
  throw new Error(
    `The tests need ${options.title}, which was not found. ${options.advice}. ` +
      `Or name it with ${options.variable}.`,
  )
}

/** The program's absolute path; undefined when it is not installed. */
export function findProgram({ title, variable, candidates }: ProgramOptions): string | undefined {
  const named = process.env[variable]
  if (named) {
    if (isProgram(named)) return path.resolve(named)
    throw new Error(`${variable} should name ${title}, but there is no program at ${named}.`)
  }
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  return candidates
    .flatMap((name) => (path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name))))
    .find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

let listsAreFresh = false

/** True when apt-get said yes. Only root may, and a machine of CI by sudo; everybody else is told what to install. */
function installDebianPackages(packages: string[]): boolean {
  const isRoot = process.getuid?.() === 0
  const maySudo = process.env['CI'] === 'true' && isProgram('/usr/bin/sudo')
  if (!(isRoot || maySudo) || !isProgram('/usr/bin/apt-get')) return false
  console.log(`Installing ${packages.join(', ')} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...args: string[]): void => {
    const [program, ...before] = isRoot
      ? ['apt-get']
      : ['sudo', '--non-interactive', '--preserve-env', 'apt-get']
    execFileSync(program ?? '', [...before, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  try {
    // An old list may name files that the server no longer has; without network the old one may still do.
    if (!listsAreFresh) aptGet('update', '-qq')
  } catch {
    console.log('apt-get update failed; going on with the lists that are there.')
  }
  listsAreFresh = true
  try {
    aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages)
    return true
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error))
    return false
  }
}
