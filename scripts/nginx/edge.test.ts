/** The edge of production on the real nginx: what passes, what is cut, what is told to the API, and by whom. */
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startEdge } from './test-bed.ts'
import type { Edge } from './test-bed.ts'

// `make test-nginx` names it; `make test` does not wait for slow clients to be cut.
const nginx = process.env['NGINX_PATH']
const PROXY = '127.0.0.9'
const SLOW_SOCKETS = 1000
const WAIT = { timeout: 60_000, interval: 100 }

interface Got {
  status: number
  headers: Record<string, string | string[] | undefined>
  names: string[]
  body: string
}
interface Wanted extends https.RequestOptions {
  body?: Buffer
}

let edge: Edge
// Limits are per address: every test comes from one of its own.
let here = ''
let tests = 0

function get(where: string, { body, ...options }: Wanted = {}): Promise<Got> {
  const { httpsPort: port } = edge
  const all = {
    host: '127.0.0.1',
    port,
    path: where,
    localAddress: here,
    rejectUnauthorized: false,
    agent: false,
    ...options,
  }
  return new Promise((resolve, reject) => {
    const request = https.request(all, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString('latin1')))
      answer.on('end', () => {
        const names = answer.rawHeaders
          .filter((_, index) => index % 2 === 0)
          .map((name) => name.toLowerCase())
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, names, body: text })
      })
      answer.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

const post = (where: string, bytes: number, headers: Record<string, string> = {}): Promise<Got> =>
  get(where, {
    method: 'POST',
    body: Buffer.alloc(bytes),
    headers,
  })

/** What raw bytes get: all that comes until the connection is closed. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: edge.httpsPort, localAddress: here, rejectUnauthorized: false }
    const socket = tls.connect(options, () => socket.write(text))
    let all = ''
    socket.on('data', (part) => (all += part.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(all))
  })
}

describe.runIf(nginx !== undefined)('the edge on the real nginx', () => {
  beforeAll(async () => {
    edge = await startEdge(nginx ?? '', { TRUSTED_PROXIES: PROXY }, 2)
  }, 60_000)
  afterAll(() => edge.stop())
  beforeEach(() => {
    tests += 1
    here = `127.0.1.${tests}`
    edge.asked.length = 0
    edge.draining.clear()
    edge.answer = (_request, response) => response.end('{}')
  })

  it('tells the API the address that it sees, whatever a client claims', async () => {
    const headers = {
      ...{
        'X-Forwarded-For': '1.2.3.4',
        'X-Real-IP': '1.2.3.4',
        Forwarded: 'for=1.2.3.4',
        Proxy: '1.2.3.4',
        X_Forwarded_For: '1.2.3.4',
      },
      ...{ 'X-Forwarded-Proto': 'http', 'X-Forwarded-Host': 'evil.example', Host: 'money.example' },
    }
    await get('/api/v1/me', { headers })
    const [{ headers: told } = { headers: {} }] = edge.asked
    expect(told).toMatchObject({
      ...{
        'x-forwarded-for': here,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'money.example',
        host: 'money.example',
      },
    })
    expect(JSON.stringify(told)).not.toMatch(/1\.2\.3\.4|evil/)
  })

  it('believes a proxy of TRUSTED_PROXIES, and of what that says the last address alone', async () => {
    const headers = { 'X-Forwarded-For': '6.6.6.6, 203.0.113.7' }
    await get('/api/v1/me', { headers, localAddress: PROXY })
    await get('/api/v1/me', { headers: { 'X-Forwarded-For': 'nonsense' }, localAddress: PROXY })
    expect(edge.asked.map((each) => each.headers['x-forwarded-for'])).toEqual(['203.0.113.7', PROXY])
  })

  it.each([
    ...['/metrics', '//metrics', '/metrics;x', '/metrics?/../docs', '/metrics#/../docs', '/%6detrics'],
    ...[
      '/api/../metrics',
      '/api/%2e%2e/metrics',
      '/api/v1/..%2f..%2fmetrics',
      '/docs/../metrics',
      '/health/ready/../../metrics',
    ],
    ...[
      '/control/tenants',
      '/API/v1/me',
      '/openapiXjson',
      '/health',
      '/.well-known/acme-challenge/../../etc/passwd',
    ],
  ])('does not ask the API for %s', async (where) => {
    const answer = await raw(`GET ${where} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*<title>web/)
    expect(edge.asked).toEqual([])
  })

  it('answers 400, 431 or 501 to what could be two requests', async () => {
    const start = 'POST /api/v1/me HTTP/1.1\r\n'
    for (const headers of [
      'Host: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked',
      'Host: x\r\nContent-Length: 4\r\nContent-Length: 5',
      'Host: x\r\nContent-Length: +4',
      'Host: x\r\nTransfer-Encoding: xchunked',
      'Host: x\r\nTransfer-Encoding : chunked',
      'Host: x\r\nHost: y',
      'Host: a b',
      'X: no host',
      `Host: x\r\nX: ${'a'.repeat(17_000)}`,
    ])
      expect(
        await raw(`${start}${headers}\r\nConnection: close\r\n\r\n0\r\n\r\nGET /api/v1/two HTTP/1.1\r\n\r\n`),
      ).toMatch(/^HTTP\/1\.1 (400|431|501) /)
    expect(edge.asked).toEqual([])
  })

  it.each([
    ['/api/v1/me', 1_000_000, 1_100_000],
    ['/api/v1/auth/login', 64_000, 66_000],
    ['/api/v1/webhooks/whatsapp', 3_000_000, 3_200_000],
    ['/api/v1/imports', 51_000_000, 54_000_000],
    ['/api/v1/imports/x', 1_000_000, 1_100_000],
  ])('takes a body of %s up to its size, with a length and without', async (where, fits, tooLarge) => {
    expect((await post(where, fits)).status).toBe(200)
    for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      const { status, body } = await post(where, tooLarge, headers)
      expect([status, JSON.parse(body)]).toMatchObject([413, { code: 'payload_too_large' }])
    }
    expect(edge.asked.map(({ bytes }) => bytes)).toEqual([fits])
  })

  it('has every security header of the page once, and keeps hashed files alone', async () => {
    const page = await get('/accounts')
    for (const name of [
      'content-security-policy',
      'strict-transport-security',
      'x-content-type-options',
      'x-frame-options',
      'cache-control',
    ])
      expect([name, page.names.filter((each) => each === name).length]).toEqual([name, 1])
    expect(page.headers['cache-control']).toBe('private, no-cache')
    const script = await get('/assets/app-1a2b.js', { headers: { 'Accept-Encoding': 'gzip, br' } })
    expect(script.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
    })
    expect((await get('/assets/gone-1a2b.js')).headers['cache-control']).toBe('no-store')
  })

  it('leaves the headers of the API as they are, and says nothing of replicas', async () => {
    edge.answer = (_request, response) => {
      response
        .writeHead(200, {
          'Content-Security-Policy': 'api',
          'Strict-Transport-Security': 'api',
          'Cache-Control': 'no-store',
        })
        .end('{}')
    }
    const { names, headers } = await get('/api/v1/me')
    expect(headers).toMatchObject({
      'content-security-policy': 'api',
      'strict-transport-security': 'api',
      'cache-control': 'no-store',
    })
    expect(new Set(names).size).toBe(names.length)
    expect(names).not.toContain('x-replica')
  })

  it('compresses answers of the API, and none that holds a token', async () => {
    edge.answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify('a'.repeat(5_000)))
    }
    const headers = { 'Accept-Encoding': 'gzip' }
    expect((await get('/api/v1/transactions', { headers })).headers['content-encoding']).toBe('gzip')
    expect((await get('/api/v1/auth/refresh', { headers })).headers['content-encoding']).toBeUndefined()
  })

  it('hands on an event while the stream is open', async () => {
    let end: () => void = () => undefined
    edge.answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.write('data: first\n\n')
      end = () => response.end('data: last\n\n')
    }
    const options = { host: '127.0.0.1', port: edge.httpsPort, localAddress: here, rejectUnauthorized: false }
    const seen = await new Promise<string>((resolve, reject) => {
      https
        .get({ ...options, path: '/api/v1/events', headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
          let text = ''
          answer.on('data', (part: Buffer) => {
            text += String(part)
            if (text === 'data: first\n\n') end()
          })
          answer.on('end', () => resolve(text))
        })
        .on('error', reject)
    })
    expect(seen).toBe('data: first\n\ndata: last\n\n')
  })

  it('asks another replica for what may be asked twice, and never sends a write again', async () => {
    const [broken] = edge.replicas
    edge.answer = (request, response) => {
      if (request.socket.localAddress === broken) request.socket.destroy()
      else response.end('{}')
    }
    for (let round = 0; round < 6; round += 1) expect((await get('/api/v1/me')).status).toBe(200)
    await vi.waitUntil(async () => {
      edge.asked.length = 0
      const { status, headers, body } = await post('/api/v1/transactions', 10)
      expect(edge.asked).toHaveLength(1)
      if (status === 200) return false
      expect([status, headers['retry-after'], JSON.parse(body)]).toMatchObject([
        503,
        '2',
        { code: 'unavailable' },
      ])
      return true
    }, WAIT)
  }, 60_000)

  it('leaves a replica that drains, and comes back to it', async () => {
    const [leaving] = edge.replicas
    const replicasOf = async (count: number): Promise<Set<string>> => {
      edge.asked.length = 0
      for (let each = 0; each < count; each += 1) await get('/', { path: '/api/v1/me' })
      return new Set(edge.asked.map(({ replica }) => replica))
    }
    edge.draining.add(leaving ?? '')
    await vi.waitUntil(async () => !(await replicasOf(8)).has(leaving ?? ''), WAIT)
    edge.draining.clear()
    await vi.waitUntil(async () => (await replicasOf(8)).size === 2, WAIT)
  }, 90_000)

  it('writes a line of JSON for each request, without what stands behind the question mark', async () => {
    const before = edge.log().length
    await raw('GET /x%0a%22%7d{"time":1} HTTP/1.1\r\nHost: x\r\nUser-Agent: "}\r\nConnection: close\r\n\r\n')
    await get('/reset-password?token=abcdef')
    await vi.waitUntil(() => edge.log().length >= before + 2, WAIT)
    const lines = edge.log().slice(before)
    expect(lines).toHaveLength(2)
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
      '/x\n"}{"time":1}',
      '/reset-password',
    ])
    expect(lines.join()).not.toContain('abcdef')
  })

  it('makes its own certificate anew before that ends, while it runs', async () => {
    const chain = path.join(edge.certificates, 'fullchain.pem')
    const key = path.join(edge.certificates, 'privkey.pem')
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ]
    execFileSync('openssl', [...args, '-keyout', `${key}.old`, '-out', `${chain}.old`], { stdio: 'ignore' })
    renameSync(`${key}.old`, key)
    renameSync(`${chain}.old`, chain)
    const served = (): Promise<X509Certificate> =>
      new Promise((resolve, reject) => {
        const socket = tls.connect(
          { host: '127.0.0.1', port: edge.httpsPort, rejectUnauthorized: false },
          () => {
            resolve(new X509Certificate(socket.getPeerCertificate().raw))
            socket.destroy()
          },
        )
        socket.on('error', reject)
      })
    const month = Date.now() + 30 * 86_400_000
    const lasts = ({ validTo }: X509Certificate): boolean => new Date(validTo).getTime() > month
    await vi.waitUntil(() => lasts(new X509Certificate(readFileSync(chain))), WAIT)
    const { fingerprint256 } = new X509Certificate(readFileSync(chain))
    await vi.waitUntil(async () => (await served()).fingerprint256 === fingerprint256, WAIT)
  }, 90_000)

  it('cuts slow headers, slow bodies and handshakes that never begin, and serves others meanwhile', async () => {
    const beginnings = [
      { port: edge.httpPort, text: 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ' },
      { port: edge.httpsPort, text: '' },
      { port: edge.httpPort, text: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\na' },
      { port: edge.httpPort, text: 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n' },
    ]
    const slow = Array.from({ length: SLOW_SOCKETS }, (_, index) => {
      const { port, text } = beginnings[index % beginnings.length] ?? { port: 0, text: '' }
      // From several addresses: not the limit of connections is what ends them.
      const socket = net.connect(
        { host: '127.0.0.1', port, localAddress: `127.0.3.${1 + (index % 20)}` },
        () => socket.write(text),
      )
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.on('error', () => undefined).resume()
      return { socket, closed }
    })
    await vi.waitUntil(() => slow.every(({ socket }) => !socket.connecting), WAIT)
    const served = await Promise.all(Array.from({ length: 50 }, () => get('/api/v1/me')))
    expect(served.map(({ status }) => status)).toEqual(served.map(() => 200))
    expect(slow.filter(({ socket }) => !socket.destroyed).length).toBeGreaterThan(SLOW_SOCKETS / 2)
    await Promise.all(slow.map(({ closed }) => closed))
  }, 120_000)
})
