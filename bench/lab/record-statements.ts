/** What an endpoint asks the database: the real application over the real database, with its tenant handle watched. */
import { buildApp } from '../../backend/src/app.ts'
import { readConfig } from '../../backend/src/config.ts'
import { createContext } from '../../backend/src/context.ts'
import type { Statement } from '../../backend/src/platform/database.ts'
import type { Tenant } from '../../backend/src/platform/tenancy.ts'
import type { BenchDatabase } from './lab.ts'
import { PASSWORD } from './client.ts'

/**
 * @param email of a person who has signed up
 * @returns the statements of one `GET` of that person, in order
 */
export async function recordStatements(
  database: BenchDatabase,
  email: string,
  path: string,
): Promise<Statement[]> {
  const secret = 'a secret of the recording, nothing is kept'
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.appUrl,
    DATABASE_CONTROL_URL: database.controlUrl,
    JWT_SECRET: secret,
    SESSION_SECRET: `${secret}.`,
    ENCRYPTION_KEY: '0'.repeat(64),
    BCRYPT_ROUNDS: '4',
    RATE_LIMITS: 'off',
  })
  const context = await createContext(config)
  const recorded: Statement[] = []
  const tenancy = {
    ...context.tenancy,
    enter: (entered: Parameters<typeof context.tenancy.enter>[0]) =>
      watched(context.tenancy.enter(entered), recorded),
  }
  const { fastify: app } = await buildApp({ ...context, tenancy })
  try {
    const login = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email, password: PASSWORD },
    })
    const { accessToken } = login.json<{ accessToken: string }>()
    recorded.length = 0
    const answer = await app.inject({ url: path, headers: { authorization: `Bearer ${accessToken}` } })
    if (answer.statusCode !== 200) throw new Error(`GET ${path}: ${answer.statusCode} ${answer.body}`)
    if (recorded.length === 0) throw new Error(`GET ${path} asked the database nothing that was seen`)
    return recorded
  } finally {
    await app.close()
    await context.close()
  }
}

function watched(tenant: Tenant, recorded: Statement[]): Tenant {
  return new Proxy(tenant, {
    get(target, property) {
      if (property === 'read' || property === 'readLagging') {
        return (statement: Statement) => {
          recorded.push(statement)
          return target[property](statement)
        }
      }
      if (property === 'readAll') {
        return (statements: readonly Statement[]) => {
          recorded.push(...statements)
          return target.readAll(statements)
        }
      }
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
