// `make test-roll`: load through a running production while it is updated, scaled to three API containers and back. Ends
// with 1 when a request was lost, was answered with an error, or a write happened twice or not at all. Clients keep
// HTTP/1.1 connections and never repeat anything, which is harder than what browsers do. Start production with
// NGINX_LIMIT_API=100000 NGINX_LIMIT_AUTH=1000 and RATE_LIMITS=off in its settings: one address asks for all of it.
import { spawn } from 'node:child_process'
import https from 'node:https'
import path from 'node:path'
import { ROOT } from './env-file.ts'

const HTTPS_PORT = Number(process.env['NGINX_HTTPS_PORT'] || 443)
const CLIENTS = Number(process.env['CLIENTS'] || 16)
/** Of a client, between two requests: idle connections are what a reload would close. */
const PAUSE_MS = 20
const SETTLE_MS = 5_000

interface Page {
  items: { name: string }[]
  nextCursor: string | null
}

interface Answer {
  status: number
  body: string
}

function ask(
  agent: https.Agent,
  method: string,
  target: string,
  headers: Record<string, string>,
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = body === '' ? headers : { ...headers, 'content-type': 'application/json' }
    const options = { host: '127.0.0.1', port: HTTPS_PORT, method, path: target, headers: all, agent }
    const request = https.request({ ...options, rejectUnauthorized: false }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const agent = new https.Agent({ keepAlive: true, maxSockets: CLIENTS })
const run = Date.now().toString(36)
const registered = await ask(
  agent,
  'POST',
  '/api/v1/auth/register',
  {},
  JSON.stringify({
    ...{ email: `roll-${run}@example.com`, password: `a pass phrase of ${run}`, name: 'Roll' },
    ...{ workspaceName: `Roll ${run}`, currency: 'BRL', locale: 'pt-BR', timezone: 'America/Sao_Paulo' },
  }),
)
if (registered.status !== 201) throw new Error(`Registering: ${registered.status} ${registered.body}`)
const { accessToken } = JSON.parse(registered.body) as { accessToken: string }
const bearer = { authorization: `Bearer ${accessToken}` }

const counts = { requests: 0, written: 0 }
const lost: string[] = []
const written = new Set<string>()
let phase = 'before'
let ending = false

async function client(number: number): Promise<void> {
  for (let turn = 0; !ending; turn += 1) {
    const isWrite = turn % 10 === 9
    const name = `${run}-${number}-${turn}`
    const target = isWrite ? '/api/v1/categories' : turn % 3 === 0 ? '/' : '/api/v1/me'
    const from = phase
    counts.requests += 1
    try {
      const answer = isWrite
        ? await ask(agent, 'POST', target, bearer, JSON.stringify({ name, kind: 'expense' }))
        : await ask(agent, 'GET', target, bearer)
      if (answer.status === (isWrite ? 201 : 200)) {
        if (isWrite) written.add(name)
      } else lost.push(`${from}: ${target} was answered ${answer.status} ${answer.body.slice(0, 200)}`)
    } catch (error) {
      lost.push(`${from}: ${isWrite ? 'POST' : 'GET'} ${target}: ${(error as Error).message}`)
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

function compose(command: string, replicas: string): Promise<void> {
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts/compose.ts'), command], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BACKEND_REPLICAS: replicas },
  })
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${String(code)}`)),
    )
  })
}

const clients = Array.from({ length: CLIENTS }, (_, number) => client(number))
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
await settle()
for (const [name, command, replicas] of [
  ['make prod-update', 'update', ''],
  ['--scale backend=3', 'up', '3'],
  ['make prod-update of three', 'update', ''],
  ['--scale backend=1', 'up', '1'],
] as const) {
  phase = name
  const before = { requests: counts.requests, lost: lost.length, at: Date.now() }
  await compose(command, replicas)
  await settle()
  const seconds = (Date.now() - before.at) / 1000
  const requests = counts.requests - before.requests
  console.log(
    `${name}: ${requests} requests in ${seconds.toFixed(0)} s (${(requests / seconds).toFixed(0)}/s), ${lost.length - before.lost} lost`,
  )
}
ending = true
await Promise.all(clients)
const names: string[] = []
for (let cursor: string | null = ''; cursor !== null;) {
  const more = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
  const page = JSON.parse((await ask(agent, 'GET', `/api/v1/categories${more}`, bearer)).body) as Page
  names.push(...page.items.map((each) => each.name).filter((each) => each.startsWith(`${run}-`)))
  cursor = page.nextCursor
}
const missing = [...written].filter((name) => !names.includes(name))
const unasked = names.filter((name) => !written.has(name))
console.log(
  `${counts.requests} requests, ${lost.length} lost; ${written.size} writes acknowledged, ${names.length} there`,
)
for (const line of lost.slice(0, 20)) console.log(`  ${line}`)
if (missing.length > 0) console.log(`  acknowledged and not there: ${missing.slice(0, 5).join(', ')}`)
agent.destroy()
process.exitCode = lost.length + missing.length + unasked.length === 0 ? 0 : 1
