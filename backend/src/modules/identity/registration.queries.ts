/** What registering asked for, until its link is followed. */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import type { WorkspaceSetup } from './identity.queries.ts'

export interface PendingRow {
  id: string
  email: string
  name: string
  locale: string
  workspace_name: string
  setup: WorkspaceSetup
}

export async function insertPending(queries: ControlQueries, row: PendingRow, now: Date): Promise<void> {
  await queries.query(
    `insert into control.pending_registrations (id, email, name, locale, workspace_name, setup, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    row.id,
    row.email,
    row.name,
    row.locale,
    row.workspace_name,
    JSON.stringify(row.setup),
    now,
  )
}

export async function findPending(control: ControlPlane, id: string): Promise<PendingRow | null> {
  const [row] = await control.query<PendingRow>(
    'select id, email, name, locale, workspace_name, setup from control.pending_registrations where id = $1',
    id,
  )
  return row ?? null
}

/** All that was asked for an address: it has its person now. */
export async function deletePending(queries: ControlQueries, email: string): Promise<void> {
  await queries.query('delete from control.pending_registrations where email = $1', email)
}
