// Made data for the drills: text that compresses about as ledgers do.
import pg from 'pg'
import type { LoginUrls } from '../../backend/src/platform/roles.ts'

/** Logins of a scratch server, which need no password of their own. */
export function urlsOf(adminUrl: string): LoginUrls {
  const as = (login: string): string => {
    const url = new URL(adminUrl)
    url.username = login
    url.pathname = '/chronos'
    return url.href
  }
  return {
    appUrl: as('chronos_app'),
    ownerUrl: as('chronos_owner'),
    controlUrl: as('chronos_control'),
    backupUrl: as('chronos_backup'),
  }
}

/** Fills the product's database until it is so large. @returns its size in MB */
export async function fill(adminUrl: string, megabytes: number): Promise<number> {
  const url = new URL(adminUrl)
  url.pathname = '/chronos'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    const size = async (): Promise<number> => {
      const { rows } = await client.query<{ mb: number }>(
        'select pg_database_size(current_database())::float8 / 1e6 as mb',
      )
      return rows[0]?.mb ?? 0
    }
    await client.query("set session_replication_role = 'replica'")
    while ((await size()) < megabytes) {
      await client.query(
        `insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity, entity_id, after)
         select md5((n % 50)::text)::uuid, now() - n * interval '1 second', gen_random_uuid(), 'user', 'insert', 'transactions',
           gen_random_uuid(), jsonb_build_object('amount_minor', (random() * 100000)::int, 'currency', 'BRL',
             'description', 'Mercado ' || md5(random()::text), 'occurred_on', current_date - (random() * 700)::int)
         from generate_series(1, 50000) n`,
      )
    }
    return await size()
  } finally {
    await client.end()
  }
}
