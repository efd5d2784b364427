/**
 * Registers an endpoint from its contract: who may call it, what it takes, what it answers. Modules give the handler
 * and nothing else.
 */
import { createHash } from 'node:crypto'
import { API_PREFIX } from '@chronos/contracts/endpoints'
import type {
  EndpointAlternative,
  EndpointBody,
  EndpointParams,
  EndpointQuery,
  EndpointResponse,
  EndpointSpec,
} from '@chronos/contracts/endpoint'
import type { Permission, Role } from '@chronos/contracts/permissions'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { ReplayedAnswer } from '../platform/idempotency.ts'
import type { Actor, Tenancy, Tenant } from '../platform/tenancy.ts'
import type { Clock } from '../platform/clock.ts'
import { noteTenant } from './access-log.ts'
import { checkAccess } from './access.ts'
import { isList, unlessKnown } from './known-lists.ts'
import { serializerSchema } from './json-schema.ts'

/** Who calls: checked before the database is asked for anything else. */
export interface Caller {
  /**
   * `token`: a program with an API token, whose id stands as the session's. `support`: an operator whom the workspace
   * let in, who is none of its members.
   */
  kind: 'session' | 'token' | 'support'
  sessionId: string
  identityId: string
  tenantId: string
  userId: string
  role: Role
  /** What a token is limited to; null is all that the role allows. */
  scopes: readonly Permission[] | null
  emailVerified: boolean
  /** When the person last proved that it is them, in milliseconds. */
  provedAt: number
  /** The workspace demands a second factor that the person does not have. */
  secondFactorMissing: boolean
  /** Accounts of the workspace that are kept from the person, everywhere. */
  hiddenAccounts: readonly string[]
  /** The workspace is being deleted: everybody reads on, nobody writes. */
  readOnly: boolean
}

/** An operator of the server, who is of no workspace. */
export interface OperatorCaller {
  operatorId: string
  sessionId: string
  name: string
}

export interface EndpointCall<E extends EndpointSpec> {
  params: EndpointParams<E>
  query: EndpointQuery<E>
  body: EndpointBody<E>
  /** The version in If-Match; null where any version will do. */
  expectedVersion: number | null
  request: FastifyRequest
  reply: FastifyReply
  /** The answer's status where it is not the contract's. */
  status(code: number): void
}

export interface SessionCall<E extends EndpointSpec> extends EndpointCall<E> {
  caller: Caller
  tenant: Tenant
}

export interface OperatorCall<E extends EndpointSpec> extends EndpointCall<E> {
  operator: OperatorCaller
}

export type Handler<E extends EndpointSpec> = (
  call: E['auth'] extends 'session'
    ? SessionCall<E>
    : E['auth'] extends 'operator'
      ? OperatorCall<E>
      : EndpointCall<E>,
) => Promise<EndpointResponse<E> | EndpointAlternative<E>>

export interface Endpoints {
  register<E extends EndpointSpec>(spec: E, handler: Handler<E>): void
  /** What has been registered, for tests that go over every route. */
  readonly registered: ReadonlySet<string>
}

/** A session that a genuine token names; whether it is still alive is being asked. */
export interface Credentials {
  sessionId: string
  /** Rejects with AppError session_ended, unauthenticated. */
  caller: Promise<Caller>
}

export interface EndpointsOptions {
  tenancy: Tenancy
  clock: Clock
  /** @throws AppError unauthenticated, csrf_failed */
  authenticate(request: FastifyRequest): Credentials
  /** @throws AppError unauthenticated, csrf_failed */
  authenticateOperator(request: FastifyRequest): Promise<OperatorCaller>
  /**
   * Counts the request against its limits, beside the look-up of its session.
   * @param session null where nobody is signed in
   * @throws AppError too_many_requests, and what the session's look-up throws
   */
  limit(
    spec: EndpointSpec,
    request: FastifyRequest,
    reply: FastifyReply,
    session: Credentials | null,
  ): Promise<void>
  /** Told of a signed-in caller whom an endpoint refused, before the refusal is answered. Never throws. */
  refused(spec: EndpointSpec, caller: Caller, tenant: Tenant): Promise<void>
}

const BODY_BYTES = 1024 * 1024
const UPLOAD_BYTES = 64 * 1024 * 1024

/** What an endpoint is called by wherever its path alone would do: `/accounts/{id}` as Fastify writes it. */
function fastifyPath(path: string): string {
  return API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1')
}

function ofItsKind(spec: EndpointSpec): object {
  return {
    ...(isList(spec) ? { onSend: unlessKnown } : {}),
    // Read as bytes, since a signature is over what was sent and not over what it means.
    ...(spec.bodyKind === 'raw' ? { config: { rawBody: true } } : {}),
  }
}

export function createEndpoints(app: FastifyInstance, options: EndpointsOptions): Endpoints {
  const registered = new Set<string>()
  return {
    registered,
    register(spec, handler) {
      registered.add(spec.id)
      app.route({
        method: spec.method,
        url: fastifyPath(spec.path),
        schema: responseSchemas(spec),
        bodyLimit: spec.maxBodyBytes ?? (spec.bodyKind === 'multipart' ? UPLOAD_BYTES : BODY_BYTES),
        ...ofItsKind(spec),
        handler: async (request, reply) => {
          const session = spec.auth === 'session' ? await authenticated(options, spec, request, reply) : null
          // All ask the store, in one message.
          const [caller, operator] = await Promise.all([
            session?.caller ?? null,
            spec.auth === 'operator' ? options.authenticateOperator(request) : null,
            options.limit(spec, request, reply, session),
          ])
          if (caller) noteTenant(request, caller.tenantId)
          const tenant = caller ? entered(options.tenancy, spec, request, caller) : null
          const told = async (error: unknown): Promise<never> => {
            if (error instanceof AppError && error.code === 'forbidden' && caller && tenant)
              await options.refused(spec, caller, tenant)
            throw error
          }
          if (caller) {
            try {
              checkAccess(spec, caller, options.clock.now())
            } catch (error) {
              return told(error)
            }
          }
          const call: EndpointCall<EndpointSpec> = {
            params: parsed(spec.params, request.params, 'path'),
            query: parsed(spec.query, request.query, 'query'),
            body: spec.bodyKind === undefined ? parsed(spec.body, request.body, 'body') : undefined,
            expectedVersion: expectedVersion(spec, request),
            request,
            reply,
            status: (code) => void reply.code(code),
          } as EndpointCall<EndpointSpec>
          reply.code(spec.status)
          const context = caller
            ? { ...call, caller, tenant }
            : { ...call, ...(operator ? { operator } : {}) }
          try {
            return await answered(reply, handler(context as Parameters<typeof handler>[0]))
          } catch (error) {
            if (!(error instanceof ReplayedAnswer)) return await told(error)
            reply.code(error.status).header('idempotency-replayed', 'true')
            return answered(reply, Promise.resolve(error.body))
          }
        },
      })
    },
  }
}

/** Who comes with no credentials, or with forged ones, is counted by address before the refusal. */
async function authenticated(
  options: EndpointsOptions,
  spec: EndpointSpec,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Credentials> {
  try {
    return options.authenticate(request)
  } catch (error) {
    await options.limit(spec, request, reply, null)
    throw error
  }
}

async function answered(reply: FastifyReply, answer: Promise<unknown>): Promise<unknown> {
  const body = await answer
  const version = (body as { version?: unknown } | null | undefined)?.version
  if (typeof version === 'number') reply.header('etag', `"${version}"`)
  if (body === undefined && !reply.sent && reply.statusCode === 204) return reply.send()
  return body
}

/** In whose name the statements of a call are sent. */
export function actorOf(caller: Caller): Actor {
  const { kind, userId, hiddenAccounts } = caller
  if (kind === 'support') return { type: 'operator', userId: null }
  return { type: kind === 'token' ? 'token' : 'user', userId, hiddenAccounts }
}

function responseSchemas(spec: EndpointSpec): { response?: Record<string, unknown> } {
  if (!spec.response || (spec.responseKind ?? 'json') !== 'json') return {}
  const others = Object.entries(spec.otherwise ?? {}).map(
    ([status, type]) => [status, serializerSchema(type)] as const,
  )
  return { response: { [spec.status]: serializerSchema(spec.response), ...Object.fromEntries(others) } }
}

function entered(tenancy: Tenancy, spec: EndpointSpec, request: FastifyRequest, caller: Caller): Tenant {
  return tenancy.enter({
    tenantId: caller.tenantId,
    actor: actorOf(caller),
    requestId: request.id,
    sessionId: caller.sessionId,
    ip: request.ip,
    idempotency: spec.idempotent ? idempotencyClaim(spec, request) : undefined,
  })
}

/** @throws AppError invalid_request */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key']
  if (typeof header !== 'string') return undefined
  const key = header.replace(/^"(.*)"$/, '$1')
  if (key.length === 0 || key.length > 255) {
    throw new AppError('invalid_request', { detail: 'Idempotency-Key must have 1 to 255 characters' })
  }
  return key
}

function idempotencyClaim(
  spec: EndpointSpec,
  request: FastifyRequest,
): { key: string; requestHash: string; status: number } | undefined {
  // An upload is claimed by its handler, which alone has its bytes.
  const key = spec.bodyKind === 'multipart' ? undefined : idempotencyKeyOf(request)
  if (key === undefined) return undefined
  const hash = createHash('sha256').update(`${spec.method} ${request.url}\n${canonical(request.body)}`)
  return { key, requestHash: hash.digest('hex'), status: spec.status }
}

/** The same text for the same JSON value, whatever the order of its keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ''
  )
}

function parsed(schema: z.ZodType | undefined, value: unknown, where: 'path' | 'query' | 'body'): unknown {
  if (!schema) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new AppError('invalid_request', {
    detail: `The ${where} is not as the contract asks`,
    fields: result.error.issues
      .slice(0, 50)
      .flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys
              .slice(0, 50)
              .map((key) => ({ path: [...issue.path, key].join('.'), message: 'Unknown key' }))
          : [{ path: issue.path.join('.'), message: issue.message }],
      ),
  })
}

function expectedVersion(spec: EndpointSpec, request: FastifyRequest): number | null {
  if (spec.ifMatch === undefined) return null
  const header = request.headers['if-match']?.trim()
  if (header === undefined || header === '') {
    if (spec.ifMatch === 'optional') return null
    throw new AppError('precondition_required', { detail: 'Send If-Match with the ETag that you last saw' })
  }
  if (header === '*') return null
  const match = /^(?:W\/)?(?:"(\d{1,9})"|(\d{1,9}))$/.exec(header)
  if (!match) throw new AppError('precondition_failed', { detail: 'If-Match is no ETag of this API' })
  return Number(match[1] ?? match[2])
}
