/**
 * One declaration per endpoint. The server registers routes from it, the web calls through it, and OpenAPI and the
 * permission matrix are printed from it: nothing about an endpoint is said twice.
 */
import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type { Permission } from './permissions.ts'

/**
 * `authentication`: a secret can be guessed. `password`: a person's password can, and failures are counted for the
 * person. `mail`: sends one. `costly`: exports, imports, files of everything. `report`: reports. `delivery`: Meta's
 * webhook.
 */
export type RateClass =
  'standard' | 'register' | 'authentication' | 'password' | 'mail' | 'costly' | 'report' | 'delivery'

export interface EndpointSpec {
  /** Unique camelCase name: OpenAPI's operationId and the client's method. */
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Under `/api/v1`, parameters as `{id}`. */
  path: `/${string}`
  summary: string
  tag: string
  /** `public` routes ask for no session; `operator` ones for an operator's, which is of no workspace. */
  auth: 'public' | 'session' | 'operator'
  /**
   * What the session's role must allow; null where having a session is enough. An API token must have it among its
   * scopes too, so an endpoint without a permission is for persons who signed in.
   */
  permission: Permission | null
  /** The person must have shown that their e-mail is theirs: else 403 `email_unverified`. */
  verified?: true
  /** The person must have proved lately that it is them: else 403 `step_up_required`. */
  stepUp?: true
  /** Open to somebody whose workspace demands a second factor which they do not have yet. */
  enrolment?: true
  /** How calls are counted; `standard` where it is not given. */
  rate?: RateClass
  /** The query parameter that makes a list a search, which is counted as a report. */
  searchedBy?: string
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  /** `multipart` bodies are declared for documentation and parsed as a stream; `raw` are read as bytes. */
  bodyKind?: 'json' | 'multipart' | 'raw'
  /** More is refused while it is read; 1 MiB unless told, 64 MiB of an upload. */
  maxBodyBytes?: number
  /** Status of success, with the schema of its body (null: no body). */
  status: 200 | 201 | 202 | 204 | 302
  response: z.ZodType | null
  /** What it answers with another status of success. */
  otherwise?: Readonly<Partial<Record<200 | 202, z.ZodType>>>
  /** `stream` is server-sent events, `file` a download, `redirect` has no body. */
  responseKind?: 'json' | 'stream' | 'text' | 'file' | 'redirect'
  /** A file that goes on where it broke off: Range, If-Range and If-None-Match are honoured. */
  resumable?: true
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
type Otherwise<E> = E extends { otherwise: infer O } ? O : never
/** What is answered with another status of success. */
export type EndpointAlternative<E extends EndpointSpec> =
  Otherwise<E>[keyof Otherwise<E>] extends infer S extends z.ZodType ? z.output<S> : never
export type EndpointResponse<E extends EndpointSpec> = E['response'] extends z.ZodType
  ? z.output<E['response']>
  : undefined
