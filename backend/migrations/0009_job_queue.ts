/**
 * The job queue's schema, as its library describes it, made by the owner. The processes run with `migrate: false` and
 * data manipulation alone. Local to the coordinator on a cluster, so its script may go as one string.
 */
import { getConstructionPlans } from 'pg-boss'
import { QUEUES } from '../src/platform/queues.ts'
import type { MigrationConnection } from '../src/platform/migrate.ts'

export async function up(connection: MigrationConnection): Promise<void> {
  const script = getConstructionPlans('pgboss')
    .replace(/^\s*BEGIN;/m, '')
    .replace(/COMMIT;\s*$/m, '')
  await connection.query(script)
  for (const queue of Object.values(QUEUES)) {
    await connection.query('select pgboss.create_queue($1, $2::jsonb)', [
      queue.name,
      JSON.stringify(queue.options),
    ])
  }
  await connection.query('grant usage on schema pgboss to chronos_control, chronos_backup')
  await connection.query(
    'grant select, insert, update, delete on all tables in schema pgboss to chronos_control',
  )
  await connection.query('grant select on all tables in schema pgboss to chronos_backup')
  await connection.query('grant execute on all functions in schema pgboss to chronos_control')
}
