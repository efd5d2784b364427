/**
 * One declaration per endpoint. The server registers routes from it, the web calls through it, and OpenAPI and the
 * permission matrix are printed from it: nothing about an endpoint is said twice.
 */
import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type { Permission } from './permissions.ts'

export interface EndpointSpec {
  /** Unique camelCase name: OpenAPI's operationId and the client's method. */
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Under `/api/v1`, parameters as `{id}`. */
  path: `/${string}`
  summary: string
  tag: string
  /** `public` routes ask for no session. */
  auth: 'public' | 'session'
  /** What the session's role must allow; null where having a session is enough. */
  permission: Permission | null
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  /** `multipart` bodies are declared for documentation and parsed as a stream; `raw` are read as bytes. */
  bodyKind?: 'json' | 'multipart' | 'raw'
  /** Status of success, with the schema of its body (null: no body). */
  status: 200 | 201 | 202 | 204
  response: z.ZodType | null
  /** `stream` is server-sent events. */
  responseKind?: 'json' | 'stream' | 'text'
  /** `required`: an absent If-Match is 428; `optional`: honoured where present. */
  ifMatch?: 'required' | 'optional'
  /** Accepts `Idempotency-Key`. */
  idempotent?: boolean
  /** Refusals of its own, beside those every endpoint may answer. */
  errors?: readonly ErrorCode[]
}

export function endpoint<const E extends EndpointSpec>(spec: E): E {
  return spec
}

type Part<E, K extends string> = E extends Record<K, infer S extends z.ZodType> ? z.output<S> : undefined
type InputPart<E, K extends string> = E extends Record<K, infer S extends z.ZodType> ? z.input<S> : undefined

/** What a handler receives, parsed. */
export type EndpointParams<E extends EndpointSpec> = Part<E, 'params'>
export type EndpointQuery<E extends EndpointSpec> = Part<E, 'query'>
export type EndpointBody<E extends EndpointSpec> = Part<E, 'body'>
/** What a caller sends. */
export type EndpointBodyInput<E extends EndpointSpec> = InputPart<E, 'body'>
export type EndpointQueryInput<E extends EndpointSpec> = InputPart<E, 'query'>
/** What is answered. */
export type EndpointResponse<E extends EndpointSpec> = E['response'] extends z.ZodType
  ? z.output<E['response']>
  : undefined
