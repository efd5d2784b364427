import type { ControlPlane } from '../../platform/control.ts'

export interface StandingRow {
  email_verified_at: string | null
  tenant_status: 'active' | 'suspended' | 'deleting' | null
}

/** When members of a workspace last came, by their ids. */
export function listLastUses(
  control: ControlPlane,
  tenantId: string,
): Promise<{ user_id: string; last_used_at: string | null }[]> {
  return control.query(
    'select user_id::text, last_used_at from control.memberships where tenant_id = $1',
    tenantId,
  )
}

/** What the control plane knows of a person and a workspace of theirs; null where there is no such person. */
export async function findStanding(
  control: ControlPlane,
  identityId: string,
  tenantId: string,
): Promise<StandingRow | null> {
  const [row] = await control.run<StandingRow>({
    name: 'standing',
    text: `select i.email_verified_at, t.status as tenant_status from control.identities i
      left join control.registered_tenants t on t.tenant_id = $2 where i.id = $1`,
    values: [identityId, tenantId],
  })
  return row ?? null
}
