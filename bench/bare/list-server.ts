/**
 * What figure `list` is compared with: a Fastify handler that sends the statements of the real endpoint, byte for
 * byte, and answers their rows as JSON. No session, no validation; in mode `plain` as a superuser, whom row level
 * security does not bind, in mode `context` as the application, with begin, set local and commit in the same packet.
 */
import { readFileSync } from 'node:fs'
import { fastify } from 'fastify'
import { createPool, DATABASE_TIMEOUTS, type Statement } from '../../backend/src/platform/database.ts'

const environment = process.env as Record<'DATABASE_URL' | 'STATEMENTS' | 'TENANT' | 'MODE' | 'PORT', string>
const statements = JSON.parse(readFileSync(environment.STATEMENTS, 'utf8')) as Statement[]
const recordedFor = environment.TENANT
const withContext = environment.MODE === 'context'
const pool = createPool({
  url: environment.DATABASE_URL,
  max: 16,
  applicationName: 'bare',
  pipeline: true,
  timeouts: DATABASE_TIMEOUTS,
})
const app = fastify()

app.get('/', () => ({ ready: true }))

app.get<{ Querystring: { tenant: string } }>('/transactions', async (request) => {
  const { tenant } = request.query
  const client = await pool.connect()
  try {
    const answers = []
    const around = []
    if (withContext) around.push(client.query('begin'), client.query(`set local app.tenant_id = '${tenant}'`))
    for (const { name = '', text, values = [] } of statements) {
      answers.push(
        client.query<Record<string, unknown>>({
          name,
          text,
          values: values.map((value) => (value === recordedFor ? tenant : value)),
        }),
      )
    }
    if (withContext) around.push(client.query('commit'))
    const [first, ...more] = (await Promise.all(answers)).map(({ rows }) => rows)
    await Promise.all(around)
    return { items: first?.slice(0, 50), ...(more.length > 0 ? { more } : {}), nextCursor: null }
  } finally {
    client.release()
  }
})

await app.listen({ host: '127.0.0.1', port: Number(environment.PORT) })

// An ordinary end, so that a profile is written.
process.once('SIGTERM', () => process.exit(0))
