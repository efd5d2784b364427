/** Which account of the operator's OpenID provider is which person (control plane). */
import type { ControlQueries } from '../../platform/control.ts'

export interface ProviderSubject {
  issuer: string
  subject: string
}

export interface ProviderLinkRow extends ProviderSubject {
  identity_id: string
  connected_at: string
}

const LINK = 'issuer, subject, identity_id, connected_at'

/** With the person's `sign_in_epoch` of the same moment: a connection that is taken off bumps it. */
export async function findLink(
  queries: ControlQueries,
  { issuer, subject }: ProviderSubject,
): Promise<(ProviderLinkRow & { sign_in_epoch: number }) | null> {
  const [row] = await queries.query<ProviderLinkRow & { sign_in_epoch: number }>(
    `select ${LINK}, i.sign_in_epoch from control.provider_links
     join control.identities i on i.id = identity_id where issuer = $1 and subject = $2`,
    issuer,
    subject,
  )
  return row ?? null
}

export async function findLinkOf(
  queries: ControlQueries,
  identityId: string,
  issuer: string,
): Promise<ProviderLinkRow | null> {
  const [row] = await queries.query<ProviderLinkRow>(
    `select ${LINK} from control.provider_links where identity_id = $1 and issuer = $2`,
    identityId,
    issuer,
  )
  return row ?? null
}

export async function hasLink(queries: ControlQueries, identityId: string): Promise<boolean> {
  const rows = await queries.query('select 1 from control.provider_links where identity_id = $1', identityId)
  return rows.length > 0
}

/** @returns false where the account is somebody's, or the person has another one of this provider */
export async function insertLink(
  queries: ControlQueries,
  identityId: string,
  { issuer, subject }: ProviderSubject,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into control.provider_links (issuer, subject, identity_id, connected_at) values ($1, $2, $3, $4)
     on conflict do nothing returning identity_id`,
    issuer,
    subject,
    identityId,
    now,
  )
  return rows.length === 1
}

export async function noteUse(
  queries: ControlQueries,
  { issuer, subject }: ProviderSubject,
  now: Date,
): Promise<void> {
  await queries.query(
    'update control.provider_links set last_used_at = $3 where issuer = $1 and subject = $2',
    issuer,
    subject,
    now,
  )
}

export async function deleteLink(
  queries: ControlQueries,
  identityId: string,
  issuer: string,
): Promise<boolean> {
  const rows = await queries.query(
    'delete from control.provider_links where identity_id = $1 and issuer = $2 returning identity_id',
    identityId,
    issuer,
  )
  return rows.length > 0
}

/** Of every provider. @returns how many there were */
export async function deleteLinksOf(queries: ControlQueries, identityId: string): Promise<number> {
  const rows = await queries.query(
    'delete from control.provider_links where identity_id = $1 returning 1',
    identityId,
  )
  return rows.length
}
