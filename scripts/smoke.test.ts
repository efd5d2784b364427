/** The smoke test against a double of an installation, whole and broken in one place at a time. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blocksFor, commands } from './docs/markdown.ts'
import { ROOT } from './env-file.ts'
import { smoke } from './smoke.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const PAGE = '<div id="root"></div><script type="module" src="/assets/app.js"></script>'

interface Answer {
  status: number
  body: string
  headers?: Record<string, string>
}

let server: Server
let url: string
/** What the installation answers, by method and path. */
let answers: Record<string, Answer>
let people: Record<string, string>

beforeEach(async () => {
  people = { 'ana@example.com': 'her password' }
  answers = {
    'GET /health/live': {
      status: 200,
      body: `{"status":"ok","version":"1.2.0","commit":"${COMMIT.slice(0, 12)}"}`,
    },
    'GET /health/ready': { status: 200, body: '{"status":"ok"}' },
    'GET /sign-in': { status: 200, body: PAGE, headers: { 'content-security-policy': "default-src 'self'" } },
    'GET /assets/app.js': { status: 200, body: '' },
    'GET /api/v1/accounts': { status: 200, body: '{}' },
  }
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => (text += part))
    request.on('end', () => {
      const {
        status,
        body,
        headers = {},
      } = answer(`${request.method} ${request.url}`, text, request.headers.authorization)
      response.writeHead(status, headers).end(body)
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function answer(call: string, text: string, token?: string): Answer {
  const refused = { status: 401, body: '{}' }
  const known = answers[call]
  if (known)
    return call === 'GET /api/v1/accounts' && token === undefined && known.status === 200 ? refused : known
  const given = (text === '' ? {} : JSON.parse(text)) as { email?: string; password?: string }
  const { email = '', password = '' } = given
  if (call === 'POST /api/v1/auth/register') {
    people[email] = password
    return { status: 201, body: '{}' }
  }
  if (call === 'POST /api/v1/auth/login')
    return people[email] === password ? { status: 200, body: `{"accessToken":"${email}"}` } : refused
  if (call === 'GET /api/v1/me' && token)
    return { status: 200, body: `{"user":{"email":"${token.slice(7)}"}}` }
  return { status: 404, body: '' }
}

async function said(more: Partial<Parameters<typeof smoke>[0]> = {}): Promise<string[]> {
  const lines: string[] = []
  await smoke({ url, ...more }, (line) => lines.push(line))
  return lines
}

describe('make smoke', () => {
  it('goes from health to a sign-in of somebody new', async () => {
    expect(await said({ version: '1.2.0', commit: COMMIT })).toEqual([
      'alive: version 1.2.0 (0123456789ab)',
      'ready: ok',
      'sign-in page: it and its script are there',
      'registered somebody',
      'signed in, read, and refused without a session',
    ])
    expect(Object.keys(people)).toHaveLength(2)
  })

  it('is what docs/ci.md types', async () => {
    const [command = ''] = blocksFor(ROOT, 'docs/ci.md', 'scripts/smoke.test.ts')
      .flatMap(commands)
      .filter((each) => each.startsWith('make smoke '))
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-c', command.replace('https://money.example', url)],
      { cwd: ROOT },
    )
    expect(stdout).toContain('signed in, read, and refused without a session')
    expect(Object.keys(people)).toHaveLength(2)
  })

  it('registers nobody where it is given somebody, nor where registering sends a link', async () => {
    const login = { email: 'ana@example.com', password: 'her password' }
    expect(await said({ login })).not.toContain('registered somebody')
    answers['POST /api/v1/auth/register'] = { status: 202, body: '{}' }
    expect((await said()).at(-1)).toMatch(/^registering sends a link/)
    expect(Object.keys(people)).toHaveLength(1)
  })

  it.each<[string, Answer | undefined, RegExp]>([
    ['GET /health/live', { status: 502, body: '' }, /GET \/health\/live: 502 instead of 200/],
    ['GET /health/live', { status: 200, body: '{"version":"1.1.0"}' }, /version 1\.1\.0 instead of 1\.2\.0/],
    ['GET /health/ready', { status: 503, body: '{"status":"down"}' }, /\/health\/ready: 503/],
    ['GET /sign-in', { status: 200, body: '<h1>Welcome to nginx!</h1>' }, /not the web/],
    ['GET /sign-in', { status: 200, body: PAGE }, /no content policy/],
    ['GET /assets/app.js', { status: 404, body: '' }, /\/assets\/app\.js: 404/],
    ['POST /api/v1/auth/register', { status: 500, body: '' }, /auth\/register: 500/],
    ['POST /api/v1/auth/login', { status: 401, body: '{}' }, /auth\/login: 401/],
    ['GET /api/v1/me', { status: 200, body: '{"user":{"email":"eve@example.com"}}' }, /somebody else/],
    ['GET /api/v1/accounts', { status: 500, body: '' }, /accounts: 500/],
  ])('ends at what is wrong: %s', async (call, broken, message) => {
    if (broken) answers[call] = broken
    await expect(said({ version: '1.2.0' })).rejects.toThrow(message)
  })

  it('tells a commit that is another, and that nobody answers', async () => {
    await expect(said({ commit: 'f'.repeat(40) })).rejects.toThrow(/commit 0123456789ab instead of f/)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await expect(said()).rejects.toThrow(/GET \/health\/live: no answer \(.*ECONNREFUSED/)
  })
})
