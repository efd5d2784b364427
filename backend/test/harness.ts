/**
 * The whole application over a database of its own, called through HTTP without a socket. Two tenants are two calls
 * of `signUp`.
 */
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { DestinationStream } from 'pino'
import { inject, vi } from 'vitest'
import type { SessionAnswer } from '@chronos/contracts/auth'
import { buildApp, type App } from '../src/app.ts'
import { readConfig, type Config } from '../src/config.ts'
import { createContext, type AppContext } from '../src/context.ts'
import { startJobs, type RunningJobs } from '../src/jobs.ts'
import { forgetCallersOf } from '../src/modules/identity/sessions.service.ts'
import { fixedClock, type FixedClock } from '../src/platform/clock.ts'
import { createLogger } from '../src/platform/log.ts'
import type { Mail, Mailer } from '../src/platform/mail.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

export interface Answer {
  status: number
  // Tests look into answers of every shape.
  body: any // oxlint-disable-line typescript/no-explicit-any -- assertions read answers of every shape
  headers: Record<string, string | string[] | number | undefined>
}

export interface Client {
  session: SessionAnswer & { refreshToken: string }
  email: string
  password: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  delete(path: string, headers?: Record<string, string>): Promise<Answer>
  /** A multipart upload: `file` and further fields. */
  upload(
    path: string,
    file: { name: string; content: string | Buffer },
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Answer>
}

export interface Harness {
  app: FastifyInstance
  endpoints: App['endpoints']
  context: AppContext
  config: Config
  clock: FixedClock
  database: TestDatabase
  /** What was sent, once the workers run (`startJobs`). */
  mails: Mail[]
  /** Waits for a mail to somebody. @returns the last one, and the secret of its link */
  mailTo(email: string, subject?: RegExp): Promise<{ mail: Mail; token: string }>
  /** Any request; paths are whole (`/api/v1/…`). */
  request(options: InjectOptions): Promise<Answer>
  signUp(overrides?: Partial<SignUp>): Promise<Client>
  /** Shows that the person's e-mail is theirs, as following the link of the mail does. */
  verify(client: Client): Promise<Client>
  /** A client of a session that was answered to somebody. */
  clientFor(session: Client['session'], person: { email: string; password: string }): Client
  /** Runs the workers until the end of the test file. */
  startJobs(): Promise<RunningJobs>
  close(): Promise<void>
}

export interface SignUp {
  name: string
  email: string
  password: string
  workspaceName: string
  currency: string
  locale: string
  timezone: string
}

export const TEST_WHATSAPP = { phoneNumberId: '106540352242922', secret: 'whatsapp-webhook-secret-of-tests' }

export interface HarnessOptions {
  environment?: Record<string, string>
  now?: string
  /** Another application over the same database; whose it is drops it. */
  database?: TestDatabase
  /** Takes the lines of the log, at the level of LOG_LEVEL. */
  log?: DestinationStream
  /** In the place of the one that keeps what is sent in `mails`. */
  mailer?: Mailer
}

let people = 0

export async function createHarness(options: HarnessOptions = {}): Promise<Harness> {
  const database = options.database ?? (await createTestDatabase(inject('adminUrl')))
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    DATABASE_URL: database.appUrl,
    DATABASE_CONTROL_URL: database.controlUrl,
    DATABASE_POOL_SIZE: '8',
    JWT_SECRET: 'jwt-secret-of-tests-0123456789abcdef',
    SESSION_SECRET: 'session-secret-of-tests-0123456789abcdef',
    ENCRYPTION_KEY: 'a1b2c3d4'.repeat(8),
    BCRYPT_ROUNDS: '4',
    RATE_LIMITS: 'off',
    WHATSAPP_API_TOKEN: 'whatsapp-token-of-tests',
    WHATSAPP_PHONE_NUMBER_ID: TEST_WHATSAPP.phoneNumberId,
    WHATSAPP_WEBHOOK_SECRET: TEST_WHATSAPP.secret,
    WHATSAPP_DISPLAY_NUMBER: '15550783881',
    ...options.environment,
  })
  const clock = fixedClock(options.now ?? '2026-11-23T12:00:00.000Z')
  const mails: Mail[] = []
  const mailer: Mailer = options.mailer ?? {
    send: (mail) => Promise.resolve(void mails.push(mail)),
    close: () => Promise.resolve(),
  }
  const context = await createContext(config, {
    clock,
    mailer,
    logger: createLogger(config.logLevel, options.log),
  })
  const { fastify: app, endpoints } = await buildApp(context)
  await app.ready()
  const started: RunningJobs[] = []

  const request = async (injected: InjectOptions): Promise<Answer> => {
    const answer = await app.inject(injected)
    const isJson = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson && answer.body !== '' ? answer.json() : answer.body,
    }
  }

  return {
    app,
    endpoints,
    context,
    config,
    clock,
    database,
    mails,
    async mailTo(email, subject = /./) {
      const mail = await vi.waitFor(
        () => {
          const found = mails.findLast((each) => each.to === email && subject.test(each.subject))
          if (!found) throw new Error(`no mail to ${email} with ${subject.source}`)
          return found
        },
        { timeout: 15_000, interval: 20 },
      )
      return { mail, token: /#token=([\w-]+)/.exec(mail.text)?.[1] ?? '' }
    },
    request,
    async signUp(overrides = {}) {
      people += 1
      const person: SignUp = {
        name: `Person ${people}`,
        email: `person-${people}-${Math.random().toString(36).slice(2)}@example.com`,
        password: 'correct horse battery staple',
        workspaceName: `Workspace ${people}`,
        currency: 'BRL',
        locale: 'pt-BR',
        timezone: 'America/Sao_Paulo',
        ...overrides,
      }
      const answer = await request({
        method: 'POST',
        url: '/api/v1/auth/register',
        payload: { ...person, includeRefreshToken: true },
      })
      if (answer.status !== 201) throw new Error(`sign-up failed: ${JSON.stringify(answer.body)}`)
      return clientOf(request, answer.body, person)
    },
    async verify(client) {
      const { rows } = await database.admin.query<{ id: string }>(
        'update control.identities set email_verified_at = $2 where email = $1 returning id::text',
        [client.email, clock.now()],
      )
      await forgetCallersOf(context, rows[0]?.id ?? '')
      return client
    },
    clientFor: (session, person) => clientOf(request, session, person),
    async startJobs() {
      const jobs = await startJobs(context)
      started.push(jobs)
      return jobs
    },
    async close() {
      for (const jobs of started) await jobs.stop()
      await app.close()
      await context.close()
      if (options.database === undefined) await database.drop()
    },
  }
}

function clientOf(
  request: Harness['request'],
  session: Client['session'],
  person: { email: string; password: string },
): Client {
  const send = (
    method: NonNullable<InjectOptions['method']>,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer> =>
    request({
      method,
      url: path.startsWith('/api/') ? path : `/api/v1${path}`,
      headers: { authorization: `Bearer ${session.accessToken}`, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
  return {
    session,
    email: person.email,
    password: person.password,
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    post: (path, body, headers = {}) => send('POST', path, body, headers),
    put: (path, body, headers = {}) => send('PUT', path, body, headers),
    patch: (path, body, headers = {}) => send('PATCH', path, body, headers),
    delete: (path, headers = {}) => send('DELETE', path, undefined, headers),
    upload(path, file, fields = {}, headers = {}) {
      const boundary = 'chronos-test-boundary'
      const parts = Object.entries(fields).map(
        ([name, value]) =>
          `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      const head = `${parts.join('')}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
      const payload = Buffer.concat([
        Buffer.from(head),
        Buffer.from(file.content),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ])
      return request({
        method: 'POST',
        url: `/api/v1${path}`,
        headers: {
          authorization: `Bearer ${session.accessToken}`,
          'content-type': `multipart/form-data; boundary=${boundary}`,
          ...headers,
        },
        payload,
      })
    },
  }
}
