/** API tokens of a person in a workspace, for programs of their own. */
import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams } from './ids.ts'
import { page, PageQuery } from './pagination.ts'
import { TOKEN_SCOPES } from './permissions.ts'
import { lineOf } from './text.ts'

/** What every token begins with, so that people and secret scanners know one when they see it. */
export const TOKEN_PREFIX = 'chr_'

export const ApiToken = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().meta({ description: 'Its beginning, to tell tokens apart: chr_Ab3d…' }),
    scopes: z.array(z.enum(TOKEN_SCOPES)),
    createdAt: Instant,
    expiresAt: Instant,
    lastUsedAt: Instant.nullable(),
    lastUsedIp: z.string().nullable(),
  })
  .meta({ id: 'ApiToken' })
export type ApiToken = z.infer<typeof ApiToken>

const base = { tag: 'API tokens', auth: 'session', permission: null } as const

export const listTokens = endpoint({
  ...base,
  id: 'listTokens',
  method: 'GET',
  path: '/me/tokens',
  summary: 'Tokens of the person in this workspace, newest first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(ApiToken),
})

export const TokenCreate = z.strictObject({
  name: lineOf(1, 60),
  scopes: z.array(z.enum(TOKEN_SCOPES)).min(1).max(TOKEN_SCOPES.length),
  expiresInDays: z.int().min(1).max(366).default(90),
})
export type TokenCreate = z.infer<typeof TokenCreate>

export const createToken = endpoint({
  ...base,
  id: 'createToken',
  method: 'POST',
  path: '/me/tokens',
  verified: true,
  stepUp: true,
  summary: 'Make a token; it is shown this once and never again',
  body: TokenCreate,
  status: 201,
  response: ApiToken.extend({ token: z.string() }),
  errors: ['feature_off', 'forbidden', 'plan_limit'],
})

export const revokeToken = endpoint({
  ...base,
  id: 'revokeToken',
  method: 'DELETE',
  path: '/me/tokens/{id}',
  summary: 'End a token at once',
  params: IdParams,
  status: 204,
  response: null,
})
