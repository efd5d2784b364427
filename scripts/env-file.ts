// `.env`: made once from `.env.example` with fresh secrets, read by everything that starts the product on a
// developer's machine. An existing file is never changed.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { newIdentity } from '../backend/src/platform/age-identity.ts'

export const ROOT = path.resolve(import.meta.dirname, '..')

export type Environment = Record<string, string>

/**
 * Replaces each placeholder by 32 random bytes in hexadecimal, which is safe in a URL and as a key; that of BACKUP_KEY by a
 * fresh identity of age.
 */
export function withFreshSecrets(template: string): string {
  return template
    .replace(/^BACKUP_KEY=change-me$/m, () => `BACKUP_KEY=${newIdentity()}`)
    .replace(/^([A-Z_]+=.*)$/gm, (line) =>
      line.replaceAll('change-me', () => randomBytes(32).toString('hex')),
    )
}

/** Of development's containers; Compose by itself would take the name of the folder (compose-stack.ts). */
export const DEVELOPMENT_PROJECT = 'chronos-financial'

/** Writes `.env` where there is none; true when it did. */
export function ensureEnvFile(root: string = ROOT): boolean {
  const file = path.join(root, '.env')
  if (existsSync(file)) return false
  const content = withFreshSecrets(readFileSync(path.join(root, '.env.example'), 'utf8')).replace(
    /^COMPOSE_PROJECT_NAME=$/m,
    `COMPOSE_PROJECT_NAME=${DEVELOPMENT_PROJECT}`,
  )
  try {
    // wx: never over a file that another process wrote in the meantime.
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** `.env` under the real environment; defaults of `.env.example` where neither names a variable. */
export function readEnvironment(root: string = ROOT): Environment {
  const files = ['.env.example', '.env'].map((name) => path.join(root, name)).filter(existsSync)
  const merged: Environment = {}
  for (const file of files) Object.assign(merged, parseEnv(readFileSync(file, 'utf8')))
  return { ...merged, ...processEnvironment() }
}

/** The real environment of this process. */
export function processEnvironment(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/**
 * An environment that no developer's settings reach: the defaults of `.env.example` with fresh secrets, and
 * of the real environment only what is not the product's (PATH, HOME).
 */
export function freshEnvironment(root: string = ROOT): Environment {
  const template = readFileSync(path.join(root, '.env.example'), 'utf8')
  return { ...processEnvironment(), ...(parseEnv(withFreshSecrets(template)) as Environment) }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(ensureEnvFile() ? 'Wrote .env with fresh secrets.' : 'Kept the existing .env.')
}
