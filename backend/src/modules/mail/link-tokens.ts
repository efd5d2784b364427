/** Secrets of links that go by mail: random, hashed at rest, used once, at an end. */
import { createHash, randomBytes } from 'node:crypto'
import type { ControlQueries } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'

export type LinkPurpose =
  'verify_email' | 'reset_password' | 'change_email' | 'invitation' | 'finish_registration'

export interface LinkRow {
  identity_id: string | null
  tenant_id: string | null
  subject_id: string | null
  email: string
  expires_at: string
}

export interface NewLink {
  purpose: LinkPurpose
  identityId: string | null
  tenantId: string | null
  subjectId: string | null
  email: string
  expiresAt: Date
}

const LINK = 'identity_id, tenant_id, subject_id, email, expires_at'

/**
 * Makes a link's secret and voids the ones before it for the same purpose, person and subject.
 * @returns the secret, which is kept nowhere
 */
export async function issueLink(queries: ControlQueries, link: NewLink, now: Date): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await queries.query(
    `delete from control.link_tokens where purpose = $1 and used_at is null
       and identity_id is not distinct from $2::uuid and tenant_id is not distinct from $3::uuid
       and subject_id is not distinct from $4::uuid and email = $5`,
    link.purpose,
    link.identityId,
    link.tenantId,
    link.subjectId,
    link.email,
  )
  await queries.query(
    `insert into control.link_tokens (token_hash, purpose, identity_id, tenant_id, subject_id, email, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    hashOf(secret),
    link.purpose,
    link.identityId,
    link.tenantId,
    link.subjectId,
    link.email,
    now,
    link.expiresAt,
  )
  return secret
}

/** What a link is for, without using it. @throws AppError link_invalid */
export async function readLink(
  queries: ControlQueries,
  purpose: LinkPurpose,
  secret: string,
  now: Date,
): Promise<LinkRow> {
  const [row] = await queries.query<LinkRow>(
    `select ${LINK} from control.link_tokens where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3`,
    hashOf(secret),
    purpose,
    now,
  )
  return row ?? refuse()
}

/**
 * Uses a link up, in the transaction of what it does: of two that follow it at once, one finds it used.
 * @throws AppError link_invalid
 */
export async function redeemLink(
  queries: ControlQueries,
  purpose: LinkPurpose,
  secret: string,
  now: Date,
): Promise<LinkRow> {
  const [row] = await queries.query<LinkRow>(
    `update control.link_tokens set used_at = $3
     where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 returning ${LINK}`,
    hashOf(secret),
    purpose,
    now,
  )
  return row ?? refuse()
}

/** Voids links that are no longer wanted, as those of an invitation that was taken back. */
export async function voidLinks(
  queries: ControlQueries,
  purpose: LinkPurpose,
  of: { identityId: string } | { tenantId: string; subjectId: string },
): Promise<void> {
  if ('identityId' in of) {
    await queries.query(
      'delete from control.link_tokens where purpose = $1 and identity_id = $2 and used_at is null',
      purpose,
      of.identityId,
    )
  } else {
    await queries.query(
      'delete from control.link_tokens where purpose = $1 and tenant_id = $2 and subject_id = $3 and used_at is null',
      purpose,
      of.tenantId,
      of.subjectId,
    )
  }
}

function refuse(): never {
  throw new AppError('link_invalid', {
    detail: 'This link was used, has run out, or was replaced by a newer one: ask for another',
  })
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
