// The last release's own processes on the schema of this checkout: while a version replaces the one before, and after a
// roll-back, they serve people on it.
import { DEMO_LOGIN } from '../backend/prisma/demo-login.ts'
import { startGraphDouble } from '../backend/src/integrations/whatsapp/graph-double.ts'
import type { Environment } from './env-file.ts'
import { startPart } from './part.ts'
import { freePort } from './ports.ts'

const WAIT_MS = 60_000
const WRITTEN = { text: 'mercado 45,90', amountMinor: -4590 }

/** The API of a process, as somebody who is signed in once there is a token. */
class OlderApi {
  token = ''
  readonly #base: string
  readonly #address: string
  constructor(base: string, address: string) {
    this.#base = base
    this.#address = address
  }

  /** @throws Error that names what was asked, where the answer is another than `wanted` */
  async ask<T>(method: 'GET' | 'POST', path: string, wanted: number, body?: object): Promise<T> {
    const answer = await fetch(`${this.#address}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (answer.status !== wanted)
      throw new Error(`${this.#base} on the new schema: ${method} ${path} answers ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }
}

async function until(what: string, last: readonly string[], holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${what}:\n${last.slice(-20).join('\n')}`)
}

/**
 * Runs server and worker of the release in `cwd`, and does with them what people do.
 * @throws Error with what does not hold
 */
export async function serveOld(
  env: Environment,
  cwd: string,
  base: string,
  say: (line: string) => void,
): Promise<void> {
  const last: string[] = []
  const start = async (name: 'server' | 'worker', more: Environment): Promise<{ stop(): Promise<void> }> =>
    startPart({
      name,
      args: [`backend/src/${name}.ts`],
      env: { ...env, API_PORT: String(await freePort()), RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ...more },
      cwd,
      onLine: (line) => last.push(line),
    })
  const address = `http://127.0.0.1:${env['API_PORT']}`
  const double = await startGraphDouble({
    port: Number(env['WHATSAPP_SIMULATOR_PORT']),
    webhookUrl: `${address}/api/v1/webhooks/whatsapp`,
    appSecret: env['WHATSAPP_WEBHOOK_SECRET'] ?? '',
    phoneNumberId: env['WHATSAPP_PHONE_NUMBER_ID'] ?? '',
    token: env['WHATSAPP_API_TOKEN'] ?? '',
    statuses: 'delivered',
  })
  const parts = [
    await start('server', { CHRONOS_ROLES: 'api,webhook', API_PORT: env['API_PORT'] ?? '' }),
    await start('worker', { CHRONOS_ROLES: 'worker,scheduler' }),
  ]
  try {
    await until(`${base} does not start`, last, async () =>
      fetch(`${address}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    const api = new OlderApi(base, address)
    const { email, password } = DEMO_LOGIN
    api.token = (
      await api.ask<{ accessToken: string }>('POST', '/auth/login', 200, { email, password })
    ).accessToken
    for (const path of ['/me', '/accounts', '/transactions', '/categories']) await api.ask('GET', path, 200)
    await register(new OlderApi(base, address))
    say(`${base} on the new schema: it starts, signs in, reads, and registers somebody`)
    await writeByWhatsapp(api, double, base, last)
    say(`${base} on the new schema: its worker makes a transaction of a signed webhook, and answers the chat`)
  } finally {
    await Promise.all(parts.map((part) => part.stop()))
    await double.close()
  }
}

const register = (api: OlderApi): Promise<unknown> =>
  api.ask('POST', '/auth/register', 201, {
    name: 'Somebody',
    email: 'somebody@example.com',
    password: 'two boats and a lighthouse',
    workspaceName: 'Somewhere',
    currency: 'BRL',
    locale: 'pt-BR',
    timezone: 'America/Sao_Paulo',
  })

type Double = Awaited<ReturnType<typeof startGraphDouble>>

async function writeByWhatsapp(
  api: OlderApi,
  double: Double,
  base: string,
  last: readonly string[],
): Promise<void> {
  const person = double.person({ waId: '5511999990000', name: 'Somebody' })
  const { code } = await api.ask<{ code: string }>('POST', '/whatsapp/link-codes', 201)
  double.receive(person, { type: 'text', text: code })
  const chats = (): Promise<{ items: { id: string; phone: string | null; state: string }[] }> =>
    api.ask('GET', '/whatsapp/chats?limit=100', 200)
  let chat = ''
  await until(`${base} on the new schema: no chat is linked by its code`, last, async () => {
    const { items } = await chats()
    chat = items.find(({ state, phone }) => state === 'linked' && phone?.endsWith('00') === true)?.id ?? ''
    return chat !== ''
  })
  double.receive(person, { type: 'text', text: WRITTEN.text })
  interface Written {
    direction: string
    state: string
    text: string | null
    transactionId: string | null
  }
  let made = ''
  await until(`${base} on the new schema: no transaction is made of a message`, last, async () => {
    const { items } = await api.ask<{ items: Written[] }>('GET', `/whatsapp/chats/${chat}/messages`, 200)
    const written = items.find(({ direction, text }) => direction === 'inbound' && text === WRITTEN.text)
    made = written?.transactionId ?? ''
    // To the code, and to this.
    const answers = items.filter(({ direction, state }) => direction === 'outbound' && state === 'delivered')
    return made !== '' && answers.length >= 2
  })
  const { amountMinor } = await api.ask<{ amountMinor: number }>('GET', `/transactions/${made}`, 200)
  if (amountMinor !== WRITTEN.amountMinor)
    throw new Error(`${base} on the new schema: "${WRITTEN.text}" became ${amountMinor}`)
}
