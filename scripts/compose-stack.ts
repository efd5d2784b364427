// The two compose stacks, development and production: which files, which project, and the engine that runs them. Serves
// Compose v2 and docker-compose 1.29. COMPOSE_OVERRIDE names further compose files, by commas.
import { spawnSync } from 'node:child_process'
import type { SpawnSyncReturns, StdioOptions } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { DEVELOPMENT_PROJECT, processEnvironment, ROOT } from './env-file.ts'

/** Said to whoever typed the command, in one line. */
export class ComposeError extends Error {}

export interface Stack {
  /** Of containers, networks and volumes; COMPOSE_PROJECT_NAME, also in its file, names another. Never the same for both stacks. */
  project: string
  file: string
  envFile: string
}

export function developmentStack(): Stack {
  return { project: projectName(DEVELOPMENT_PROJECT, '.env'), file: 'docker-compose.yml', envFile: '.env' }
}

export function productionStack(): Stack {
  const envFile = process.env['CHRONOS_ENV_FILE'] || '.env.production'
  return { project: projectName('chronos-financial-prod', envFile), file: 'docker-compose.prod.yml', envFile }
}

/** Of the net between engine and Fluentd: two projects of a machine need two, and none of those the engine gives out itself. */
export function logNetwork(project: string): string {
  if (project === 'chronos-financial-prod') return '10.213.255'
  const sum = [...project].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 255, 7)
  return `10.213.${sum}`
}

const projectName = (own: string, envFile: string): string =>
  process.env['COMPOSE_PROJECT_NAME'] || settingsOf(envFile)['COMPOSE_PROJECT_NAME'] || own

/** Of a file of settings; none where it is not there. */
function settingsOf(envFile: string): NodeJS.Dict<string> {
  const file = path.resolve(ROOT, envFile)
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
}

/** Where the Nginx of production listens on this machine. */
export function productionPorts(): { http: number; https: number } {
  const port = (name: string, own: number): number =>
    Number(process.env[name] || settingsOf(productionStack().envFile)[name] || own)
  return { http: port('NGINX_HTTP_PORT', 80), https: port('NGINX_HTTPS_PORT', 443) }
}

/** What starts it. */
export const startOf = ({ file }: Stack): string =>
  file === 'docker-compose.prod.yml' ? 'make prod-up' : 'make docker-dev'

/** @throws ComposeError where no engine with Compose answers */
export function engine(): string[] {
  const works = (command: string[]): boolean =>
    spawnSync(command[0] ?? '', [...command.slice(1), 'version'], { stdio: 'ignore' }).status === 0
  for (const command of [['docker', 'compose'], ['docker-compose']]) if (works(command)) return command
  throw new ComposeError(
    'This needs a container engine with Compose: https://docs.docker.com/compose/install',
  )
}

/**
 * Runs Compose on a stack and waits.
 * @throws ComposeError where its settings are missing, its name is the other stack's, or the command fails
 */
export function compose(stack: Stack, args: string[], stdio: StdioOptions = 'inherit'): void {
  if (runCompose(stack, args, stdio).status !== 0)
    throw new ComposeError(`docker-compose ${args.join(' ')} failed.`)
}

/** A one-shot of a stack, alone, until it has ended. */
export function runOnce(stack: Stack, service: string): void {
  compose(stack, ['up', '--no-deps', '--exit-code-from', service, service])
}

/** Names of all services, of profiles only those that are asked for. */
export function servicesOf(stack: Stack): string[] {
  const asked = profilesOf(stack).split(',')
  const left = leftOut(readFileSync(path.join(ROOT, stack.file), 'utf8'), asked)
  // docker-compose 1.29 lists those of other profiles too.
  return composeOutput(stack, ['config', '--services'])
    .trim()
    .split('\n')
    .filter((service) => !left.has(service))
}

/** Services of a compose file that only profiles start which are not asked for. */
export function leftOut(text: string, asked: readonly string[]): Set<string> {
  const services = text.split(/^services:$/m)[1]?.split(/^\S/m)[0] ?? ''
  return new Set(
    services.split(/^  (?=[a-z][a-z0-9-]*:)/m).flatMap((service) => {
      const profiles = /^    profiles: \[(.*)\]$/m.exec(service)?.[1]?.split(/, */)
      return !profiles || profiles.some((name) => asked.includes(name)) ? [] : [service.split(':')[0] ?? '']
    }),
  )
}

function composeOutput(stack: Stack, args: string[]): string {
  const result = runCompose(stack, args, ['ignore', 'pipe', 'inherit'])
  if (result.status !== 0) throw new ComposeError(`docker-compose ${args.join(' ')} failed.`)
  return result.stdout
}

function runCompose(stack: Stack, args: string[], stdio: StdioOptions): SpawnSyncReturns<string> {
  const { program, args: all, env } = composeCall(stack, args)
  return spawnSync(program, all, { cwd: ROOT, stdio, encoding: 'utf8', env })
}

/**
 * How Compose is run on a stack, for who needs its pipes; it belongs into the folder ROOT.
 * @throws ComposeError where its settings are missing, or its name is the other stack's
 */
export function composeCall(
  stack: Stack,
  args: string[],
): { program: string; args: string[]; env: Record<string, string> } {
  const [program = '', ...first] = engine()
  demandSettings(stack)
  demandOwnProject(stack)
  const overrides = (process.env['COMPOSE_OVERRIDE'] ?? '').split(',').filter((name) => name !== '')
  const files = [stack.file, ...overrides].flatMap((name) => ['-f', name])
  const owner = statSync(ROOT)
  const all = [...first, '-p', stack.project, '--env-file', stack.envFile, '--project-directory', ROOT]
  return {
    program,
    args: [...all, ...files, ...args],
    env: {
      ...processEnvironment(),
      CHRONOS_ENV_FILE: path.resolve(ROOT, stack.envFile),
      COMPOSE_PROFILES: profilesOf(stack),
      // An argument of the build alone: docker-compose 1.29 takes a container of another commit for another container, and
      // makes it anew, although its image is the same.
      CHRONOS_COMMIT: args[0] === 'build' ? process.env['CHRONOS_COMMIT'] || commit() : '',
      CHRONOS_VERSION: versionOf(stack),
      ...tagsOf(stack, args[0] === 'up'),
      ...clusterOf(stack),
      LOG_NETWORK: settingOf(stack, 'LOG_NETWORK') || logNetwork(stack.project),
      CHRONOS_UID: String(owner.uid),
      CHRONOS_GID: String(owner.gid),
    },
  }
}

/** COMPOSE_PROFILES, and the services that a setting alone asks for. */
function profilesOf(stack: Stack): string {
  const named = settingOf(stack, 'COMPOSE_PROFILES').split(',')
  const asked = settingOf(stack, 'ACME_EMAIL') === '' ? [] : ['acme']
  return [...new Set([...named, ...asked])].filter((name) => name !== '').join(',')
}

/**
 * Of the profile citus: what `postgres` and its workers are made of, and who the workers are. The image of Citus' makers
 * for version 13.2 has PostgreSQL 17 (their repository citusdata/docker, release 13.2.0 of September 2025).
 */
export function clusterOf(stack: Stack): Record<string, string> {
  if (!profilesOf(stack).split(',').includes('citus')) return {}
  return {
    POSTGRES_BASE: settingOf(stack, 'CITUS_IMAGE') || 'citusdata/citus:13.2',
    CITUS_WORKERS: settingOf(stack, 'CITUS_WORKERS') || 'citus-worker1:5432,citus-worker2:5432',
  }
}

/** A setting of a stack: of the environment, else of its file. */
export function settingOf({ envFile }: Stack, name: string): string {
  return process.env[name] || (parseEnv(readFileSync(path.resolve(ROOT, envFile), 'utf8'))[name] ?? '')
}

/** Containers that people notice when they are made anew, and what says which tag their image has. */
const KEPT = { nginx: 'CHRONOS_NGINX_VERSION', postgres: 'CHRONOS_POSTGRES_VERSION' } as const

/**
 * Compose takes another tag for another image. Where a container runs the very same image as the version has, its tag
 * stays, and so does the container.
 */
function tagsOf(stack: Stack, keeps: boolean): Record<string, string> {
  const version = versionOf(stack)
  const tags = Object.entries(KEPT).map(([service, variable]) => {
    const [id] = keeps && stack.file === 'docker-compose.prod.yml' ? containersOf(stack, service) : []
    if (id === undefined) return [variable, version]
    const [name = '', image] = docker('inspect', '-f', '{{.Config.Image}} {{.Image}}', id).split(' ')
    const [, repository = '', tag] = /^(.*):([^:/]+)$/.exec(name) ?? []
    const wanted = docker('image', 'ls', '-q', '--no-trunc', `${repository}:${version}`)
    return [variable, tag !== undefined && wanted === image ? tag : version]
  })
  return Object.fromEntries(tags)
}

/** Tag of the images: what was typed, else what deploy/release put here, else what the settings say. */
export function versionOf(stack: Stack, root: string = ROOT): string {
  const file = path.join(root, '.release')
  const released = existsSync(file) ? readFileSync(file, 'utf8').split(/\s/)[0] : ''
  return process.env['CHRONOS_VERSION'] || released || settingOf(stack, 'CHRONOS_VERSION') || 'latest'
}

export function demandSettings({ envFile }: Stack): void {
  if (!existsSync(path.resolve(ROOT, envFile)))
    throw new ComposeError(`${envFile} is missing: cp .env.example ${envFile}, then put its values in.`)
}

/** Two stacks under one name would share volumes, and each `down` would take the other's containers for orphans. */
function demandOwnProject({ project, file }: Stack): void {
  const format = '{{.Label "com.docker.compose.project.config_files"}}'
  const filter = `label=com.docker.compose.project=${project}`
  const seen = spawnSync('docker', ['ps', '-a', '--filter', filter, '--format', format], { encoding: 'utf8' })
  const others = (seen.stdout ?? '').split('\n').filter((files) => files !== '' && !usesFile(files, file))
  if (others.length > 0)
    throw new ComposeError(
      `The project ${project} runs ${path.basename(others[0] ?? '')}, not ${file}: choose another COMPOSE_PROJECT_NAME.`,
    )
}

export function usesFile(configFiles: string, file: string): boolean {
  return configFiles.split(',').some((name) => path.basename(name) === path.basename(file))
}

/** What images are built from; empty where there is no git. */
function commit(): string {
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' })
  return git.status === 0 ? git.stdout.trim() : ''
}

/** @throws ComposeError with what docker said */
export function docker(...args: string[]): string {
  const result = spawnSync('docker', args, { encoding: 'utf8' })
  if (result.error) throw new ComposeError('This needs a container engine: docker was not found.')
  if (result.status !== 0) throw new ComposeError(`docker ${args.join(' ')}: ${(result.stderr ?? '').trim()}`)
  return result.stdout.trim()
}

/** What a container said last, on both of its outputs. */
export function lastLines(id: string, count: string): string {
  const said = spawnSync('docker', ['logs', '--tail', count, id], { encoding: 'utf8' })
  return `${said.stdout}${said.stderr}`.trim()
}

/** Ids of the running containers of a service. */
export function containersOf({ project }: Stack, service: string): string[] {
  const labels = { project, service, oneoff: 'False' }
  const filters = Object.entries(labels).flatMap(([name, value]) => [
    '--filter',
    `label=com.docker.compose.${name}=${value}`,
  ])
  return docker('ps', '-q', ...filters)
    .split('\n')
    .filter((id) => id !== '')
}

/** Runs a command of make: what was said to its user goes to the terminal in one line, and ends with 1. */
export async function reporting(work: () => void | Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ComposeError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
