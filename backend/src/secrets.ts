/**
 * Secrets of the environment: each may stand in a file that `<NAME>_FILE` names (a mounted secret), so that it is in no
 * environment that a crash report or `docker inspect` would show. Production refuses one that is still the example's,
 * weak, or used for two things.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { identityIn } from './platform/age-identity.ts'

/** What may come from a file. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_CONTROL_URL',
  'DATABASE_REPLICA_URLS',
  'DATABASE_BACKUP_URL',
  'DATABASE_MAINTENANCE_URL',
  'DATABASE_ADMIN_URL',
  'POSTGRES_PASSWORD',
  'REDIS_URL',
  'REDIS_PASSWORD',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'SESSION_SECRET',
  'SESSION_SECRET_PREVIOUS',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'WHATSAPP_API_TOKEN',
  'WHATSAPP_WEBHOOK_SECRET',
  'WHATSAPP_WEBHOOK_SECRET_PREVIOUS',
  'WHATSAPP_VERIFY_TOKEN',
  'EMAIL_PASSWORD',
  'BILLING_SECRET',
  'BILLING_SECRET_PREVIOUS',
  'BACKUP_KEY',
  'BACKUP_S3_SECRET_KEY',
  'LOG_S3_SECRET_KEY',
  'LOG_ELASTICSEARCH_PASSWORD',
  'METRICS_TOKEN',
  'OIDC_CLIENT_SECRET',
  'SENTRY_DSN',
  'SLACK_WEBHOOK_URL',
  'GRAFANA_PASSWORD',
] as const
export type SecretVariable = (typeof SECRET_VARIABLES)[number]

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Puts what the files hold in the place of their names; a line break at the end is not part of a secret.
 * @param read may answer for a file that lies elsewhere; undefined: as if the variable were not set
 * @throws Error naming the variable, where both are set or the file cannot be read
 */
export function withSecretFiles(
  environment: Variables,
  read: (file: string, name: SecretVariable) => string | undefined = (file) => readFileSync(file, 'utf8'),
): Record<string, string | undefined> {
  const merged: Record<string, string | undefined> = { ...environment }
  for (const name of SECRET_VARIABLES) {
    const file = fileIn(environment, name) ?? namedFile(environment, name)
    if (file === undefined) continue
    if ((environment[name] ?? '') !== '')
      throw new Error(`${name} and ${name}_FILE are both set: one of them`)
    try {
      merged[name] = read(file, name)?.replace(/\r?\n$/, '')
    } catch (error) {
      throw new Error(`${name}_FILE cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
  return merged
}

/**
 * SECRETS_FOLDER, or several by commas, holds a file for each secret, called as its variable; a variable that is set wins
 * over it.
 */
function fileIn(environment: Variables, name: SecretVariable): string | undefined {
  if ((environment[name] ?? '') !== '') return undefined
  return foldersOf(environment)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file))
}

const foldersOf = (environment: Variables): string[] =>
  (environment['SECRETS_FOLDER'] ?? '')
    .split(',')
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '')

/** Who has such a folder shares the settings of whoever wrote it: a file that is not here was read there. */
function namedFile(environment: Variables, name: SecretVariable): string | undefined {
  const file = environment[`${name}_FILE`] || undefined
  return file !== undefined && foldersOf(environment).length > 0 && !existsSync(file) ? undefined : file
}

export interface SecretProblem {
  name: string
  problem: string
}

/** Chosen by us alone, so they can be long; others give theirs to us. */
const OWN: ReadonlySet<string> = new Set<SecretVariable>([
  'JWT_SECRET',
  'SESSION_SECRET',
  'ENCRYPTION_KEY',
  'BILLING_SECRET',
  'METRICS_TOKEN',
])
const PLACEHOLDER =
  /change-?me|placeholder|example-secret|your[-_ ]?(secret|password|token)|^your[-_ ]|^secure[-_ ]password$/i
const LEAST_LENGTH = 32
const LEAST_PASSWORD = 16

/** What is wrong with the secrets that are set. Values are never repeated in the texts. */
export function secretProblems(environment: Variables): SecretProblem[] {
  const problems: SecretProblem[] = []
  const usedBy = new Map<string, string>()
  for (const name of SECRET_VARIABLES) {
    for (const { value, isPassword } of partsOf(name, environment[name])) {
      if (PLACEHOLDER.test(value)) {
        // All placeholders are alike; that is no second mistake.
        problems.push({ name, problem: "is still the example's" })
        continue
      }
      // Found out at the first backup otherwise, in the night.
      const wrong = name === 'BACKUP_KEY' ? identityProblem(value) : undefined
      if (wrong !== undefined) problems.push({ name, problem: wrong })
      else if (OWN.has(name) && value.length < LEAST_LENGTH)
        problems.push({ name, problem: `is weak: ${LEAST_LENGTH} characters or more` })
      else if (isPassword && value.length < LEAST_PASSWORD)
        problems.push({ name, problem: `has a weak password: ${LEAST_PASSWORD} characters or more` })
      else if ((OWN.has(name) || isPassword) && new Set(value).size < 8)
        problems.push({ name, problem: 'is weak: it repeats a few characters' })
      const other = usedBy.get(value)
      if (other !== undefined) problems.push({ name, problem: `is the same as ${other}` })
      else usedBy.set(value, name)
    }
  }
  return problems
}

function identityProblem(text: string): string | undefined {
  try {
    identityIn(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The secret of a variable: of an address, its password; of a list, each. */
function partsOf(name: SecretVariable, value: string | undefined): { value: string; isPassword: boolean }[] {
  if (value === undefined || value === '') return []
  if (/^(postgres(ql)?|rediss?):\/\//.test(value)) {
    const password = URL.canParse(value) ? decodeURIComponent(new URL(value).password) : ''
    // Redis may ask for none, or for one in a variable of its own.
    if (password === '' && name === 'REDIS_URL') return []
    return [{ value: password, isPassword: true }]
  }
  const isPassword = name === 'POSTGRES_PASSWORD' || name === 'REDIS_PASSWORD'
  const parts = name.endsWith('_PREVIOUS') ? value.split(',').map((part) => part.trim()) : [value]
  return parts.filter((part) => part !== '').map((part) => ({ value: part, isPassword }))
}
