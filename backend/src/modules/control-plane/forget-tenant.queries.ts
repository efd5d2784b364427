/** What the control plane keeps of a tenant's being deleted, and of one that is gone. */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'

export async function noteDeletion(
  control: ControlQueries,
  tenantId: string,
  deleteAfter: Date | null,
): Promise<void> {
  await control.query(
    `update control.registered_tenants
     set status = case when $2::timestamptz is null then 'active' else 'deleting' end, delete_after = $2, version = version + 1
     where tenant_id = $1 and status in ('active', 'deleting')`,
    tenantId,
    deleteAfter,
  )
}

/** Tenants whose days of grace are over. */
export async function listDue(control: ControlPlane, now: Date): Promise<string[]> {
  const rows = await control.query<{ tenant_id: string }>(
    `select tenant_id::text from control.registered_tenants where status = 'deleting' and delete_after <= $1
     order by delete_after`,
    now,
  )
  return rows.map((row) => row.tenant_id)
}

export async function enqueueDeletion(
  control: ControlQueries,
  queue: string,
  tenantId: string,
): Promise<void> {
  await control.query('select control.enqueue($1, null, $2, null)', queue, tenantId)
}

/** Nobody is routed to it any more: no message, no token, no link finds it. */
export async function closeRoutes(control: ControlQueries, tenantId: string): Promise<void> {
  await control.query(
    `delete from control.inbound_events e using control.whatsapp_senders s
     where s.tenant_id = $1 and e.phone_number_id = s.phone_number_id and e.sender_key = s.sender_key`,
    tenantId,
  )
  for (const table of ['whatsapp_senders', 'whatsapp_link_codes', 'link_tokens', 'mails']) {
    await control.query(`delete from control.${table} where tenant_id = $1`, tenantId)
  }
}

/** The last of it. What operators did, and what happened to persons' sign-ins, is not the tenant's and stays. */
export async function deleteTraces(control: ControlQueries, tenantId: string): Promise<void> {
  for (const table of [
    'api_tokens',
    'sessions',
    'memberships',
    'support_sessions',
    'billing_signatures',
    'mails',
    'registered_tenants',
  ]) {
    await control.query(`delete from control.${table} where tenant_id = $1`, tenantId)
  }
}

export async function findName(control: ControlQueries, tenantId: string): Promise<string | null> {
  const [row] = await control.query<{ name: string }>(
    'select name from control.registered_tenants where tenant_id = $1',
    tenantId,
  )
  return row?.name ?? null
}
