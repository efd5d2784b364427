/**
 * The one way to the server. What always holds: the shapes come from the contracts; unsafe methods carry the session's
 * CSRF token; a 401 is answered by one silent refresh for all waiting calls (and all tabs), then one retry; a call that
 * wants a fresh proof waits for the person to give it, then goes out again; every refusal becomes an ApiError with the
 * server's code.
 */
import type {
  EndpointAlternative,
  EndpointQueryInput,
  EndpointResponse,
  EndpointSpec,
} from '@chronos/contracts/endpoint'
import type { ErrorCode, FieldError, Problem } from '@chronos/contracts/errors'
import type { z } from 'zod'
import { keepAnswer, knownAnswer, knownEtag } from './known-answers.ts'
import { randomId } from './random-id.ts'
import { askForProof } from './step-up.ts'

/** Where the API is served; the server's own constant would bring every endpoint into the first load. */
export const API = '/api/v1'

/** `network`: no answer came. `unreadable`: the answer was not the API's (a proxy's page). */
export type ClientErrorCode = ErrorCode | 'network' | 'unreadable'

export class ApiError extends Error {
  readonly status: number
  readonly code: ClientErrorCode
  readonly requestId: string | null
  readonly fields: readonly FieldError[]
  readonly lines: readonly { line: number; message: string }[]
  readonly detail: string | null
  /** second_factor_required: what the sign-in goes on with. */
  readonly challenge: SignInChallenge | null

  constructor(code: ClientErrorCode, status: number, problem: Partial<ProblemBody> = {}) {
    super(problem.detail ?? problem.title ?? code)
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.requestId = problem.requestId ?? null
    this.fields = problem.fields ?? []
    this.lines = problem.lines ?? []
    this.detail = problem.detail ?? null
    this.challenge = problem.challenge ?? null
  }
}

export type SignInChallenge = NonNullable<Problem['challenge']>

interface ProblemBody {
  title: string
  detail: string
  code: ErrorCode
  requestId: string
  fields: FieldError[]
  lines: { line: number; message: string }[]
  challenge: SignInChallenge
}

type ParamsOption<E> = E extends { params: infer S extends z.ZodType }
  ? { params: z.input<S> }
  : { params?: undefined }

type QueryOption<E extends EndpointSpec> = E extends { query: z.ZodType }
  ? Record<string, never> extends EndpointQueryInput<E>
    ? { query?: EndpointQueryInput<E> }
    : { query: EndpointQueryInput<E> }
  : { query?: undefined }

type BodyOption<E> = E extends { bodyKind: 'multipart' }
  ? { body: FormData }
  : E extends { body: infer S extends z.ZodType }
    ? undefined extends z.input<S>
      ? { body?: z.input<S> }
      : { body: z.input<S> }
    : { body?: undefined }

export type CallOptions<E extends EndpointSpec> = ParamsOption<E> &
  QueryOption<E> &
  BodyOption<E> & {
    /** The version of what was read: sent as the ETag the server compares. */
    ifMatch?: number | undefined
    signal?: AbortSignal
  }

/** What the client keeps between calls; a fresh one per test. */
export interface ApiSession {
  /** As the last session answer gave it; the cookie of the same name is newer where another tab signed in. */
  csrfToken: string | null
  readCookies: () => string
  /** When this browser last got new cookies, in ms; shared by its tabs. */
  refreshedAt: () => number
  noteRefreshed: (at: number) => void
  /** Runs alone among all tabs of this browser. */
  exclusively: <T>(task: () => Promise<T>) => Promise<T>
  /** Has the person prove again that it is them. @returns whether they did */
  prove: () => Promise<boolean>
}

const REFRESHED_AT = 'chronos.refreshed-at'

export const browserSession: ApiSession = {
  csrfToken: null,
  readCookies: () => document.cookie,
  refreshedAt: () => Number(localStorage.getItem(REFRESHED_AT) ?? 0),
  noteRefreshed: (at) => localStorage.setItem(REFRESHED_AT, String(at)),
  exclusively: (task) => ('locks' in navigator ? navigator.locks.request('chronos.refresh', task) : task()),
  prove: askForProof,
}

/** The token that unsafe methods carry: a cookie readable by our own origin alone, and shared by its tabs. */
function csrfTokenOf(session: ApiSession): string | null {
  const cookie = /(?:^|;\s*)(?:__Host-)?chronos_csrf=([^;]+)/.exec(session.readCookies())?.[1]
  return cookie === undefined ? session.csrfToken : decodeURIComponent(cookie)
}

/** Remembers the CSRF token that a session answer or `GET /me` brought. */
export function keepCsrfToken(token: string | null, session: ApiSession = browserSession): void {
  session.csrfToken = token
}

/** Options may be left out where the endpoint needs none. */
type Rest<E extends EndpointSpec> =
  Record<string, never> extends CallOptions<E> ? [options?: CallOptions<E>] : [options: CallOptions<E>]

/** What a call gives: the endpoint's answer, or where it has another success, one of the two. */
export type CallResult<E extends EndpointSpec> = EndpointResponse<E> | EndpointAlternative<E>

/**
 * Calls one endpoint of the contracts.
 * @throws ApiError for every refusal, and with code `network` where no answer came; an AbortError where `signal` fired.
 */
export async function call<E extends EndpointSpec>(endpoint: E, ...rest: Rest<E>): Promise<CallResult<E>> {
  return callWith(browserSession, endpoint, ...rest)
}

/** As {@link call}, with the session given: what tests use. */
export async function callWith<E extends EndpointSpec>(
  session: ApiSession,
  endpoint: E,
  ...rest: Rest<E>
): Promise<CallResult<E>> {
  const options = (rest[0] ?? {}) as CallOptions<EndpointSpec>
  const url = urlOf(endpoint, options)
  const ifNoneMatch = endpoint.method === 'GET' ? knownEtag(url) : null
  const response = await answerOf(session, endpoint, options, ifNoneMatch)
  if (endpoint.response === null || response.status === 204) return undefined as CallResult<E>
  if (response.status === 304 && ifNoneMatch !== null) {
    const known = knownAnswer(url, ifNoneMatch)
    if (known !== undefined) return known as CallResult<E>
    return read(url, await answerOf(session, endpoint, options))
  }
  return read(url, response)
}

/** @throws ApiError unreadable */
async function read<E extends EndpointSpec>(url: string, response: Response): Promise<CallResult<E>> {
  try {
    const body: unknown = await response.json()
    const etag = response.headers.get('etag')
    // A weak one is of a list; a strong one is a version, which does not tell of all that an answer holds.
    if (response.status === 200 && etag?.startsWith('W/') === true) keepAnswer(url, etag, body)
    return body as CallResult<E>
  } catch {
    throw new ApiError('unreadable', response.status)
  }
}

/** Calls an endpoint that answers with a file. @throws ApiError for every refusal. */
export async function callForFile<E extends EndpointSpec>(
  endpoint: E,
  options: CallOptions<E>,
): Promise<Response> {
  return answerOf(browserSession, endpoint, options as CallOptions<EndpointSpec>)
}

/** The answer of success; a refusal that a new token may cure has been tried once more. */
async function answerOf(
  session: ApiSession,
  endpoint: EndpointSpec,
  options: CallOptions<EndpointSpec>,
  ifNoneMatch: string | null = null,
): Promise<Response> {
  const idempotencyKey = endpoint.idempotent === true ? randomId() : null
  const send = (): Promise<Response> => request(session, endpoint, options, { idempotencyKey, ifNoneMatch })
  const startedAt = Date.now()
  let response = await send()
  const code = response.ok ? null : await codeOf(response)
  if (code === 'csrf_failed') {
    if (await refetchCsrfToken(session)) response = await send()
  } else if (response.status === 401 && endpoint.auth === 'session' && code !== 'invalid_credentials') {
    // A wrong password of somebody who is signed in is no ended session: sent again it would count twice.
    if (await refreshOnce(session, startedAt)) response = await send()
  }
  if (
    response.status === 403 &&
    endpoint.auth === 'session' &&
    (await codeOf(response)) === 'step_up_required'
  ) {
    if (await session.prove()) response = await send()
  }
  if (!response.ok && !(response.status === 304 && ifNoneMatch !== null)) throw await errorFrom(response)
  return response
}

async function request(
  session: ApiSession,
  endpoint: EndpointSpec,
  options: CallOptions<EndpointSpec>,
  { idempotencyKey, ifNoneMatch }: { idempotencyKey: string | null; ifNoneMatch: string | null },
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  const csrfToken = endpoint.method === 'GET' ? null : csrfTokenOf(session)
  if (csrfToken !== null) headers['x-csrf-token'] = csrfToken
  if (options.ifMatch !== undefined) headers['if-match'] = `"${options.ifMatch}"`
  if (idempotencyKey !== null) headers['idempotency-key'] = idempotencyKey
  if (ifNoneMatch !== null) headers['if-none-match'] = ifNoneMatch
  const body: unknown = options.body
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers['content-type'] = 'application/json'
  try {
    return await fetch(urlOf(endpoint, options), {
      method: endpoint.method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    throw new ApiError('network', 0)
  }
}

function urlOf(endpoint: EndpointSpec, options: CallOptions<EndpointSpec>): string {
  const params = (options.params ?? {}) as Record<string, unknown>
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(String(params[name])),
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((options.query ?? {}) as Record<string, unknown>))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  const search = query.toString()
  return `${API}${path}${search === '' ? '' : `?${search}`}`
}

const refreshes = new WeakMap<ApiSession, Promise<boolean>>()

/**
 * New cookies for everyone who waits. Refresh tokens rotate and a reused one ends the session, so two tabs must never
 * refresh at once; and who finds that another tab has refreshed since its own call began has only to call again.
 */
function refreshOnce(session: ApiSession, since: number): Promise<boolean> {
  const running = refreshes.get(session)
  if (running) return running
  const started = session
    .exclusively(async () => {
      if (session.refreshedAt() >= since) return refetchCsrfToken(session)
      const csrfToken = csrfTokenOf(session)
      const response = await fetch(`${API}/auth/refresh`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: {
          accept: 'application/json',
          ...(csrfToken === null ? {} : { 'x-csrf-token': csrfToken }),
        },
      })
      if (!response.ok) return false
      session.noteRefreshed(Date.now())
      const answer = (await response.json()) as { csrfToken: string }
      session.csrfToken = answer.csrfToken
      return true
    })
    .catch(() => false)
    .finally(() => refreshes.delete(session))
  refreshes.set(session, started)
  return started
}

/** Another tab may have begun a new session: its token is asked for, not guessed. */
async function refetchCsrfToken(session: ApiSession): Promise<boolean> {
  try {
    const response = await fetch(`${API}/me`, {
      credentials: 'same-origin',
      headers: { accept: 'application/json' },
    })
    if (!response.ok) return false
    session.csrfToken = ((await response.json()) as { csrfToken: string }).csrfToken
    return true
  } catch {
    return false
  }
}

async function codeOf(response: Response): Promise<string | null> {
  try {
    return ((await response.clone().json()) as { code?: string }).code ?? null
  } catch {
    return null
  }
}

async function errorFrom(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as Partial<ProblemBody>
    if (problem.code !== undefined) return new ApiError(problem.code, response.status, problem)
  } catch {
    // Not JSON: a proxy's own page.
  }
  const unavailable = response.status === 502 || response.status === 503 || response.status === 504
  return new ApiError(unavailable ? 'unavailable' : 'unreadable', response.status)
}
