// Puts one workspace back, into a server that has nothing of it: all in one transaction, held to the file's own counts,
// to every foreign key and to the totals of its lines. Triggers are off meanwhile, so that audit log, chain and totals
// are what they were and not written a second time. Ids stay: they are unique inside a workspace.
// Who was erased on this server since stays erased, and who is known here keeps their own password and factors.
import pg from 'pg'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { labelIn } from '../../backend/src/modules/privacy/erasure.rules.ts'
import { newId } from '../../backend/src/platform/ids.ts'
import { listMigrations, wrongTotals } from './catalogue.ts'
import { CONTROL_TABLES, tenantTables, uuid } from './tenant-backup.ts'
import { readTenantFile, type TenantHeader, type TenantRow } from './tenant-file.ts'

export interface RestoredTenant {
  tenantId: string
  name: string
  takenAt: string
  rows: number
  /** Members whose sign-in this server knows already, and those who were erased here. */
  known: number
  erased: number
}

const BATCH = 500

/**
 * @param adminUrl a superuser's, of the product's database: only one may write an audit log as it was
 * @param keyIds ids of the keys that this server can read with
 * @throws Error that says what is in the way; nothing was changed then
 */
export async function restoreTenant(
  file: string,
  key: BackupKey,
  adminUrl: string,
  keyIds: readonly string[],
): Promise<RestoredTenant> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'chronos-restore' })
  await client.connect()
  try {
    await client.query('begin')
    await client.query("set local session_replication_role = 'replica'")
    const target = new Target(client)
    let header: TenantHeader | undefined
    const trailer = await readTenantFile(file, key, {
      async header(read) {
        header = read
        await refuseWhatDoesNotFit(client, read, keyIds)
        await target.begin(read)
      },
      row: (row) => target.take(row),
    })
    if (!header) throw new Error('The file has no header.')
    await target.end()
    await client.query("set local session_replication_role = 'origin'")
    await check(client, header.tenantId, trailer.rows)
    await client.query(
      `insert into control.operator_acts (at, id, operator_id, operator_name, act, tenant_id, detail, ip)
       values (now(), $1, null, 'command line', 'tenant.restored', $2, $3, null)`,
      [newId(), header.tenantId, `as of ${header.takenAt}`],
    )
    await client.query('commit')
    const { tenantId, name, takenAt } = header
    const rows = Object.values(trailer.rows).reduce((sum, count) => sum + count, 0)
    return { tenantId, name, takenAt, rows, known: target.known.size, erased: target.erased.size }
  } finally {
    await client.end()
  }
}

async function refuseWhatDoesNotFit(
  client: pg.Client,
  header: TenantHeader,
  keyIds: readonly string[],
): Promise<void> {
  const tenantId = uuid(header.tenantId)
  const here = new Set(await listMigrations(client))
  const unknown = header.migrations.filter((name) => !here.has(name))
  if (unknown.length > 0)
    throw new Error(`The backup is of a newer version (${unknown.at(-1)}): bring this server up to it first.`)
  const missing = header.keyIds.filter((id) => !keyIds.includes(id))
  if (missing.length > 0)
    throw new Error(
      `What the backup has encrypted needs the key ${missing.join(', ')}: name the ENCRYPTION_KEY of the server that it comes from in ENCRYPTION_KEY_PREVIOUS, also of API and worker, and run make rotate-keys afterwards.`,
    )
  const tables = [...(await tenantTables(client)), 'control.registered_tenants', 'control.memberships']
  for (const table of tables) {
    const { rowCount } = await client.query(`select 1 from ${table} where tenant_id = $1 limit 1`, [tenantId])
    if (rowCount !== 0)
      throw new Error(
        `There are rows of the workspace ${tenantId} in ${table}: it is restored only where there is nothing of it.`,
      )
  }
}

/** Derived by a trigger, which does not run here; a backup of before migration 0130 has none of them. */
const MESSAGE_KEYS = 'app.whatsapp_message_keys'
const MISSING_KEYS = `
  insert into ${MESSAGE_KEYS} (tenant_id, kind, value, message_id)
  select tenant_id, 'wamid', wamid, id from app.whatsapp_messages where tenant_id = $1 and wamid is not null
  union all
  select tenant_id, 'reply', in_reply_to::text, id from app.whatsapp_messages where tenant_id = $1 and in_reply_to is not null
  on conflict do nothing`

/** Takes rows and writes them, a batch at a time. */
class Target {
  readonly known = new Set<string>()
  readonly erased = new Set<string>()
  readonly #client: pg.Client
  #tables = new Set<string>()
  /** Members of the backup, as far as it has their sign-in. */
  readonly #people = new Set<string>()
  #tenantId = ''
  #table = ''
  #waiting: string[] = []

  constructor(client: pg.Client) {
    this.#client = client
  }

  async begin({ tenantId }: TenantHeader): Promise<void> {
    this.#tenantId = tenantId
    this.#tables = new Set([...Object.keys(CONTROL_TABLES), ...(await tenantTables(this.#client))])
  }

  async take({ table, json }: TenantRow): Promise<void> {
    if (table !== this.#table || this.#waiting.length >= BATCH) await this.#write()
    if (!this.#tables.has(table))
      throw new Error(`The backup has rows of ${table}, which this server has not.`)
    this.#table = table
    this.#waiting.push(json)
  }

  /** The last batch; then what was decided about people since the backup holds, and the workspace goes on living. */
  async end(): Promise<void> {
    await this.#write()
    await this.#client.query(MISSING_KEYS, [this.#tenantId])
    const { rows } = await this.#client.query<{ id: string; locale: string; identity_id: string }>(
      `select u.id::text, u.locale, u.identity_id::text from app.users u
       join control.data_keys k on k.owner_id = u.identity_id and k.destroyed_at is not null where u.tenant_id = $1`,
      [this.#tenantId],
    )
    for (const { id, locale, identity_id: identityId } of rows) {
      this.erased.add(identityId)
      await this.#client.query(
        `update app.users set name = $3, email = 'erased-' || $2::text || '@erased.invalid', name_sealed = null,
           email_sealed = null, status = 'removed' where tenant_id = $1 and id = $2::uuid`,
        [this.#tenantId, id, labelIn(locale)],
      )
    }
    await this.#client.query(
      `update app.tenants set deletion_requested_at = null, delete_after = null, deletion_export_id = null,
         support_until = null, support_reason = null where tenant_id = $1`,
      [this.#tenantId],
    )
    await this.#client.query(
      `update control.registered_tenants set delete_after = null, support_until = null,
         status = case status when 'deleting' then 'active' else status end where tenant_id = $1`,
      [this.#tenantId],
    )
  }

  async #write(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    if (batch.length === 0) return
    const rows = `[${batch.join(',')}]`
    if (this.#table.startsWith('app.')) return this.#insert(rows)
    await this.#insertControl(rows)
  }

  /** Columns that the backup does not know keep their defaults. */
  async #insert(rows: string, rest = ''): Promise<void> {
    const { rows: columns } = await this.#client.query<{ name: string }>(
      'select quote_ident(k) as name from jsonb_object_keys(($1::jsonb) -> 0) k',
      [rows],
    )
    const names = columns.map(({ name }) => name).join(', ')
    await this.#client.query(
      `insert into ${this.#table} (${names}) select ${names} from jsonb_populate_recordset(null::${this.#table}, $1::jsonb) r ${rest}`,
      [rows],
    )
  }

  async #insertControl(rows: string): Promise<void> {
    const alive = (column: string): string =>
      `not exists (select from control.data_keys k where k.owner_id = r.${column} and k.destroyed_at is not null)`
    const isNew = `exists (select from control.identities i where i.id = r.identity_id)
      and not (r.identity_id = any('{${[...this.known].join(',')}}'::uuid[]))`
    switch (this.#table) {
      case 'control.identities':
        await this.#noteKnown(rows)
        return this.#insert(rows, `where ${alive('id')} on conflict (id) do nothing`)
      case 'control.totp_factors':
      case 'control.recovery_codes':
      case 'control.passkeys':
      case 'control.provider_links':
      case 'control.consents':
        return this.#insert(rows, `where ${isNew}`)
      case 'control.memberships':
        return this.#insert(rows, `where ${alive('identity_id')}`)
      case 'control.data_keys':
        return this.#insertKeys(rows)
      case 'control.plans':
        return this.#insertPlan(rows)
      default:
        return this.#insert(rows, 'on conflict do nothing')
    }
  }

  async #noteKnown(rows: string): Promise<void> {
    for (const { id } of JSON.parse(rows) as { id: string }[]) this.#people.add(id)
    const read =
      'from jsonb_populate_recordset(null::control.identities, $1::jsonb) r join control.identities i'
    const { rows: known } = await this.#client.query<{ id: string }>(
      `select i.id::text ${read} on i.id = r.id`,
      [rows],
    )
    for (const { id } of known) this.known.add(id)
    const { rows: others } = await this.#client.query<{ email: string }>(
      `select i.email ${read} on i.email = r.email and i.id <> r.id`,
      [rows],
    )
    if (others.length > 0)
      throw new Error(
        `Somebody else has the e-mail of a member here (${others.map(({ email }) => email).join(', ')}): change one of the two first.`,
      )
  }

  /** A person's destroyed key stays destroyed; one of an invitation was destroyed with the workspace, not by a person. */
  async #insertKeys(rows: string): Promise<void> {
    const people = `{${[...this.#people].join(',')}}`
    await this.#insert(
      rows,
      `on conflict (owner_id) do update set sealed_key = excluded.sealed_key, destroyed_at = excluded.destroyed_at
       where control.data_keys.destroyed_at is not null and not (excluded.owner_id = any('${people}'::uuid[]))`,
    )
  }

  /** The plan that the workspace was on, where this server has none of that name; never the one that new ones get. */
  async #insertPlan(rows: string): Promise<void> {
    const { rows: changed } = await this.#client.query<{ plans: string }>(
      `select jsonb_agg(plan || '{"is_default": false}')::text as plans from jsonb_array_elements($1::jsonb) plan`,
      [rows],
    )
    await this.#insert(changed[0]?.plans ?? '[]', 'on conflict (id) do nothing')
  }
}

/** Every row is there, refers to rows that are, and sums to its totals. @throws Error that names what is not so */
async function check(client: pg.Client, tenantId: string, expected: Record<string, number>): Promise<void> {
  const problems: string[] = []
  for (const table of await tenantTables(client)) {
    // Held to the messages themselves by wrongTotals.
    if (table === MESSAGE_KEYS) continue
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from ${table} where tenant_id = $1`,
      [tenantId],
    )
    if (rows[0]?.count !== (expected[table] ?? 0))
      problems.push(`${table}: ${rows[0]?.count} rows instead of ${expected[table] ?? 0}`)
  }
  const { rows: keys } = await client.query<{
    name: string
    child: string
    parent: string
    pairs: [string, string][]
  }>(
    `select k.conname as name, k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
       (select json_agg(json_build_array(quote_ident(c.attname), quote_ident(p.attname)))
        from unnest(k.conkey, k.confkey) as n (child, parent)
        join pg_attribute c on c.attrelid = k.conrelid and c.attnum = n.child
        join pg_attribute p on p.attrelid = k.confrelid and p.attnum = n.parent) as pairs
     from pg_constraint k join pg_class t on t.oid = k.conrelid
     where k.contype = 'f' and t.relnamespace = 'app'::regnamespace and k.conparentid = 0`,
  )
  for (const { name, child, parent, pairs } of keys) {
    const isSet = pairs.map(([column]) => `c.${column} is not null`).join(' and ')
    const isSame = pairs.map(([column, referred]) => `p.${referred} = c.${column}`).join(' and ')
    const { rowCount } = await client.query(
      `select 1 from ${child} c where c.tenant_id = $1 and ${isSet}
       and not exists (select from ${parent} p where ${isSame}) limit 1`,
      [tenantId],
    )
    if (rowCount !== 0) problems.push(`${name}: a row of ${child} refers to none of ${parent}`)
  }
  problems.push(...(await wrongTotals(client, tenantId)))
  if (problems.length > 0) throw new Error(`What was read is not a whole workspace:\n${problems.join('\n')}`)
}
