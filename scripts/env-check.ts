// `make env-check`: what of the environment is missing, weak or still the example's. Looks at .env and the real
// environment as the product does; NODE_ENV, or the first argument, says for which environment.
import { pathToFileURL } from 'node:url'
import { readConfig } from '../backend/src/config.ts'
import { secretProblems, withSecretFiles } from '../backend/src/secrets.ts'
import { readEnvironment } from './env-file.ts'
import type { Environment } from './env-file.ts'

/** Lines to read, and whether the product would start with it. A placeholder is wrong everywhere. */
export function checkEnvironment(env: Environment): { lines: string[]; isUsable: boolean } {
  const environment = env['NODE_ENV'] ?? 'development'
  const lines: string[] = []
  try {
    const whole = withSecretFiles(env)
    for (const { name, problem } of secretProblems(whole)) lines.push(`${name} ${problem}`)
    // Said already; here, what else production or the schema refuses.
    readConfig({ ...env, ...(environment === 'production' && lines.length > 0 ? { NODE_ENV: 'test' } : {}) })
    if (environment === 'production') lines.push(...missingInProduction(whole))
  } catch (error) {
    lines.push(...(error as Error).message.split('\n'))
  }
  if (lines.length === 0) return { lines: [`The environment is fit for ${environment}.`], isUsable: true }
  return {
    lines: [`Not fit for ${environment}:`, ...lines.map((line) => `  ${line.trim()}`)],
    isUsable: false,
  }
}

function missingInProduction(env: Readonly<Record<string, string | undefined>>): string[] {
  const needed = {
    REDIS_URL: 'sessions and limits of several processes',
    PUBLIC_URL: 'links in mails and cookies',
    EMAIL_HOST: 'mails that verify and reset',
  }
  return Object.entries(needed)
    .filter(([name]) => (env[name] ?? '') === '')
    .map(([name, why]) => `${name} is missing: ${why}`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv[2]
  const env = readEnvironment()
  const { lines, isUsable } = checkEnvironment(given === undefined ? env : { ...env, NODE_ENV: given })
  console.log(lines.join('\n'))
  process.exitCode = isUsable ? 0 : 1
}
