/** The queue of the nightly look over the audit logs' chains. A new database got it from 0009, which makes them all. */
import { QUEUES } from '../src/platform/queues.ts'
import type { MigrationConnection } from '../src/platform/migrate.ts'

export async function up(connection: MigrationConnection): Promise<void> {
  const { name, options } = QUEUES.auditVerify
  await connection.query('select pgboss.create_queue($1, $2::jsonb)', [name, JSON.stringify(options)])
}
