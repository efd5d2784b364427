import type { Consent } from '@chronos/contracts/privacy'
import type { ControlQueries } from '../../platform/control.ts'

export interface ConsentRow {
  id: string
  at: string
  kind: Consent['kind']
  version: string
  given: boolean
}

/** Newest first; one more than the limit. */
export function listConsents(
  queries: ControlQueries,
  identityId: string,
  limit: number,
  after: readonly (string | null)[],
): Promise<ConsentRow[]> {
  return queries.query<ConsentRow>(
    `select id::text, at, kind, version, given from control.consents
     where identity_id = $1 and ($3::timestamptz is null or (at, id) < ($3::timestamptz, $4::uuid))
     order by at desc, id desc limit $2`,
    identityId,
    limit,
    ...after,
  )
}

export async function insertConsent(
  queries: ControlQueries,
  identityId: string,
  consent: Omit<ConsentRow, 'at'>,
  at: Date,
): Promise<void> {
  await queries.query(
    'insert into control.consents (identity_id, at, id, kind, version, given) values ($1, $2, $3, $4, $5, $6)',
    identityId,
    at,
    consent.id,
    consent.kind,
    consent.version,
    consent.given,
  )
}
