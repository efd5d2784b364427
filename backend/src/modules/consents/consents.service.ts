/**
 * What a person agreed to, and in which version of its text. A consent that is taken back is another row: what was
 * agreed to, and when, is never overwritten.
 */
import type { Consent } from '@chronos/contracts/privacy'
import type { ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { CONSENT_VERSIONS } from './consents.rules.ts'
import { insertConsent, listConsents, type ConsentRow } from './consents.queries.ts'

/** Everything that a person has agreed to or taken back, newest first. */
export async function everyConsent(queries: ControlQueries, identityId: string): Promise<Consent[]> {
  return (await listConsents(queries, identityId, 10_000, [null, null])).map(consentOf)
}

/** Agreed to by registering, in the transaction that makes the person. */
export async function recordRegistration(
  queries: ControlQueries,
  identityId: string,
  now: Date,
): Promise<void> {
  for (const kind of ['terms', 'privacy'] as const)
    await record(queries, identityId, { kind, given: true }, now)
}

/** Takes back what was agreed to beyond what registering asks for: whoever agreed was somebody else, perhaps. */
export async function withdrawConsents(
  queries: ControlQueries,
  identityId: string,
  now: Date,
): Promise<void> {
  const known = await listConsents(queries, identityId, 10_000, [null, null])
  for (const kind of ['whatsapp_processing', 'product_mail'] as const)
    if (known.find((each) => each.kind === kind)?.given === true)
      await record(queries, identityId, { kind, given: false }, now)
}

/** Told to the audit log of the workspace that the person is in, too. */
export async function giveConsent(
  queries: ControlQueries,
  tenant: Tenant,
  identityId: string,
  choice: { kind: Consent['kind']; given: boolean },
  now: Date,
): Promise<Consent> {
  const consent = consentOf(await record(queries, identityId, choice, now))
  await tenant.bulk((tx) =>
    recordAuditEvent(tx, {
      action: 'privacy.consent',
      entity: 'users',
      entityId: tenant.actor.userId,
      after: { kind: consent.kind, version: consent.version, given: consent.given },
      at: now,
    }),
  )
  return consent
}

async function record(
  queries: ControlQueries,
  identityId: string,
  { kind, given }: { kind: Consent['kind']; given: boolean },
  now: Date,
): Promise<ConsentRow> {
  const row = { id: newId(), kind, given, version: CONSENT_VERSIONS[kind] }
  await insertConsent(queries, identityId, row, now)
  return { ...row, at: now.toISOString() }
}

export function consentOf({ kind, version, given, at }: ConsentRow): Consent {
  return { kind, version, given, at }
}
