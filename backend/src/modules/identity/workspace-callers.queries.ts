import type { ControlPlane } from '../../platform/control.ts'

export async function listSessionsIn(control: ControlPlane, tenantId: string): Promise<string[]> {
  const rows = await control.query<{ id: string }>(
    'select id::text from control.sessions where tenant_id = $1 and ended_at is null',
    tenantId,
  )
  return rows.map((row) => row.id)
}
