// Reads all of one workspace in one snapshot: every table of schema app as the catalogue has them, and of the control
// plane what its members need to sign in again. Left out on purpose: sessions, API tokens, links, codes and mails (people
// sign in and make tokens anew), jobs, what operators did, and what happened to persons' own sign-ins.
import pg from 'pg'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { listMigrations, refuseBoundLogin } from './catalogue.ts'
import { writeTenantFile, type TenantHeader, type TenantRow } from './tenant-file.ts'

const MEMBERS = `select m.identity_id from control.memberships m where m.tenant_id = $1`

/** Tables of the control plane, in the order in which a restore needs them: which rows are the workspace's. */
export const CONTROL_TABLES: Readonly<Record<string, string>> = {
  'control.plans': 't.id = (select r.plan_id from control.registered_tenants r where r.tenant_id = $1)',
  'control.registered_tenants': 't.tenant_id = $1',
  'control.identities': `t.id in (${MEMBERS})`,
  'control.totp_factors': `t.identity_id in (${MEMBERS})`,
  'control.recovery_codes': `t.identity_id in (${MEMBERS})`,
  'control.passkeys': `t.identity_id in (${MEMBERS})`,
  'control.provider_links': `t.identity_id in (${MEMBERS})`,
  'control.consents': `t.identity_id in (${MEMBERS})`,
  'control.data_keys': `t.owner_id in (${MEMBERS} union select i.id from app.invitations i where i.tenant_id = $1)`,
  'control.memberships': 't.tenant_id = $1',
  'control.whatsapp_senders': 't.tenant_id = $1',
}

export interface TenantBackup {
  name: string
  sizeBytes: number
  rows: Record<string, number>
}

/**
 * @param url of chronos_backup
 * @throws Error where there is no such workspace, the file is there, or the login sees no rows
 */
export async function backUpTenant(
  url: string,
  key: BackupKey,
  tenantId: string,
  file: string,
): Promise<TenantBackup> {
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-backup' })
  await client.connect()
  try {
    await refuseBoundLogin(client)
    await client.query('begin isolation level repeatable read read only')
    const { rows } = await client.query<{ name: string; now: Date }>(
      'select name, now() as now from app.tenants where tenant_id = $1',
      [tenantId],
    )
    const [tenant] = rows
    if (!tenant) throw new Error(`There is no workspace ${tenantId}: make tenant-list names them.`)
    const header: TenantHeader = {
      form: 1,
      kind: 'chronos tenant',
      tenantId,
      name: tenant.name,
      takenAt: tenant.now.toISOString(),
      migrations: await listMigrations(client),
      keyIds: await keyIdsOf(client, tenantId),
    }
    const written = await writeTenantFile(file, key, header, rowsOf(client, tenantId))
    await client.query('commit')
    return { name: tenant.name, ...written }
  } finally {
    await client.end()
  }
}

async function keyIdsOf(client: pg.Client, tenantId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select distinct split_part(sealed, '.', 1) as id from (
       select t.sealed_key as sealed from control.data_keys t where ${CONTROL_TABLES['control.data_keys']}
       union all select t.secret from control.totp_factors t where ${CONTROL_TABLES['control.totp_factors']}
     ) as values where sealed is not null order by 1`,
    [tenantId],
  )
  return rows.map(({ id }) => id)
}

/** The tenant tables, as the catalogue has them today. */
export async function tenantTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select 'app.' || quote_ident(c.relname) as name from pg_class c
     where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  return rows.map(({ name }) => name)
}

async function* rowsOf(client: pg.Client, tenantId: string): AsyncGenerator<TenantRow> {
  for (const [table, condition] of Object.entries(CONTROL_TABLES)) {
    const { rows } = await client.query<{ json: string }>(
      `select to_jsonb(t)::text as json from ${table} t where ${condition}`,
      [tenantId],
    )
    for (const { json } of rows) yield { table, json }
  }
  for (const table of await tenantTables(client)) {
    await client.query(
      `declare rows_of_table no scroll cursor for select to_jsonb(t)::text as json from ${table} t where t.tenant_id = '${uuid(tenantId)}'`,
    )
    for (;;) {
      const { rows } = await client.query<{ json: string }>('fetch 500 from rows_of_table')
      if (rows.length === 0) break
      for (const { json } of rows) yield { table, json }
    }
    await client.query('close rows_of_table')
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A cursor takes no parameters. @throws Error for what is no id */
export function uuid(text: string): string {
  if (!UUID.test(text)) throw new Error(`${text} is no id of a workspace: make tenant-list names them.`)
  return text
}
