/** Every route bounds what it takes: the body, each text, list and number in it, the page that it answers. */
import { get } from 'node:http'
import { Readable } from 'node:stream'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  type?: string
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  propertyNames?: Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  maxLength?: number
  maxItems?: number
  maximum?: number
  exclusiveMaximum?: number
  minimum?: number
  exclusiveMinimum?: number
}

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Schema =>
  z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Schema

/** Formats whose texts are as long as they are; a file is bounded as a body. */
const SHORT = new Set(['uuid', 'guid', 'date', 'date-time', 'binary'])
/** What nothing bounds but the body: an authenticator's answer, which its library reads. */
const OPAQUE = /^body\.passkey(\{\})?$/

/** What has no bound, as paths. */
function unbounded(root: Schema, where: string): string[] {
  const found: string[] = []
  const visit = (schema: Schema, path: string): void => {
    if (OPAQUE.test(path)) return
    const known =
      schema.$ref === undefined ? schema : (root.$defs?.[schema.$ref.split('/').pop() ?? ''] ?? {})
    for (const part of [...(known.anyOf ?? []), ...(known.oneOf ?? []), ...(known.allOf ?? [])])
      visit(part, path)
    if (known.enum !== undefined || known.const !== undefined) return
    if (known.type === 'string' && !isShort(known)) found.push(`${path}: text`)
    if (known.type === 'integer' || known.type === 'number') {
      if ((known.minimum ?? known.exclusiveMinimum) === undefined) found.push(`${path}: least`)
      if ((known.maximum ?? known.exclusiveMaximum) === undefined) found.push(`${path}: most`)
    }
    if (known.type === 'array') {
      if (known.maxItems === undefined) found.push(`${path}: list`)
      visit(known.items ?? {}, `${path}[]`)
    }
    if (known.type === 'object') {
      for (const [name, part] of Object.entries(known.properties ?? {})) visit(part, `${path}.${name}`)
      const others = known.additionalProperties
      if (typeof others === 'object') {
        visit(known.propertyNames ?? {}, `${path} key`)
        visit(others, `${path}{}`)
      }
    }
    const says = known.type ?? known.anyOf ?? known.oneOf ?? known.allOf
    if (says === undefined) found.push(`${path}: anything`)
  }
  visit(root, where)
  return found
}

/** A text of a bounded length: said so, or by a pattern that is anchored and repeats nothing without an end. */
function isShort({ maxLength, format, pattern }: Schema): boolean {
  if (maxLength !== undefined || SHORT.has(format ?? '')) return true
  return (
    pattern !== undefined &&
    /^\^.*\$$/.test(pattern) &&
    !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\[[^\]]*\]/g, ''))
  )
}

const parts = ({ params, query, body, bodyKind }: EndpointSpec): (readonly [string, z.ZodType])[] =>
  Object.entries({ params, query, ...(bodyKind === 'raw' ? {} : { body }) }).flatMap(([where, type]) =>
    type === undefined ? [] : [[where, type] as const],
  )

describe('what an endpoint takes', () => {
  it.each(ENDPOINTS.map((spec) => [spec.id, spec] as const))('%s is bounded', (_id, spec) => {
    expect(parts(spec).flatMap(([where, type]) => unbounded(schemaOf(type, 'input'), where))).toEqual([])
  })

  it('would be noticed without a bound', () => {
    const loose = z.object({
      text: z.string(),
      word: z.string().regex(/^a+$/),
      list: z.array(z.object({ n: z.number().max(9) })),
      map: z.record(z.string(), z.boolean()),
      any: z.unknown(),
      fine: z.string().max(9).nullable(),
    })
    expect(unbounded(schemaOf(loose, 'input'), 'body').sort()).toEqual(
      ['any: anything', 'list: list', 'list[].n: least', 'map key: text', 'text: text', 'word: text'].map(
        (each) => `body.${each}`,
      ),
    )
  })
})

describe('the body of a request', () => {
  let harness: Harness
  let client: Client
  beforeAll(async () => {
    harness = await createHarness()
    client = await harness.signUp()
  })
  afterAll(() => harness.close())

  const urlOf = ({ path }: EndpointSpec): string =>
    `/api/v1${path.replaceAll(/\{\w+\}/g, crypto.randomUUID())}`
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${client.session.accessToken}` })

  function send(spec: EndpointSpec, payload: string | Readable, type = 'application/json'): Promise<Answer> {
    return harness.request({
      method: spec.method,
      url: urlOf(spec),
      payload,
      headers: { ...headers(), 'content-type': type },
    })
  }

  const most = ({ maxBodyBytes, bodyKind }: EndpointSpec): number =>
    maxBodyBytes ?? (bodyKind === 'multipart' ? 64 : 1) * 1024 * 1024

  it('has headers of any size that Nginx lets through, and none that fill the memory', async () => {
    await harness.app.listen({ host: '127.0.0.1', port: 0 })
    const address = harness.app.listeningOrigin
    const statusOf = (bytes: number): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { headers: { 'x-large': 'a'.repeat(bytes) }, agent: false }
        get(`${address}/health/live`, options, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode))
        }).on('error', reject)
      })
    // deploy/nginx/nginx.conf: a buffer of 2 KiB and two of 8.
    expect(await statusOf(18 * 1024)).toBe(200)
    expect(await statusOf(64 * 1024)).toBe(431)
  })

  it.each(
    ENDPOINTS.filter(({ method, bodyKind }) => method !== 'GET' && bodyKind !== 'multipart').map(
      (spec) => [spec.id, spec] as const,
    ),
  )('to %s is refused past its bytes, before anything is done with it', async (_id, spec) => {
    const answer = await send(spec, JSON.stringify('x'.repeat(most(spec) - 1)))
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status: 413, code: 'payload_too_large' })
  })

  it('is refused as well where its length is not said', async () => {
    const spec = ENDPOINTS.find(({ id }) => id === 'createAccount')
    if (!spec) throw new Error('there is no such endpoint')
    const chunks = Array.from({ length: 5 }, () => Buffer.alloc(256 * 1024, 32))
    expect((await send(spec, Readable.from(chunks))).body).toMatchObject({ code: 'payload_too_large' })
  })

  it('is larger than usual for deliveries of Meta and for files alone', () => {
    const large = ENDPOINTS.filter((spec) => most(spec) > 1024 * 1024).map(({ id }) => id)
    expect(large.sort()).toEqual(['createImport', 'receiveWhatsappWebhook'])
  })
})

describe('a page', () => {
  /** The tree of categories is of use as a whole. */
  const MORE: Readonly<Record<string, number>> = { listCategories: 500 }

  const LISTS = ENDPOINTS.flatMap((spec) => {
    if (!spec.response) return []
    const root = schemaOf(spec.response, 'output')
    const properties = root.properties ?? {}
    if (properties['items'] === undefined) return []
    const ends = properties['nextCursor']?.type === 'null'
    return [[spec.id, spec, ends] as const]
  })

  it('is what twenty endpoints and more answer', () => expect(LISTS.length).toBeGreaterThanOrEqual(20))

  it.each(LISTS)('of %s holds a bounded number', (id, spec, ends) => {
    const query = spec.query === undefined ? undefined : schemaOf(spec.query, 'input').properties
    // One that has no further page is a report, of as many rows as the plan lets a workspace have.
    if (ends) expect(spec.rate).toBe('report')
    else expect(query?.['limit']).toMatchObject({ minimum: 1, maximum: MORE[id] ?? 200 })
  })
})
