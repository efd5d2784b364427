/** What a backup keeps of a server's settings, held to all that there are. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SECRET_VARIABLES } from '../../backend/src/secrets.ts'
import { ROOT } from '../env-file.ts'
import { serverSettings } from './server-settings.ts'

const names = [
  ...readFileSync(path.join(ROOT, '.env.example'), 'utf8').matchAll(/^([A-Z][A-Z0-9_]*)=/gm),
].map(([, name = '']) => name)
const all = Object.fromEntries(names.map((name) => [name, `of-${name}`]))
const isSecret = (name: string): boolean => (SECRET_VARIABLES as readonly string[]).includes(name)

/** What a server that is set up anew decides for itself, or what only a developer's machine has. */
const LEFT = [
  'CHROMIUM_PATH',
  'HEARTBEAT_FILE',
  'NGINX_PATH',
  'POSTGRES_HOME',
  'REDIS_SERVER_PATH',
  'SECRETS_FOLDER',
  'TESTSSL',
]

describe('the settings in a backup', () => {
  it('are all that .env.example knows, without its secrets', () => {
    const kept = Object.keys(parseEnv(serverSettings(all)))
    const missing = names.filter((name) => !isSecret(name) && !kept.includes(name))
    expect(missing.filter((name) => !LEFT.includes(name))).toEqual([])
    expect(kept.filter(isSecret)).toEqual([])
  })

  it('have nothing of the machine beside them, no place of a secret, and nothing that is not set', () => {
    const env = { HOME: '/root', PATH: '/bin', JWT_SECRET_FILE: '/run/jwt', LOG_LEVEL: '', BIND: '0.0.0.0' }
    expect(serverSettings(env)).toBe('BIND=0.0.0.0\n')
  })
})
