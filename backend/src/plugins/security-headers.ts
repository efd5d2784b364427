/**
 * Headers of every answer of the API, and who of other origins may read it. An answer of the API is no page: nothing may
 * frame it, and should a browser show it all the same, nothing in it runs. The reference at /docs is one, and runs what
 * the hash of its inline script allows.
 */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export interface SecurityHeaderOptions {
  /** What people type: with https, browsers are told to stay with it. */
  publicUrl: string
  /** Other origins that may call the API with a bearer token; none by default. Cookies are never theirs to use. */
  corsOrigins: readonly string[]
}

const COMMON: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Browsers' own filter could be turned against a page; the content policy does its work.
  'x-xss-protection': '0',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
const ANSWER_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id'
const EXPOSED_HEADERS =
  'etag, idempotency-replayed, ratelimit, ratelimit-policy, retry-after, x-request-id, content-disposition'

export function registerSecurityHeaders(app: FastifyInstance, options: SecurityHeaderOptions): void {
  const origins = new Set(options.corsOrigins)

  app.addHook('onRequest', async (request, reply) => {
    if (origins.size === 0) return
    reply.header('vary', 'origin')
    const { origin } = request.headers
    if (origin === undefined || !origins.has(origin)) return
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', EXPOSED_HEADERS)
    reply.header('cross-origin-resource-policy', 'cross-origin')
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return
    reply.header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    reply.header('access-control-allow-headers', ALLOWED_HEADERS)
    reply.header('access-control-max-age', '600')
    return reply.code(204).send()
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    setSecurityHeaders(request, reply, options)
    if (/^\/docs(\/|$|\?)/.test(request.url)) {
      reply.header('content-security-policy', referencePolicy(typeof payload === 'string' ? payload : ''))
    }
    done(null, payload)
  })
}

/** By hand only where hooks do not run: for a path that cannot even be decoded. */
export function setSecurityHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  { publicUrl }: SecurityHeaderOptions,
): void {
  for (const [name, value] of Object.entries(COMMON)) setDefault(reply, name, value)
  reply.header('x-request-id', request.id)
  if (publicUrl.startsWith('https://'))
    reply.header('strict-transport-security', 'max-age=63072000; includeSubDomains')
  reply.header('content-security-policy', ANSWER_POLICY)
  // Money of a person: no proxy and no disk of a shared computer keeps it.
  setDefault(reply, 'cache-control', 'no-store')
}

function setDefault(reply: FastifyReply, name: string, value: string): void {
  if (!reply.hasHeader(name)) reply.header(name, value)
}

const INLINE_SCRIPT = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g

/** The reference loads from here and nowhere else; its inline script is allowed by what it says, and no other is. */
export function referencePolicy(page: string): string {
  const hashes = [...page.matchAll(INLINE_SCRIPT)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src ${["'self'", ...hashes].join(' ')}`,
    // Its components style themselves; there is no text of a person on the page.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
