/**
 * One life of the product with recognisable secrets: registering, signing in with and without second factors, links by
 * mail, tokens, books, files, chats, an operator, and requests and jobs that fail. What it gave out and was given is
 * collected by name, for tests that look where none of it may stand.
 */
import { generateSync } from 'otplib'
import type { GraphDouble } from '../src/integrations/whatsapp/graph-double.ts'
import { deriveVerifyToken, sign } from '../src/integrations/whatsapp/signature.ts'
import { createOperator } from '../src/modules/control-plane/operators.service.ts'
import type { Mail, Mailer } from '../src/platform/mail.ts'
import { startTestGraph } from './chats.ts'
import { createHarness, TEST_WHATSAPP, type Answer, type Client, type Harness } from './harness.ts'

/** What somebody typed; every one of them is found by its word, whatever stands around it. */
export const TYPED = {
  password: 'Zq7-wunderkind-marmelade',
  newPassword: 'Xv4-sternhagel-quittung',
  wrongPassword: 'Kj2-falschmuenzer-laterne',
  name: 'Quintiliana Ximenes',
  email: 'quintiliana.ximenes@example.com',
  newEmail: 'ximenes.neu@example.com',
  workspace: 'Haushalt Zwetschgenallee',
  account: 'Sparbuch Kolibri',
  description: 'Honorar Dr. Wolkenstein',
  notes: 'Befund vertraulich Nierenstein',
  payee: 'Praxis Wolkenstein',
  memo: 'ANTIQUARIAT BIBERKOPF',
  chat: 'gastei 73,19 em perfumaria jasmim',
  profile: 'Quinti do Zap',
  search: 'suchwort-mondlandung',
  fileName: 'auszug-geheimkonto.ofx',
  broken: 'kaputt-schluesselblume',
  operatorPassword: 'Op9-betriebsleiter-kupfer',
} as const
export const AMOUNT_MINOR = 73_918_455
const PHONE = '5511987654321'

export type Secrets = Map<string, string>

export interface Life {
  harness: Harness
  client: Client
  /** By name, what nobody but its owner may read. */
  secrets: Secrets
  close(): Promise<void>
}

/** Mail that can be made to fail as an SMTP server fails, with the recipient in the error. */
function flakyMailer(mails: Mail[]): Mailer & { failing: boolean } {
  return {
    failing: false,
    send(mail) {
      mails.push(mail)
      if (!this.failing) return Promise.resolve()
      const response = `550 5.1.1 <${mail.to}>: Recipient address rejected`
      const rejected = { code: 'EENVELOPE', response, rejected: [mail.to], command: 'RCPT TO' }
      return Promise.reject(Object.assign(new Error(`Can't send mail: ${response}`), rejected))
    },
    close: () => Promise.resolve(),
  }
}

function statement(): string {
  return `OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>341<ACCTID>998877-6<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>OTHER<DTPOSTED>20261101120000[-3:BRT]<TRNAMT>-52.90<FITID>1<MEMO>${TYPED.memo}</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`
}

function webhookBody(harness: Harness, id: string, message: object): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: TEST_WHATSAPP.phoneNumberId },
    contacts: [{ profile: { name: TYPED.profile }, wa_id: PHONE }],
    messages: [
      { from: PHONE, id, timestamp: String(Math.floor(harness.clock.now().getTime() / 1000)), ...message },
    ],
  }
  const entry = [{ id: '1', changes: [{ field: 'messages', value }] }]
  return JSON.stringify({ object: 'whatsapp_business_account', entry })
}

function deliver(harness: Harness, payload: string, signature: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
  return harness.request({ method: 'POST', url: '/api/v1/webhooks/whatsapp', payload, headers })
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let attempt = 0; attempt < 800; attempt += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it did not come to that')
}

/** @param expected a status, else the step did not do what the test is about */
function must(answer: Answer, ...expected: number[]): Answer {
  if (!expected.includes(answer.status))
    throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer
}

/** @param log takes the lines of API and worker, at `trace` */
export async function live(log: NodeJS.WritableStream): Promise<Life> {
  const graph = await startTestGraph()
  const mails: Mail[] = []
  const mailer = flakyMailer(mails)
  const harness = await createHarness({
    environment: { LOG_LEVEL: 'trace', WHATSAPP_GRAPH_URL: graph.url },
    log: log as NodeJS.WritableStream & { write(text: string): boolean },
    mailer,
  })
  await harness.startJobs()
  const secrets: Secrets = new Map(Object.entries(TYPED))
  secrets.set('phone', PHONE)
  secrets.set('amount', String(AMOUNT_MINOR))
  secrets.set('webhook secret', TEST_WHATSAPP.secret)
  secrets.set('webhook verify token', deriveVerifyToken(TEST_WHATSAPP.secret))
  for (const name of ['jwtSecret', 'sessionSecret', 'encryptionKey'] as const)
    secrets.set(name, harness.config[name])
  secrets.set('graph token', 'whatsapp-token-of-tests')
  const life = { harness, secrets, mails, mailer, graph }
  const client = await becomeSomebody(life)
  await keepBooks(life, client)
  await chat(life, client)
  await operate(life)
  await goWrong(life, client)
  return {
    harness,
    client,
    secrets,
    async close() {
      await harness.close()
      await graph.close()
    },
  }
}

interface Parts {
  harness: Harness
  secrets: Secrets
  mails: Mail[]
  mailer: { failing: boolean }
  graph: GraphDouble
}

const post = (harness: Harness, path: string, payload: object): Promise<Answer> =>
  harness.request({ method: 'POST', url: `/api/v1${path}`, payload })

function codeOf(harness: Harness, secret: string): string {
  harness.clock.advance(60_000)
  return generateSync({ secret, epoch: Math.floor(harness.clock.now().getTime() / 1000) })
}

async function linkOf({ mails }: Parts, to: string): Promise<string> {
  let token: string | undefined
  await until(() => {
    token = mails
      .filter((mail) => mail.to === to)
      .map((mail) => /#token=([\w-]+)/.exec(mail.text)?.[1])
      .findLast((found) => found !== undefined)
    return token !== undefined
  })
  return token ?? ''
}

async function becomeSomebody(life: Parts): Promise<Client> {
  const { harness, secrets, mails } = life
  const client = await harness.signUp({
    name: TYPED.name,
    email: TYPED.email,
    password: TYPED.password,
    workspaceName: TYPED.workspace,
  })
  const keep = (name: string, value: string): void => void secrets.set(name, value)
  keep('access token', client.session.accessToken)
  keep('refresh token', client.session.refreshToken)
  keep('csrf token', client.session.csrfToken)
  keep('verify link', await linkOf(life, TYPED.email))
  must(await client.post('/auth/verify-email', { token: secrets.get('verify link') }), 200, 204)

  await post(harness, '/auth/login', { email: TYPED.email, password: TYPED.wrongPassword })
  const signIn = { email: TYPED.email, password: TYPED.password }
  const browser = must(await post(harness, '/auth/login', signIn), 200)
  for (const cookie of [browser.headers['set-cookie']].flat()) {
    const [name = '', value = ''] = String(cookie).split(';')[0]?.split('=') ?? []
    if (value !== '') keep(`cookie ${name}`, value)
  }
  const cookie = [browser.headers['set-cookie']]
    .flat()
    .map((each) => String(each).split(';')[0])
    .join('; ')
  const headers = { cookie, 'x-csrf-token': browser.body.csrfToken, origin: harness.config.publicUrl }
  keep('browser csrf token', browser.body.csrfToken)
  must(await harness.request({ method: 'GET', url: '/api/v1/me', headers: { cookie } }), 200)
  must(await harness.request({ method: 'POST', url: '/api/v1/auth/refresh', headers }), 200)
  await harness.request({ method: 'POST', url: '/api/v1/auth/refresh', headers: { cookie } })

  mails.length = 0
  await post(harness, '/auth/password-reset', { email: TYPED.email })
  keep('reset link', await linkOf(life, TYPED.email))
  const reset = { token: secrets.get('reset link'), password: TYPED.newPassword }
  must(await post(harness, '/auth/password-reset/confirm', reset), 200, 204)
  await post(harness, '/auth/password-reset/confirm', reset)
  return withFactors(life, keep)
}

async function withFactors(life: Parts, keep: (name: string, value: string) => void): Promise<Client> {
  const { harness, mails } = life
  const signIn = { email: TYPED.email, password: TYPED.newPassword, includeRefreshToken: true }
  const session = must(await post(harness, '/auth/login', signIn), 200).body
  let client = harness.clientFor(session, signIn)
  const { secret } = must(await client.post('/me/totp'), 201).body
  keep('authenticator secret', secret)
  await client.post('/me/totp/confirm', { code: '000000' })
  const confirming = codeOf(harness, secret)
  keep('authenticator code', confirming)
  const { recoveryCodes } = must(await client.post('/me/totp/confirm', { code: confirming }), 200).body
  recoveryCodes.forEach((code: string, index: number) => keep(`recovery code ${index}`, code))
  const asked = must(await post(harness, '/auth/login', signIn), 401)
  keep('challenge', asked.body.challenge.token)
  const code = codeOf(harness, secret)
  keep('second code', code)
  const answered = await post(harness, '/auth/second-factor', {
    challenge: asked.body.challenge.token,
    code,
    includeRefreshToken: true,
  })
  client = harness.clientFor(must(answered, 200).body, signIn)
  keep('second access token', client.session.accessToken)
  keep('second refresh token', client.session.refreshToken)
  const renewed = must(
    await post(harness, '/auth/refresh', { refreshToken: client.session.refreshToken }),
    200,
  )
  client = harness.clientFor(renewed.body, signIn)
  keep('third refresh token', client.session.refreshToken)
  mails.length = 0
  must(await client.post('/me/email', { email: TYPED.newEmail }), 200, 202)
  keep('e-mail link', await linkOf(life, TYPED.newEmail))
  const made = await client.post('/me/tokens', { name: 'Script', scopes: ['ledger.read'] })
  keep('api token', must(made, 201).body.token)
  const bearer = { authorization: `Bearer ${made.body.token}` }
  await harness.request({ method: 'GET', url: '/api/v1/accounts', headers: bearer })
  await harness.request({ method: 'GET', url: '/api/v1/members', headers: bearer })
  mails.length = 0
  must(await client.post('/invitations', { email: 'gast@example.com', role: 'viewer' }), 201, 202)
  keep('invitation', await linkOf(life, 'gast@example.com'))
  keep('guest', 'gast@example.com')
  await post(harness, '/auth/invitation', { token: life.secrets.get('invitation') })
  return client
}

async function keepBooks({ harness }: Parts, client: Client): Promise<void> {
  const account = must(
    await client.post('/accounts', { name: TYPED.account, type: 'checking', currency: 'BRL' }),
    201,
  ).body
  const transaction = {
    accountId: account.id,
    occurredOn: '2026-11-20',
    amountMinor: -AMOUNT_MINOR,
    description: TYPED.description,
    payee: TYPED.payee,
    notes: TYPED.notes,
  }
  must(await client.post('/transactions', transaction), 201)
  must(await client.get(`/transactions?q=${TYPED.search}`), 200)
  await client.get(`/${TYPED.search}?token=${TYPED.password}`)
  await client.get(`/accounts/${TYPED.search}`)
  must(await client.upload('/imports', { name: TYPED.fileName, content: statement() }), 201)
  await client.upload('/imports', { name: TYPED.fileName, content: `${TYPED.memo};no statement` })
  const queued = must(await client.post('/exports'), 201, 202)
  await until(async () => (await client.get(`/exports/${queued.body.id}`)).body.status === 'ready')
  must(await client.post('/me/exports'), 201, 202)
  await harness.request({
    method: 'POST',
    url: '/api/v1/transactions',
    headers: { authorization: `Bearer ${client.session.accessToken}`, 'content-type': 'application/json' },
    payload: `{"description":"${TYPED.broken}",`,
  })
  await client.post('/transactions', { ...transaction, amountMinor: TYPED.broken, [TYPED.broken]: 1 })
}

async function chat(life: Parts, client: Client): Promise<void> {
  const { harness, secrets, graph } = life
  const say = async (id: string, text: string): Promise<void> => {
    const body = webhookBody(harness, id, { type: 'text', text: { body: text } })
    must(await deliver(harness, body, sign(TEST_WHATSAPP.secret, Buffer.from(body))), 200)
  }
  await say('wamid.stranger', TYPED.chat)
  await harness.verify(client)
  const { code } = must(await client.post('/whatsapp/link-codes'), 201).body
  secrets.set('link code', code)
  await say('wamid.link', code)
  await until(async () => (await client.get('/whatsapp/chats')).body.items[0]?.state === 'linked')
  graph.failNext({ code: 131_026, details: `Message undeliverable to ${PHONE}` })
  await say('wamid.first', TYPED.chat)
  await until(async () => (await client.get('/transactions?q=perfumaria')).body.items.length > 0)
  const forged = webhookBody(harness, 'wamid.forged', { type: 'text', text: { body: TYPED.chat } })
  await deliver(harness, forged, `sha256=${'0'.repeat(64)}`)
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': deriveVerifyToken(TEST_WHATSAPP.secret),
    'hub.challenge': '1158201444',
  })
  await harness.request({ method: 'GET', url: `/api/v1/webhooks/whatsapp?${query.toString()}` })
}

async function operate({ harness, secrets }: Parts): Promise<void> {
  const made = await createOperator(
    { ...harness.context, bcryptRounds: 4 },
    { email: 'betrieb@example.com', name: 'Betrieb', password: TYPED.operatorPassword },
  )
  secrets.set('operator secret', made.secret)
  const payload = { email: 'betrieb@example.com', password: TYPED.operatorPassword, includeToken: true }
  await post(harness, '/control/sessions', { ...payload, code: '000000' })
  const signedIn = await post(harness, '/control/sessions', {
    ...payload,
    code: codeOf(harness, made.secret),
  })
  secrets.set('operator token', must(signedIn, 201).body.token)
  const headers = { authorization: `Bearer ${signedIn.body.token}` }
  must(await harness.request({ method: 'GET', url: '/api/v1/control/tenants', headers }), 200)
}

/** Makes statements, jobs and mails fail with the values of people in their errors. */
async function goWrong(life: Parts, client: Client): Promise<void> {
  const { harness, mailer } = life
  const { admin } = harness.database
  const account = (await client.get('/accounts')).body.items[0]
  const transaction = {
    accountId: account.id,
    occurredOn: '2026-11-21',
    amountMinor: -AMOUNT_MINOR,
    description: TYPED.description,
    notes: TYPED.notes,
  }
  await admin.query('alter table app.transactions add constraint spoiled check (false) not valid')
  await admin.query('alter table app.whatsapp_messages add constraint spoiled check (false) not valid')
  await admin.query('alter table control.identities add constraint spoiled check (false) not valid')
  must(await client.post('/transactions', transaction), 500)
  must(await client.patch('/me', { name: TYPED.name, locale: 'en' }), 200, 500)
  const body = webhookBody(harness, 'wamid.failing', { type: 'text', text: { body: TYPED.chat } })
  await deliver(harness, body, sign(TEST_WHATSAPP.secret, Buffer.from(body)))
  await post(harness, '/auth/register', {
    name: TYPED.name,
    email: `zweite.${TYPED.email}`,
    password: TYPED.password,
    workspaceName: TYPED.workspace,
    currency: 'BRL',
    locale: 'pt-BR',
    timezone: 'America/Sao_Paulo',
  })
  mailer.failing = true
  await post(harness, '/auth/password-reset', { email: TYPED.email })
  await until(async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select distinct name from pgboss.job where output is not null and name in ('whatsapp.inbound', 'mails')`,
    )
    return rows.length === 2
  })
}
