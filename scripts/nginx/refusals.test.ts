/** What Nginx itself answers: problem+json to programs, a small page to people, and never its own page. */
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import net from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ERROR_STATUS } from '../../contracts/src/errors.ts'
import { startEdge } from './test-bed.ts'
import type { Edge } from './test-bed.ts'

const nginx = process.env['NGINX_PATH']
const LONG = 'a'.repeat(20_000)
const END = 'Host: x\r\nConnection: close\r\n\r\n'

interface Answer {
  status: number
  /** Of each name every value, in order. */
  headers: Record<string, string[]>
  body: string
}

let edge: Edge
// Limits are per address: every test comes from one of its own.
let here = ''
let tests = 0

/** What raw bytes get. */
function send(text: string, secure = true, port = edge.httpsPort): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, localAddress: here }
    const socket = secure ? tls.connect({ ...options, rejectUnauthorized: false }) : net.connect(options)
    let all = ''
    socket.on(secure ? 'secureConnect' : 'connect', () => socket.write(text))
    socket.on('data', (part: Buffer) => (all += part.toString('utf8')))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      const [head = '', ...body] = all.split('\r\n\r\n')
      const [first = '', ...lines] = head.split('\r\n')
      const headers: Record<string, string[]> = {}
      for (const line of lines) {
        const [name = '', ...value] = line.split(': ')
        ;(headers[name.toLowerCase()] ??= []).push(value.join(': '))
      }
      resolve({ status: Number(first.split(' ')[1]), headers, body: body.join('\r\n\r\n') })
    })
  })
}

const COMMON_OVER_HTTP = {
  'cache-control': ['no-store'],
  'x-content-type-options': ['nosniff'],
  'x-frame-options': ['DENY'],
  'x-xss-protection': ['0'],
  'referrer-policy': ['no-referrer'],
  'permissions-policy': [expect.stringContaining('camera=()')],
  'cross-origin-opener-policy': ['same-origin'],
  'cross-origin-resource-policy': ['same-origin'],
}
const COMMON = {
  ...COMMON_OVER_HTTP,
  'strict-transport-security': ['max-age=63072000; includeSubDomains'],
}

/** No header stands there twice, and none says which version answers. */
function expectEachOnce(headers: Answer['headers']): void {
  expect(Object.entries(headers).filter(([, values]) => values.length > 1)).toEqual([])
  expect(headers['server']).toEqual(['nginx'])
}

function expectProblem({ status, headers, body }: Answer, wanted: number, code: string): void {
  expect([status, headers['content-type']]).toEqual([wanted, ['application/problem+json']])
  expectEachOnce(headers)
  const problem = JSON.parse(body) as Record<string, unknown>
  expect(problem).toMatchObject({ type: `urn:chronos:problem:${code}`, status: wanted, code })
  expect(problem['title']).toMatch(/\w/)
  expect([problem['requestId']]).toEqual(headers['x-request-id'])
  expect(headers).toMatchObject({
    ...COMMON,
    'content-security-policy': [
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ],
  })
  expect(ERROR_STATUS).toHaveProperty(code)
}

function expectPage({ status, headers, body }: Answer, wanted: number, text: RegExp): void {
  expect([status, headers['content-type']]).toEqual([wanted, ['text/html; charset=utf-8']])
  expectEachOnce(headers)
  expect(headers).toMatchObject(COMMON)
  expect(body).toMatch(text)
  expect(body).toContain(`${wanted} · ${headers['x-request-id']?.[0]}`)
  const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(headers['content-security-policy']?.join()).toContain(`style-src 'sha256-${hash}';`)
}

describe.runIf(nginx !== undefined)('what Nginx itself answers', () => {
  beforeAll(async () => {
    edge = await startEdge(nginx ?? '', {}, 1)
  }, 60_000)
  afterAll(() => edge.stop())
  beforeEach(() => {
    tests += 1
    here = `127.0.4.${tests}`
    edge.asked.length = 0
    edge.answer = (_request, response) => response.end('{}')
  })

  it.each([
    [
      400,
      'invalid_request',
      'a length that is none',
      `POST /api/v1/me HTTP/1.1\r\nContent-Length: +4\r\n${END}`,
    ],
    [400, 'invalid_request', 'no host', 'GET /api/v1/me HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [400, 'invalid_request', 'no request at all', `get it\r\n\r\n`],
    [505, 'invalid_request', 'a version of its own', `GET /api/v1/me HTTP/7.0\r\n${END}`],
    [405, 'method_not_allowed', 'TRACE', `TRACE /api/v1/me HTTP/1.1\r\n${END}`],
    [413, 'payload_too_large', 'a body', `POST /api/v1/me HTTP/1.1\r\nContent-Length: 9000000\r\n${END}`],
    [414, 'invalid_request', 'an address that is too long', `GET /api/v1/${LONG} HTTP/1.1\r\n${END}`],
    [431, 'invalid_request', 'headers that are too large', `GET /api/v1/me HTTP/1.1\r\nX: ${LONG}\r\n${END}`],
    [501, 'invalid_request', 'an encoding', `POST /api/v1/me HTTP/1.1\r\nTransfer-Encoding: x\r\n${END}`],
  ])('is problem+json for a program: %s %s for %s', async (status, code, _what, text) => {
    expectProblem(await send(text), status, code)
    expect(edge.asked).toEqual([])
  })

  it('is problem+json where http is spoken to the port of https, without the promise of https', async () => {
    const { status, headers, body } = await send(`GET /api/v1/me HTTP/1.1\r\n${END}`, false)
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'invalid_request', status: 400 }])
    expect(headers).toMatchObject(COMMON_OVER_HTTP)
    expect(headers['strict-transport-security']).toBeUndefined()
    expectEachOnce(headers)
  })

  it('is problem+json on the port of http, which takes no token', async () => {
    const { status, headers, body } = await send(`GET /api/v1/me HTTP/1.1\r\n${END}`, false, edge.httpPort)
    expect([status, JSON.parse(body)]).toMatchObject([403, { code: 'forbidden' }])
    expect(headers).toMatchObject(COMMON_OVER_HTTP)
    expect(headers['strict-transport-security']).toBeUndefined()
    expect(headers['content-security-policy']?.join()).toContain("default-src 'none'")
    expectEachOnce(headers)
    const broken = await send(`GET /api/v1/me HTTP/1.1\r\nX: ${LONG}\r\n${END}`, false, edge.httpPort)
    expect([broken.status, JSON.parse(broken.body)]).toMatchObject([431, { status: 431 }])
  })

  it('says when to come again, of a burst and of an API that is away', async () => {
    const burst = await Promise.all(
      Array.from({ length: 190 }, () => send(`GET /api/v1/auth/login HTTP/1.1\r\n${END}`)),
    )
    const refused = burst.find(({ status }) => status === 429)
    expectProblem(refused ?? { status: 0, headers: {}, body: '' }, 429, 'too_many_requests')
    expect(refused?.headers['retry-after']).toEqual(['1'])
    edge.answer = (request) => request.socket.destroy()
    const away = await send(`GET /api/v1/me HTTP/1.1\r\n${END}`)
    expectProblem(away, 503, 'unavailable')
    expect(away.headers['retry-after']).toEqual(['2'])
  })

  it('takes the place of nothing that the API says', async () => {
    edge.answer = (_request, response) => response.writeHead(404, { 'X-Own': 'yes' }).end('{"code":"mine"}')
    const { status, headers, body } = await send(`GET /api/v1/me HTTP/1.1\r\n${END}`)
    expect([status, headers['x-own'], body.includes('{"code":"mine"}')]).toEqual([404, ['yes'], true])
    expect(headers['cache-control']).toBeUndefined()
  })

  it('is a small page for people, in their language', async () => {
    const gone = (language: string): Promise<Answer> =>
      send(`GET /assets/gone-1a2b.js HTTP/1.1\r\nAccept-Language: ${language}\r\n${END}`)
    expectPage(await gone('pt-PT,pt;q=0.9'), 404, /lang="pt-BR"[\s\S]*Não há nada neste endereço/)
    expectPage(await gone('es-MX'), 404, /lang="es"[\s\S]*No hay nada en esta dirección/)
    expectPage(await gone('de'), 404, /lang="en"[\s\S]*There is nothing at this address/)
    expectPage(
      await send(`GET /accounts HTTP/1.1\r\nCookie: ${LONG}\r\n${END}`),
      431,
      /Delete the cookies of this site/,
    )
    expectPage(await send(`POST /accounts HTTP/1.1\r\n${END}`), 403, /not open to you/)
    const script = `GET /assets/app-1a2b.js HTTP/1.1\r\n`
    expectPage(await send(`${script}Range: bytes=999999-\r\n${END}`), 416, /not be understood/)
    expectPage(await send(`${script}If-Match: "other"\r\n${END}`), 412, /not be understood/)
    expectPage(await send(`GET /accounts HTTP/1.1\r\nConnection: close\r\n\r\n`), 400, /not be understood/)
  })

  it('leaves no headers for the API to refuse: what is let through reaches it', async () => {
    const headers = (size: number): string => `X: ${'b'.repeat(size)}\r\nY: ${'b'.repeat(size)}\r\n`
    const fits = await send(`GET /api/v1/${'c'.repeat(1000)} HTTP/1.1\r\n${headers(7500)}${END}`)
    expect([fits.status, edge.asked.length]).toEqual([200, 1])
    const more = headers(7500) + headers(7500)
    expectProblem(await send(`GET /api/v1/me HTTP/1.1\r\n${more}${END}`), 431, 'invalid_request')
    expect(edge.asked).toHaveLength(1)
  })

  it('is the same over HTTP/2', async () => {
    const over = (headers: http2.OutgoingHttpHeaders): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const options = { rejectUnauthorized: false, localAddress: here }
        const session = http2.connect(`https://127.0.0.1:${edge.httpsPort}`, options)
        const stream = session.on('error', reject).request(headers)
        const answer: Answer = { status: 0, headers: {}, body: '' }
        stream.on('response', ({ ':status': status = 0, ...all }) => {
          answer.status = status
          for (const [name, value] of Object.entries(all)) answer.headers[name] = [value ?? []].flat()
        })
        stream.on('data', (part: Buffer) => (answer.body += String(part)))
        stream.on('error', reject).on('end', () => {
          session.close()
          resolve(answer)
        })
        stream.end()
      })
    expectProblem(await over({ ':path': '/api/v1/me', ':method': 'TRACE' }), 405, 'method_not_allowed')
    expectPage(await over({ ':path': '/accounts', ':method': 'DELETE' }), 403, /not open to you/)
  })

  it('can be asked for by nobody, and stands in the log under the address that was asked for', async () => {
    expect((await send(`GET /.refused-problem HTTP/1.1\r\n${END}`)).status).toBe(404)
    const before = edge.log().length
    await send(`GET /api/v1/me?token=abcdef HTTP/1.1\r\nX: ${LONG}\r\n${END}`)
    await vi.waitUntil(() => edge.log().length > before, { timeout: 10_000, interval: 50 })
    const [line = '{}'] = edge.log().slice(before)
    expect(JSON.parse(line)).toMatchObject({ path: '/api/v1/me', status: 431 })
    expect(line).not.toContain('abcdef')
  })
})

describe.runIf(nginx !== undefined)('what Nginx answers where it or others fail', () => {
  beforeAll(async () => {
    const shorter = {
      'client_body_timeout 15s;': 'client_body_timeout 1s;',
      'proxy_read_timeout 130s;': 'proxy_read_timeout 1s;',
    }
    edge = await startEdge(nginx ?? '', {}, 1, shorter)
  }, 60_000)
  afterAll(() => edge.stop())
  beforeEach(() => {
    tests += 1
    here = `127.0.4.${tests}`
    edge.answer = (_request, response) => response.end('{}')
  })

  it('is 503 of an API that does not answer in time', async () => {
    edge.answer = () => undefined
    const late = await send(`GET /api/v1/me HTTP/1.1\r\n${END}`)
    expectProblem(late, 503, 'unavailable')
    expect(late.headers['retry-after']).toEqual(['2'])
  })

  it('is nothing to who sends too slowly: the connection ends', async () => {
    const before = edge.log().length
    const slow = await send('POST /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\na')
    expect(slow).toEqual({ status: Number.NaN, headers: {}, body: '' })
    await vi.waitUntil(() => edge.log().length > before, { timeout: 10_000, interval: 50 })
    expect(JSON.parse(edge.log()[before] ?? '{}')).toMatchObject({ path: '/api/v1/me', status: 408 })
  })

  it('is 500 where it cannot keep a body', async () => {
    const folder = path.join(edge.folder, 'cache/body')
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'no folder')
    const body = 'x'.repeat(100_000)
    const kept = `HTTP/1.1\r\nContent-Length: ${body.length}\r\n${END}${body}`
    expectProblem(await send(`POST /api/v1/me ${kept}`), 500, 'internal')
  })

  it('is 503 while there is no balancer, to programs and to people', async () => {
    for (const name of ['backend', 'frontend']) rmSync(path.join(edge.folder, `tmp/edge/${name}.sock`))
    const away = await send(`GET /api/v1/me HTTP/1.1\r\n${END}`)
    expectProblem(away, 503, 'unavailable')
    expect(away.headers['retry-after']).toEqual(['2'])
    expectPage(await send(`GET /accounts HTTP/1.1\r\n${END}`), 503, /cannot be reached right now/)
  })
})
