import { listAccounts, createAccount, updateAccount } from '@chronos/contracts/accounts'
import { login } from '@chronos/contracts/auth'
import { stepUp } from '@chronos/contracts/factors'
import { createToken } from '@chronos/contracts/tokens'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, callWith } from './api-client.ts'
import type { ApiSession } from './api-client.ts'
import { forgetAnswers } from './known-answers.ts'
import { forgetEverything } from './query-client.ts'

const ID = '01a20725-45cd-712f-a8c4-3193cdb462f6'
const TOKEN = { name: 'Planilha', scopes: ['ledger.read' as const] }
const ACCOUNT = { name: 'Banco', type: 'checking', currency: 'BRL' } as const

interface Seen {
  method: string
  url: string
  headers: Headers
  body: string | null
}

type Answer = (seen: Seen) => Response | Promise<Response>

afterEach(() => {
  vi.unstubAllGlobals()
})

/** The network's edge: answers by method and path, and remembers what came. */
function serve(answers: Record<string, Answer>): Seen[] {
  const requests: Seen[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const seen: Seen = {
      method: init.method ?? 'GET',
      url,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : null,
    }
    requests.push(seen)
    const answer = answers[`${seen.method} ${url.split('?')[0] ?? ''}`]
    if (!answer) throw new TypeError('Failed to fetch')
    return answer(seen)
  })
  return requests
}

function newSession(cookies = ''): ApiSession {
  let refreshedAt = 0
  let queue: Promise<unknown> = Promise.resolve()
  return {
    csrfToken: null,
    readCookies: () => cookies,
    refreshedAt: () => refreshedAt,
    noteRefreshed: (at) => {
      refreshedAt = at
    },
    exclusively: (task) => {
      const turn = queue.then(task, task)
      queue = turn.catch(() => undefined)
      return turn
    },
    prove: () => Promise.resolve(false),
  }
}

const json = (body: unknown, status = 200): Response => Response.json(body, { status })
const problem = (status: number, code: string, more: object = {}): Response =>
  json({ type: 'about:blank', title: code, status, code, requestId: 'req-1', ...more }, status)
const empty = (): Response => json({ items: [], nextCursor: null })

describe('callWith', () => {
  it('fills path and query in and leaves out what is not given', async () => {
    const requests = serve({ 'GET /api/v1/accounts': empty })
    await callWith(newSession(), listAccounts, { query: { limit: 5, cursor: undefined } })
    expect(requests[0]?.url).toBe('/api/v1/accounts?limit=5')
  })

  it('sends the CSRF token on unsafe methods alone, the cookie before what is remembered', async () => {
    const requests = serve({
      'GET /api/v1/accounts': empty,
      'POST /api/v1/accounts': () => json({}, 201),
    })
    const session = { ...newSession('a=b; chronos_csrf=from-cookie'), csrfToken: 'remembered' }
    await callWith(session, listAccounts)
    await callWith(session, createAccount, { body: ACCOUNT })
    await callWith({ ...newSession(), csrfToken: 'remembered' }, createAccount, { body: ACCOUNT })
    await callWith(newSession('__Host-chronos_csrf=secure'), createAccount, { body: ACCOUNT })
    expect(requests.map(({ headers }) => headers.get('x-csrf-token'))).toEqual([
      null,
      'from-cookie',
      'remembered',
      'secure',
    ])
  })

  it('sends the version that was read as If-Match, and an idempotency key where one is taken', async () => {
    const requests = serve({
      [`PATCH /api/v1/accounts/${ID}`]: () => json({}),
      'POST /api/v1/accounts': () => json({}, 201),
    })
    await callWith(newSession(), updateAccount, { params: { id: ID }, body: { name: 'B' }, ifMatch: 3 })
    await callWith(newSession(), createAccount, { body: ACCOUNT })
    expect(requests[0]?.headers.get('if-match')).toBe('"3"')
    expect(requests[0]?.headers.get('idempotency-key')).toBeNull()
    expect(requests[1]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('refreshes once for all calls that wait, and each is sent again', async () => {
    let signedIn = false
    const requests = serve({
      'GET /api/v1/accounts': () => (signedIn ? empty() : problem(401, 'unauthenticated')),
      'POST /api/v1/auth/refresh': async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        signedIn = true
        return json({ csrfToken: 'new' })
      },
    })
    const session = newSession()
    const calls = [1, 2, 3].map(() => callWith(session, listAccounts))
    await expect(Promise.all(calls)).resolves.toHaveLength(3)
    expect(requests.filter(({ url }) => url.endsWith('/auth/refresh'))).toHaveLength(1)
    expect(session.csrfToken).toBe('new')
  })

  it('sends the same idempotency key again after a refresh', async () => {
    let signedIn = false
    const requests = serve({
      'POST /api/v1/accounts': () => (signedIn ? json({}, 201) : problem(401, 'unauthenticated')),
      'POST /api/v1/auth/refresh': () => {
        signedIn = true
        return json({ csrfToken: 'new' })
      },
    })
    await callWith(newSession(), createAccount, { body: ACCOUNT })
    const keys = requests
      .filter(({ url }) => url.endsWith('/accounts'))
      .map(({ headers }) => headers.get('idempotency-key'))
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(keys[1])
  })

  it('does not refresh when another tab has, since the call began', async () => {
    let signedIn = false
    const session = newSession()
    const requests = serve({
      'GET /api/v1/accounts': () => {
        if (signedIn) return empty()
        signedIn = true
        session.noteRefreshed(Date.now() + 1)
        return problem(401, 'unauthenticated')
      },
      'GET /api/v1/me': () => json({ csrfToken: 'of the other tab' }),
    })
    await callWith(session, listAccounts)
    expect(requests.map(({ url }) => url)).not.toContain('/api/v1/auth/refresh')
    expect(session.csrfToken).toBe('of the other tab')
  })

  it('gives up after one refused refresh', async () => {
    const requests = serve({
      'GET /api/v1/accounts': () => problem(401, 'unauthenticated'),
      'POST /api/v1/auth/refresh': () => problem(401, 'session_ended'),
    })
    await expect(callWith(newSession(), listAccounts)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(requests).toHaveLength(2)
  })

  it('never refreshes for a wrong password', async () => {
    const requests = serve({ 'POST /api/v1/auth/login': () => problem(401, 'invalid_credentials') })
    const body = { email: 'ana@example.com', password: 'wrong' }
    await expect(callWith(newSession(), login, { body })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(requests).toHaveLength(1)
  })

  it('never refreshes for the wrong password of somebody who is signed in: it would count twice', async () => {
    const requests = serve({ 'POST /api/v1/auth/step-up': () => problem(401, 'invalid_credentials') })
    await expect(callWith(newSession(), stepUp, { body: { password: 'wrong' } })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(requests).toHaveLength(1)
  })

  it('goes out again after the person has proved that it is them', async () => {
    let proved = false
    const requests = serve({
      'POST /api/v1/me/tokens': () => (proved ? json({}, 201) : problem(403, 'step_up_required')),
    })
    const prove = (): Promise<boolean> => Promise.resolve((proved = true))
    await callWith({ ...newSession(), prove }, createToken, { body: TOKEN })
    expect(requests.map(({ body }) => body)).toEqual([JSON.stringify(TOKEN), JSON.stringify(TOKEN)])
  })

  it('is refused where the person gives no proof, and is not sent again', async () => {
    const requests = serve({ 'POST /api/v1/me/tokens': () => problem(403, 'step_up_required') })
    await expect(callWith(newSession(), createToken, { body: TOKEN })).rejects.toMatchObject({
      code: 'step_up_required',
    })
    expect(requests).toHaveLength(1)
  })

  it('refreshes first and asks for the proof then, where both are due', async () => {
    let signedIn = false
    let proved = false
    const requests = serve({
      'POST /api/v1/me/tokens': () => {
        if (!signedIn) return problem(401, 'unauthenticated')
        return proved ? json({}, 201) : problem(403, 'step_up_required')
      },
      'POST /api/v1/auth/refresh': () => {
        signedIn = true
        return json({ csrfToken: 'new' })
      },
    })
    const prove = (): Promise<boolean> => Promise.resolve((proved = true))
    await callWith({ ...newSession(), prove }, createToken, { body: TOKEN })
    expect(requests).toHaveLength(4)
  })

  it('hands over what a sign-in goes on with', async () => {
    const challenge = { token: 'a-challenge-of-enough-length', methods: ['totp'] }
    serve({ 'POST /api/v1/auth/login': () => problem(401, 'second_factor_required', { challenge }) })
    await expect(
      callWith(newSession(), login, { body: { email: 'ana@example.com', password: 'right' } }),
    ).rejects.toMatchObject({ code: 'second_factor_required', challenge })
  })

  it('asks for the token of another session once when its own is refused', async () => {
    const session = { ...newSession(), csrfToken: 'old' }
    const requests = serve({
      'POST /api/v1/accounts': ({ headers }) =>
        headers.get('x-csrf-token') === 'new' ? json({}, 201) : problem(403, 'csrf_failed'),
      'GET /api/v1/me': () => json({ csrfToken: 'new' }),
    })
    await callWith(session, createAccount, { body: ACCOUNT })
    expect(requests).toHaveLength(3)
  })

  it('tells the code, the request and the fields of a refusal', async () => {
    const fields = [{ path: 'name', message: 'Too small' }]
    serve({ 'POST /api/v1/accounts': () => problem(400, 'invalid_request', { fields }) })
    const error = await callWith(newSession(), createAccount, { body: ACCOUNT }).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, requestId: 'req-1', fields })
  })

  it('has words of its own for a lost connection and for an answer that is not ours', async () => {
    serve({ 'POST /api/v1/accounts': () => new Response('<html>Bad Gateway</html>', { status: 502 }) })
    await expect(callWith(newSession(), listAccounts)).rejects.toMatchObject({ code: 'network', status: 0 })
    await expect(callWith(newSession(), createAccount, { body: ACCOUNT })).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})

describe('a list that this page has had', () => {
  const etag = 'W/"one"'
  const listed = (body: unknown, tag: string): Response => {
    const response = json(body)
    response.headers.set('etag', tag)
    return response
  }
  afterEach(forgetAnswers)

  it('is asked for with its ETag, and a 304 stands for what it was', async () => {
    const requests = serve({
      'GET /api/v1/accounts': ({ headers }) =>
        headers.get('if-none-match') === etag
          ? new Response(null, { status: 304 })
          : listed({ items: [1] }, etag),
    })
    const first = await callWith(newSession(), listAccounts)
    expect(await callWith(newSession(), listAccounts)).toEqual(first)
    expect(requests.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, etag])
    // Another query is another list.
    await callWith(newSession(), listAccounts, { query: { limit: 1 } })
    expect(requests.at(-1)?.headers.get('if-none-match')).toBeNull()
  })

  it('gives way to what the server answers instead', async () => {
    let rows = 0
    serve({ 'GET /api/v1/accounts': () => listed({ items: [(rows += 1)] }, `W/"${rows}"`) })
    await callWith(newSession(), listAccounts)
    expect(await callWith(newSession(), listAccounts)).toEqual({ items: [2] })
  })

  it('is forgotten at the end of a session, and asked for whole where it was forgotten meanwhile', async () => {
    const requests = serve({
      'GET /api/v1/accounts': ({ headers }) => {
        if (headers.get('if-none-match') === null) return listed({ items: [1] }, etag)
        forgetAnswers()
        return new Response(null, { status: 304 })
      },
    })
    await callWith(newSession(), listAccounts)
    expect(await callWith(newSession(), listAccounts)).toEqual({ items: [1] })
    expect(requests.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, etag, null])
    forgetEverything()
    await callWith(newSession(), listAccounts)
    expect(requests.at(-1)?.headers.get('if-none-match')).toBeNull()
  })

  it('is not remembered by the version of one row', async () => {
    const requests = serve({ 'GET /api/v1/accounts': () => listed({ items: [] }, '"3"') })
    await callWith(newSession(), listAccounts)
    await callWith(newSession(), listAccounts)
    expect(requests.at(-1)?.headers.get('if-none-match')).toBeNull()
  })
})
