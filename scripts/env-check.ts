// `make env-check`: what of the environment is missing, weak or still the example's. Looks at .env and the real
// environment as the product does; NODE_ENV, or the first argument, says for which environment. For production it looks
// at the file that `make prod-up` reads (.env.production, or CHRONOS_ENV_FILE), where there is one: the seed's variables
// are enough there, since the one-shot `secrets` makes the rest.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { readConfig } from '../backend/src/config.ts'
import { addressesOf } from '../backend/src/deployment-addresses.ts'
import { deploymentSecrets } from '../backend/src/deployment-secrets.ts'
import type { SecretFiles } from '../backend/src/deployment-secrets.ts'
import { deriveVerifyToken } from '../backend/src/integrations/whatsapp/signature.ts'
import { identityIn, newIdentity, recipientsIn } from '../backend/src/platform/age-identity.ts'
import { SECRET_VARIABLES, secretProblems, withSecretFiles } from '../backend/src/secrets.ts'
import { readEnvironment, ROOT } from './env-file.ts'
import type { Environment } from './env-file.ts'

/** Lines to read, and whether the product would start with it, which is what `isUsable` says. */
export interface Checked {
  lines: string[]
  isUsable: boolean
}

type Variables = Readonly<Record<string, string | undefined>>

/** A placeholder is wrong everywhere. */
export function checkEnvironment(env: Environment): Checked {
  const environment = env['NODE_ENV'] ?? 'development'
  const lines: string[] = []
  let notes: string[] = []
  try {
    const whole = withSecretFiles(env)
    notes = verifyToken(whole)
    for (const { name, problem } of secretProblems(whole)) lines.push(`${name} ${problem}`)
    lines.push(...configProblems(env, lines))
    if (environment === 'production') lines.push(...missingInProduction(whole))
  } catch (error) {
    lines.push((error as Error).message)
  }
  return verdict(environment, oncePerVariable(lines), notes)
}

export interface CheckedDeployment extends Checked {
  /** What of it keeps production from starting, a line each; the rest of the problems starts, and should not stay. */
  refused: string[]
  problems: string[]
}

/** What `make prod-up` would make of this file's variables; nothing of development's defaults is behind them. */
export function checkDeployment(variables: Variables, text = ''): CheckedDeployment {
  const weak: string[] = []
  const refused: string[] = []
  let notes: string[] = []
  try {
    const { given: all, unread } = withFilesOfContainers(saidTwice(variables, refused))
    const given = readable(all, refused)
    for (const { name, problem } of secretProblems(saidOnce(given))) weak.push(`${name} ${problem}`)
    const files = filesOf(given, refused)
    refused.push(...unreachable(given), ...wrongKeys({ ...given, ...files.backup }))
    // As in docker-compose.prod.yml: of secrets, what stands in the folder of API and worker.
    const settings = Object.fromEntries(Object.entries(given).filter(([name]) => !isSecret(name)))
    const running = { ...settings, ...files.app, NODE_ENV: 'production', BIND: '0.0.0.0', API_PORT: '3001' }
    refused.push(...refusalsOf(running))
    notes = [...unread, ...madeOrOff(given), ...verifyToken(given)]
  } catch (error) {
    refused.push((error as Error).message)
  }
  const problems = oncePerVariable([...ambiguousValues(text), ...weak, ...refused])
  const names = new Set(refused.map(variableIn))
  return {
    ...verdict('production', problems, notes),
    refused: problems.filter((line) => names.has(variableIn(line))),
    problems,
  }
}

/** What each reader gets. Where an address or the administrator is at fault, that is refused, and the rest looked at too. */
function filesOf(given: Variables, refused: string[]): SecretFiles {
  const random = (): string => randomBytes(32).toString('hex')
  const kept: SecretFiles = {
    app: {},
    owner: {},
    backup: {},
    postgres: {},
    redis: {},
    monitoring: {},
    maintenance: {},
    logs: {},
  }
  try {
    return deploymentSecrets(given, kept, random).files
  } catch (error) {
    refused.push((error as Error).message)
    const password = isEmpty(given, 'POSTGRES_PASSWORD') ? random() : given['POSTGRES_PASSWORD']
    const others = { ...given, DATABASE_URL: undefined, POSTGRES_PASSWORD: password }
    return deploymentSecrets(others, kept, random).files
  }
}

/** The one-shot `secrets` does not start with a key that opens no backup, or with a recipient that is none. */
function wrongKeys(given: Variables): string[] {
  const readers = { BACKUP_KEY: identityIn, BACKUP_RECIPIENTS: recipientsIn }
  return Object.entries(readers).flatMap(([name, read]) => {
    try {
      read(given[name])
      return []
    } catch (error) {
      return [`${name} ${(error as Error).message}`]
    }
  })
}

/** Without the file's name of what is set as well, which is refused. */
function saidTwice(variables: Variables, refused: string[]): Variables {
  const both = SECRET_VARIABLES.filter(
    (name) => !isEmpty(variables, name) && !isEmpty(variables, `${name}_FILE`),
  )
  refused.push(...both.map((name) => `${name} and ${name}_FILE are both set: one of them`))
  return { ...variables, ...Object.fromEntries(both.map((name) => [`${name}_FILE`, undefined])) }
}

/** Without the addresses that nobody can read, which are refused. */
function readable(given: Variables, refused: string[]): Variables {
  const faulty = SECRET_VARIABLES.filter((name) => {
    try {
      for (const { url } of addressesOf(name, given[name] ?? ''))
        for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part)
      return false
    } catch (error) {
      const isOurs = (error as Error).message.startsWith(name)
      refused.push(isOurs ? (error as Error).message : `${name} has a % that stands for nothing: write %25`)
      return true
    }
  })
  return { ...given, ...Object.fromEntries(faulty.map((name) => [name, undefined])) }
}

const variableIn = (line: string): string => /^[A-Z][A-Z0-9_]*/.exec(line.trim())?.[0] ?? line

/** The first that was said of each: what comes later says the same in other words, or follows from it. */
function oncePerVariable(lines: readonly string[]): string[] {
  const said = new Map<string, string>()
  for (const line of lines) if (!said.has(variableIn(line))) said.set(variableIn(line), line.trim())
  return [...said.values()]
}

/** All that the product says no to. It stops at weak secrets itself: the rest is asked for with good ones in their place. */
function refusalsOf(running: Variables): string[] {
  const weak = secretProblems(running)
  const secrets = weak.map(({ name, problem }) => `${name} ${problem}`)
  const random = (): string => randomBytes(32).toString('hex')
  const good = weak.map(({ name }) => [
    name,
    name === 'REDIS_URL'
      ? `redis://:${random()}@redis`
      : /^DATABASE_\w*URLS?$/.test(name)
        ? `postgresql://chronos_app:${random()}@postgres/chronos`
        : random(),
  ])
  return [...secrets, ...configProblems({ ...running, ...Object.fromEntries(good) }, [])]
}

const isSecret = (name: string): boolean =>
  SECRET_VARIABLES.some((secret) => name === secret || name === `${secret}_FILE`)

/** A `_FILE` is a path within the containers: what lies at none on this machine is taken for a good one. */
function withFilesOfContainers(variables: Variables): {
  given: Record<string, string | undefined>
  unread: string[]
} {
  const unread: string[] = []
  const given = withSecretFiles(variables, (file, name) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      unread.push(
        `${name}_FILE cannot be looked at from here: ${file} is within the container secrets, where an override mounts it`,
      )
      const random = randomBytes(32).toString('hex')
      if (name === 'DATABASE_REPLICA_URLS' || /^(REDIS_URL|SENTRY_DSN|SLACK_WEBHOOK_URL)$/.test(name))
        return undefined
      if (name === 'BACKUP_KEY') return newIdentity()
      return /^DATABASE_\w*URL$/.test(name) ? `postgresql://chronos_app:${random}@postgres/chronos` : random
    }
  })
  return { given, unread }
}

/** What the product itself refuses, without what `said` names already. */
function configProblems(env: Variables, said: readonly string[]): string[] {
  const isProduction = env['NODE_ENV'] === 'production'
  try {
    // Production would refuse the secrets first, and say nothing else.
    readConfig({ ...env, ...(isProduction && said.length > 0 ? { NODE_ENV: 'test' } : {}) })
    return []
  } catch (error) {
    const isSaid = (line: string): boolean =>
      said.some((problem) => problem.split(' ')[0] === line.trim().split(':')[0])
    return (error as Error).message
      .split('\n')
      .filter(
        (line) => !isSaid(line) && !/^(The environment is not usable:|\.env\.example describes)/.test(line),
      )
      .map((line) => line.replace(/: Invalid input: expected \w+, received undefined$/, ' is missing'))
  }
}

function verdict(environment: string, problems: string[], notes: string[]): Checked {
  const indented = (lines: string[]): string[] => lines.map((line) => `  ${line.trim()}`)
  return {
    lines: [
      ...(problems.length === 0
        ? [`The environment is fit for ${environment}.`]
        : [`Not fit for ${environment}:`, ...indented(problems)]),
      ...(notes.length === 0 ? [] : ['To know:', ...indented(notes)]),
    ],
    isUsable: problems.length === 0,
  }
}

function missingInProduction(env: Variables): string[] {
  const needed = {
    REDIS_URL: 'sessions and limits of several processes',
    PUBLIC_URL: 'links in mails and cookies',
    EMAIL_HOST: 'mails that verify and reset',
  }
  return Object.entries(needed)
    .filter(([name]) => isEmpty(env, name))
    .map(([name, why]) => `${name} is missing: ${why}`)
}

const isEmpty = (env: Variables, name: string): boolean => (env[name] ?? '').trim() === ''

/** Without an address that repeats a password which has a variable of its own: the seed writes both. */
function saidOnce(env: Variables): Variables {
  const passwordIn = (name: string): string =>
    URL.canParse(env[name] ?? '') ? decodeURIComponent(new URL(env[name] ?? '').password) : ''
  const pairs = { DATABASE_URL: 'POSTGRES_PASSWORD', REDIS_URL: 'REDIS_PASSWORD' }
  const repeated = Object.entries(pairs)
    .filter(([address, password]) => !isEmpty(env, password) && passwordIn(address) === env[password]?.trim())
    .map(([address]) => address)
  return Object.fromEntries(Object.entries(env).filter(([name]) => !repeated.includes(name)))
}

/** In a container its own loopback is nobody else's: an address left over from development reaches nothing. */
function unreachable(env: Variables): string[] {
  return ['DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_CONTROL_URL', 'DATABASE_BACKUP_URL', 'REDIS_URL']
    .filter((name) => URL.canParse(env[name] ?? ''))
    .filter((name) => /^(localhost|127\..*|\[::1\])$/.test(new URL(env[name] ?? '').hostname))
    .map(
      (name) =>
        `${name} names this machine, which in a container is the container: leave it empty, or name a server`,
    )
}

/**
 * Values that Compose v2, docker-compose 1.29 and make read each in its own way: a dollar is a variable to one, a hash
 * cuts another short. In single quotes all of them take a value as it is.
 */
export function ambiguousValues(text: string): string[] {
  return [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].flatMap(([, name = '', raw = '']) => {
    const value = raw.replace(/\s+#.*$/, '').trim()
    if (/^'[^']*'$/.test(value)) return []
    const isOdd = /^"[^"]*"$/.test(value) ? /[$\\]/.test(value) : /[$#"'`]/.test(value)
    return isOdd
      ? [`${name} has a $, #, \\ or quote that Compose and make read differently: put it into single quotes`]
      : []
  })
}

/** What starts without being set, and what that comes to. */
function madeOrOff(env: Variables): string[] {
  const meanings = {
    PUBLIC_URL: 'links in mails and cookies are for https://localhost',
    EMAIL_HOST: 'no mail is sent: verifying an address, resetting a password and inviting by mail are off',
    WHATSAPP_API_TOKEN: 'WhatsApp is off',
    ENCRYPTION_KEY: 'one is made and kept in the volume of secrets; back it up',
    BACKUP_KEY: 'one is made and kept in the volume of secrets; keep a copy away from the machine',
  }
  return Object.entries(meanings)
    .filter(([name]) => isEmpty(env, name))
    .map(([name, meaning]) => `${name} is not set: ${meaning}`)
}

/** What Meta's form is to be given, where nobody chose it: it travels in a URL, so it may be shown. */
function verifyToken(env: Variables): string[] {
  const secret = (env['WHATSAPP_WEBHOOK_SECRET'] ?? '').trim()
  if (secret === '' || !isEmpty(env, 'WHATSAPP_VERIFY_TOKEN')) return []
  return [`WHATSAPP_VERIFY_TOKEN is not set: the one to enter at Meta is ${deriveVerifyToken(secret)}`]
}

function deploymentFile(): string | undefined {
  const file = path.resolve(ROOT, process.env['CHRONOS_ENV_FILE'] || '.env.production')
  return existsSync(file) ? file : undefined
}

const ENVIRONMENTS = ['production', 'development', 'test']

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv[2]
  if (given !== undefined && !ENVIRONMENTS.includes(given)) {
    console.error(`FOR is ${ENVIRONMENTS.join(', ')}; not "${given}".`)
    process.exit(1)
  }
  const file = given === 'production' ? deploymentFile() : undefined
  const env = readEnvironment()
  if (file !== undefined) console.log(`Looking at ${path.relative(ROOT, file)}.`)
  const { lines, isUsable } =
    file === undefined
      ? checkEnvironment(given === undefined ? env : { ...env, NODE_ENV: given })
      : checkDeployment(parseEnv(readFileSync(file, 'utf8')), readFileSync(file, 'utf8'))
  console.log(lines.join('\n'))
  process.exitCode = isUsable ? 0 : 1
}
