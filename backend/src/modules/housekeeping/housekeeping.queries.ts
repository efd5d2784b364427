/** What may be forgotten, and when. The control plane's rows first, then each tenant's under its own context. */
import type { ControlPlane } from '../../platform/control.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000)
}

/**
 * Handled webhook events are kept for 14 days, longer than Meta repeats a delivery (7); ended sessions for 30, so that
 * a reused refresh token is still known; codes for a day. `docs/privacy.md` says the same.
 */
export async function forgetControlRows(control: ControlPlane, now: Date): Promise<void> {
  await control.query('delete from control.inbound_events where processed_at < $1', daysBefore(now, 14))
  await control.query('delete from control.whatsapp_link_codes where expires_at < $1', daysBefore(now, 1))
  await control.query('delete from control.factor_challenges where expires_at < $1', daysBefore(now, 1))
  await control.query(
    'delete from control.sessions where ended_at < $1 or expires_at < $1',
    daysBefore(now, 30),
  )
  // Eight hours is the longest that an operator stays signed in.
  await control.query('delete from control.operator_sessions where created_at < $1', daysBefore(now, 30))
  await control.query(
    'delete from control.api_tokens where revoked_at < $1 or expires_at < $1',
    daysBefore(now, 365),
  )
  await control.query('delete from control.link_tokens where expires_at < $1', daysBefore(now, 1))
  // What never left, as with a mail server that is away for good, is kept a little longer to be looked at.
  await control.query(
    'delete from control.mails where sent_at < $1 or created_at < $2',
    daysBefore(now, 7),
    daysBefore(now, 30),
  )
  await control.query('delete from control.pending_registrations where created_at < $1', daysBefore(now, 2))
  await control.query('delete from control.sign_in_refusals where at < $1', daysBefore(now, 30))
  await control.query('delete from control.security_events where at < $1', daysBefore(now, 365))
  await control.query('delete from control.known_devices where last_seen_at < $1', daysBefore(now, 180))
}

export async function listTenantIds(control: ControlPlane): Promise<string[]> {
  const rows = await control.query<{ tenant_id: string }>(
    "select distinct tenant_id::text from control.memberships where state = 'active' order by 1",
  )
  return rows.map((row) => row.tenant_id)
}

/** Kept answers after two days. What a workspace sets itself is the retention's. */
export async function forgetTenantRows(tx: TenantQueries, now: Date): Promise<void> {
  await tx.query(
    'delete from app.idempotency_keys where tenant_id = $1 and created_at < $2',
    tx.tenantId,
    daysBefore(now, 2),
  )
}

/** The months of the audit log and of messages that are to come, and an end of those that nothing is left of. */
export async function keepMonths(control: ControlPlane, now: Date): Promise<void> {
  await control.query('select * from control.keep_months($1)', now)
}
