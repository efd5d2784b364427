/** OpenAPI 3.1 printed from the contracts, at `/openapi.json`, and a browsable reference of it at `/docs`. */
import { API_PREFIX, ENDPOINTS } from '@chronos/contracts/endpoints'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { ERROR_STATUS, Problem, type ErrorCode } from '@chronos/contracts/errors'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isList } from './known-lists.ts'

type Json = Record<string, unknown>

const COMMON: readonly ErrorCode[] = [
  'invalid_request',
  'too_many_requests',
  'internal',
  'unavailable',
  'timed_out',
]

export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  const document = openApiDocument(version)
  const text = JSON.stringify(document)
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(text))
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      title: 'CHRONOS API',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
    },
  })
}

export function openApiDocument(version: string): Json {
  const schemas: Json = {}
  const paths: Record<string, Json> = {}
  for (const endpoint of ENDPOINTS) {
    const path = (paths[API_PREFIX + endpoint.path] ??= {})
    path[endpoint.method.toLowerCase()] = operation(endpoint, schemas)
  }
  schemas['Problem'] = jsonSchema(Problem, 'output', schemas)
  return {
    openapi: '3.1.0',
    info: {
      title: 'CHRONOS',
      version,
      description:
        'Money is an integer of minor units with an ISO 4217 currency; negative is money out. Lists are {items, nextCursor}. ' +
        'Errors are problem+json with a stable code. POSTs that create accept Idempotency-Key; PATCH demands If-Match. ' +
        '[Guides](/docs/guides/) tell how to run it and how it is built.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(ENDPOINTS.map((endpoint) => endpoint.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'chronos_access',
          description: 'With X-CSRF-Token on unsafe methods',
        },
        operator: {
          type: 'http',
          scheme: 'bearer',
          description: "An operator's session: POST /control/sessions",
        },
      },
    },
  }
}

function operation(endpoint: EndpointSpec, schemas: Json): Json {
  const codes = new Set<ErrorCode>([...COMMON, ...(endpoint.errors ?? [])])
  if (endpoint.auth !== 'public')
    for (const code of ['unauthenticated', 'forbidden'] as const) codes.add(code)
  if (endpoint.auth === 'session' && !endpoint.enrolment) codes.add('second_factor_missing')
  if (endpoint.verified) codes.add('email_unverified')
  if (endpoint.stepUp) codes.add('step_up_required')
  if (endpoint.params) codes.add('not_found')
  if (endpoint.ifMatch) codes.add('precondition_failed')
  if (endpoint.ifMatch === 'required') codes.add('precondition_required')
  if (endpoint.idempotent)
    for (const code of ['idempotency_in_progress', 'idempotency_mismatch'] as const) codes.add(code)
  const responses: Json = { [endpoint.status]: success(endpoint, endpoint.response, schemas) }
  for (const [status, type] of Object.entries(endpoint.otherwise ?? {}))
    responses[status] = success(endpoint, type, schemas)
  if (endpoint.resumable) {
    responses[206] = success(endpoint, endpoint.response, schemas)
    responses[304] = { description: 'The file is the one that If-None-Match names' }
  }
  if (isList(endpoint)) responses[304] = { description: 'The answer is the one that If-None-Match names' }
  for (const code of codes) {
    const status = String(ERROR_STATUS[code])
    const known = responses[status] as { description: string } | undefined
    if (known) known.description += `, ${code}`
    else
      responses[status] = {
        description: code,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }
  }
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(endpoint.permission ? { 'x-permission': endpoint.permission } : {}),
    ...(endpoint.verified ? { 'x-verified-email': true } : {}),
    ...(endpoint.stepUp ? { 'x-step-up': true } : {}),
    security: SECURITY[endpoint.auth],
    parameters: parameters(endpoint, schemas),
    ...(endpoint.body ? { requestBody: requestBody(endpoint, endpoint.body, schemas) } : {}),
    responses,
  }
}

const MEDIA_TYPES = {
  json: 'application/json',
  stream: 'text/event-stream',
  text: 'text/plain',
  file: 'application/octet-stream',
} as const

function success(endpoint: EndpointSpec, response: z.ZodType | null, schemas: Json): Json {
  const kind = endpoint.responseKind ?? 'json'
  if (kind === 'redirect')
    return { description: 'Go on there', headers: { Location: { schema: { type: 'string' } } } }
  if (!response) return { description: 'Done' }
  return {
    description: 'Success',
    content: { [MEDIA_TYPES[kind]]: { schema: jsonSchema(response, 'output', schemas) } },
  }
}

const DOWNLOAD_HEADERS = {
  Range: 'One range of bytes, as bytes=1048576-',
  'If-Range': 'ETag of the file that was begun: another one is sent whole',
  'If-None-Match': 'ETags of files that are there already',
} as const

/** What a call needs, by whom it is for. */
const SECURITY = {
  public: [],
  session: [{ bearer: [] }, { cookie: [] }],
  operator: [{ operator: [] }],
} as const

function requestBody(endpoint: EndpointSpec, body: z.ZodType, schemas: Json): Json {
  const type = endpoint.bodyKind === 'multipart' ? 'multipart/form-data' : 'application/json'
  return {
    required: !body.safeParse(undefined).success,
    content: { [type]: { schema: jsonSchema(body, 'input', schemas) } },
  }
}

function parameters(endpoint: EndpointSpec, schemas: Json): Json[] {
  const list: Json[] = []
  for (const [where, type] of [
    ['path', endpoint.params],
    ['query', endpoint.query],
  ] as const) {
    if (!type) continue
    const schema = jsonSchema(type, 'input', schemas) as {
      properties?: Record<string, Json>
      required?: string[]
    }
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      list.push({
        name,
        in: where,
        required: where === 'path' || (schema.required?.includes(name) ?? false),
        schema: property,
      })
    }
  }
  if (endpoint.ifMatch) {
    list.push({
      name: 'If-Match',
      in: 'header',
      required: endpoint.ifMatch === 'required',
      schema: { type: 'string' },
      description: 'ETag that was last seen',
    })
  }
  if (isList(endpoint))
    list.push({
      name: 'If-None-Match',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'ETags of answers that are there already',
    })
  if (endpoint.resumable)
    for (const [name, description] of Object.entries(DOWNLOAD_HEADERS))
      list.push({ name, in: 'header', required: false, schema: { type: 'string' }, description })
  if (endpoint.idempotent)
    list.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', maxLength: 255 },
    })
  return list
}

/** The JSON Schema of a type; named types move to components. */
function jsonSchema(type: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const schema = z.toJSONSchema(type, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json
  const definitions = (schema['$defs'] ?? {}) as Record<string, Json>
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value !== 'object' || value === null) return value
    const copy: Json = {}
    for (const [key, part] of Object.entries(value)) {
      if (key === '$defs' || key === '$schema' || key === 'id') {
        if (key !== 'id' || typeof part !== 'string') {
          if (key === 'id') copy[key] = move(part)
          continue
        }
        continue
      }
      copy[key] =
        key === '$ref' && typeof part === 'string'
          ? part.replace('#/$defs/', '#/components/schemas/')
          : move(part)
    }
    return copy
  }
  for (const [name, definition] of Object.entries(definitions)) schemas[name] ??= move(definition)
  return move(schema) as Json
}
