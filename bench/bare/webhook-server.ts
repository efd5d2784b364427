/**
 * What figure `webhook` is compared with: a Fastify handler that verifies the signature over the raw bytes and inserts
 * one row under a unique id.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { fastify } from 'fastify'
import { createPool, DATABASE_TIMEOUTS } from '../../backend/src/platform/database.ts'

const environment = process.env as Record<'DATABASE_URL' | 'SECRET' | 'PORT', string>
const pool = createPool({
  url: environment.DATABASE_URL,
  max: 16,
  applicationName: 'bare',
  pipeline: true,
  timeouts: DATABASE_TIMEOUTS,
})
await pool.query('create schema if not exists bench')
await pool.query(
  'create table if not exists bench.events (id text primary key, payload jsonb not null, received_at timestamptz not null)',
)
const app = fastify()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
)

app.get('/', () => ({ ready: true }))

interface Body {
  entry: { changes: { value: { messages: { id: string }[] } }[] }[]
}

app.post<{ Body: Buffer }>('/webhook', async (request, reply) => {
  const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice(7), 'hex')
  const digest = createHmac('sha256', environment.SECRET).update(request.body).digest()
  if (given.length !== digest.length || !timingSafeEqual(given, digest)) return reply.code(401).send()
  const text = request.body.toString()
  const body = JSON.parse(text) as Body
  await pool.query({
    name: 'insert',
    text: 'insert into bench.events (id, payload, received_at) values ($1, $2, $3) on conflict (id) do nothing',
    values: [body.entry[0]?.changes[0]?.value.messages[0]?.id, text, new Date()],
  })
  return { received: true }
})

await app.listen({ host: '127.0.0.1', port: Number(environment.PORT) })

// An ordinary end, so that a profile is written.
process.once('SIGTERM', () => process.exit(0))
