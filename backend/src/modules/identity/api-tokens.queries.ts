import type { TokenScope } from '@chronos/contracts/permissions'
import type { ApiToken } from '@chronos/contracts/tokens'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { decodeCursor } from '../../platform/cursor.ts'

export interface ApiTokenRow {
  id: string
  name: string
  hint: string
  scopes: TokenScope[]
  tenant_id: string
  user_id: string
  identity_id: string
  created_at: string
  expires_at: string
  last_used_at: string | null
  last_used_ip: string | null
}

export interface Member {
  tenantId: string
  userId: string
}

const TOKEN = `id::text, name, hint, scopes, tenant_id::text, user_id::text, identity_id::text, created_at, expires_at,
  last_used_at, last_used_ip`

export function apiTokenOf(row: ApiTokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    lastUsedIp: row.last_used_ip,
  }
}

/** Those that were not revoked, newest first; one more than the limit. */
export function listTokens(
  control: ControlPlane,
  { tenantId, userId }: Member,
  limit: number,
  cursor: string | undefined,
): Promise<ApiTokenRow[]> {
  const [at, id] = decodeCursor(cursor, ['instant', 'uuid'])
  return control.run<ApiTokenRow>({
    name: 'tokens.list',
    text: `select ${TOKEN} from control.api_tokens
      where tenant_id = $1 and user_id = $2 and revoked_at is null
        and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
      order by created_at desc, id desc limit $5`,
    values: [tenantId, userId, at, id, limit + 1],
  })
}

export async function countLiveTokens(
  queries: ControlQueries,
  { tenantId, userId }: Member,
  now: Date,
): Promise<number> {
  const [row] = await queries.query<{ live: number }>(
    `select count(*)::int as live from control.api_tokens
     where tenant_id = $1 and user_id = $2 and revoked_at is null and expires_at > $3`,
    tenantId,
    userId,
    now,
  )
  return row?.live ?? 0
}

export async function insertToken(
  queries: ControlQueries,
  token: Omit<ApiTokenRow, 'last_used_at' | 'last_used_ip' | 'created_at' | 'expires_at'> & {
    token_hash: string
  },
  now: Date,
  expiresAt: Date,
): Promise<void> {
  await queries.query(
    `insert into control.api_tokens (id, token_hash, hint, name, scopes, tenant_id, user_id, identity_id, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    token.id,
    token.token_hash,
    token.hint,
    token.name,
    JSON.stringify(token.scopes),
    token.tenant_id,
    token.user_id,
    token.identity_id,
    now,
    expiresAt,
  )
}

/** One that holds, by the hash of what a program sent. */
export async function findToken(control: ControlPlane, hash: string, now: Date): Promise<ApiTokenRow | null> {
  const [row] = await control.run<ApiTokenRow>({
    name: 'token',
    text: `select ${TOKEN} from control.api_tokens where token_hash = $1 and revoked_at is null and expires_at > $2`,
    values: [hash, now],
  })
  return row ?? null
}

/** Whether a token, by its id, still holds. */
export async function isTokenLive(control: ControlPlane, id: string, now: Date): Promise<boolean> {
  const rows = await control.query(
    'select 1 from control.api_tokens where id = $1 and revoked_at is null and expires_at > $2',
    id,
    now,
  )
  return rows.length === 1
}

/** Notes a use, where none was noted since `before`. */
export async function noteUse(
  control: ControlPlane,
  id: string,
  ip: string,
  now: Date,
  before: Date,
): Promise<void> {
  await control.query(
    `update control.api_tokens set last_used_at = $2, last_used_ip = $3
     where id = $1 and (last_used_at is null or last_used_at <= $4)`,
    id,
    now,
    ip,
    before,
  )
}

export interface EndedToken {
  id: string
  token_hash: string
  name: string
}

const ENDED = 'returning id::text, token_hash, name'

export async function revokeToken(
  control: ControlPlane,
  { tenantId, userId }: Member,
  id: string,
  now: Date,
): Promise<EndedToken | null> {
  const [row] = await control.query<EndedToken>(
    `update control.api_tokens set revoked_at = $4, revoke_reason = 'revoked by its person'
     where id = $3 and tenant_id = $1 and user_id = $2 and revoked_at is null ${ENDED}`,
    tenantId,
    userId,
    id,
    now,
  )
  return row ?? null
}

/** Of one member, of everybody in a workspace, or of a person wherever they are. */
export type TokenOwner = Member | { tenantId: string } | { identityId: string }

function ownedBy(owner: TokenOwner): [condition: string, ...values: string[]] {
  if ('identityId' in owner) return ['identity_id = $1', owner.identityId]
  if ('userId' in owner) return ['tenant_id = $1 and user_id = $2', owner.tenantId, owner.userId]
  return ['tenant_id = $1', owner.tenantId]
}

export function endTokens(
  control: ControlQueries,
  owner: TokenOwner,
  reason: string,
  now: Date,
): Promise<EndedToken[]> {
  const [condition, ...values] = ownedBy(owner)
  const [at, why] = [values.length + 1, values.length + 2]
  return control.query<EndedToken>(
    `update control.api_tokens set revoked_at = $${at}, revoke_reason = $${why}
     where ${condition} and revoked_at is null ${ENDED}`,
    ...values,
    now,
    reason,
  )
}

export function listHashes(control: ControlPlane, owner: TokenOwner): Promise<EndedToken[]> {
  const [condition, ...values] = ownedBy(owner)
  return control.query<EndedToken>(
    `select id::text, token_hash, name from control.api_tokens where ${condition} and revoked_at is null`,
    ...values,
  )
}
