/**
 * From one server to a Citus cluster: the same step for a server that has just been migrated and for one with years of
 * data (docs/decisions/0013). Migrations run on one server; then the workers are joined, and every tenant table is spread
 * over them. Only this file knows a cluster's catalogue.
 */
import pg from 'pg'
import { MIGRATION_LOCK } from './migrate.ts'
import { ensureRoles, type LoginUrls } from './roles.ts'

export interface Cluster {
  /** A superuser's address, of any database of the coordinator; workers have the same login. */
  adminUrl: string
  urls: LoginUrls
  /** The coordinator as its workers reach it, `host:port`. */
  coordinator: string
  /** Addresses of the workers, `host:port`. */
  workers: readonly string[]
  /** How many pieces each table has; the server's own number where it is not given. */
  shards?: number | undefined
}

export interface Distribution {
  joined: string[]
  /** Rows of each table that was spread now. */
  tables: { table: string; rows: number }[]
}

const WAIT_MS = 60_000
/** Refused, no such host yet, starting, ended while starting. */
const NOT_YET: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNRESET',
  '57P03',
])

interface Address {
  host: string
  port: number
}

/** Tables in the order of their foreign keys: what is referred to first. Parts go with their whole. */
const TENANT_TABLES = `
  with recursive tables as (
    select c.oid from pg_catalog.pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  ), depths as (
    select oid, 0 as depth from tables
    union
    select k.conrelid, d.depth + 1 from depths d join pg_catalog.pg_constraint k
      on k.confrelid = d.oid and k.contype = 'f' and k.conrelid <> k.confrelid
    where d.depth < 64
  )
  select 'app.' || pg_catalog.quote_ident(c.relname) as name, max(d.depth) as depth
  from depths d join tables t on t.oid = d.oid join pg_catalog.pg_class c on c.oid = t.oid
  where not exists (select from pg_catalog.pg_dist_partition p where p.logicalrelid = c.oid)
  group by 1 order by 2, 1`

/** What keeps tenants apart in a table, as text: row security, grants and policies. */
const KEPT = `concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity, c.relacl, (
    select string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive,
      pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), '; ' order by p.polname)
    from pg_policy p where p.polrelid = c.oid)) as kept`
const WHOLES = `select c.oid::regclass::text as name, ${KEPT}
  from pg_dist_partition d join pg_class c on c.oid = d.logicalrelid where d.partmethod = 'h'`
/** Asked of a worker: the pieces that lie there. */
const PIECES = `select s.logicalrelid::regclass::text as name, ${KEPT}
  from pg_dist_shard s join pg_class c on c.oid = to_regclass(shard_name(s.logicalrelid, s.shardid))`

interface Trigger {
  name: string
  whole: string
  definition: string
}

/** They would fire for each row that is copied, and book it once more. Those of a whole make those of its parts. */
const TRIGGERS = `
  select quote_ident(t.tgname) as name, t.tgrelid::regclass::text as whole, pg_get_triggerdef(t.oid) as definition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'app'::regnamespace and not t.tgisinternal and t.tgparentid = 0
    and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid)
  order by t.oid`

/** Citus copies a policy without `as restrictive`, and one that should narrow would let in (docs/decisions/0013). */
const RESTRICTIVE = `
  select p.polname || ' of ' || p.polrelid::regclass as policy from pg_policy p join pg_class c on c.oid = p.polrelid
  where c.relnamespace = 'app'::regnamespace and not p.polpermissive`

/**
 * Takes away an extension with which nothing was spread yet, as images of Citus have it from the start: the first
 * migrations are for tables that are not spread.
 * @param ownerUrl names the database
 */
export function clearUnusedExtension(adminUrl: string, ownerUrl: string): Promise<void> {
  return withDatabase(adminUrl, databaseOf(ownerUrl), (client) => clearUnused(client))
}

/**
 * Joins the workers and spreads what is not spread yet. Repeatable: a second run joins new workers and does nothing else.
 * Nobody may be writing: the tables are locked until all of them are spread, or none is.
 * @throws Error when anything would keep tenants apart worse than before, or a row would be lost
 */
export async function distribute(cluster: Cluster): Promise<Distribution> {
  const database = databaseOf(cluster.urls.ownerUrl)
  return withDatabase(cluster.adminUrl, database, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await makeNode(client, cluster)
    const own = addressOf(cluster.coordinator)
    await client.query('select citus_set_coordinator_host($1, $2)', [own.host, own.port])
    const joined: string[] = []
    for (const text of cluster.workers) if (await join(client, cluster, text)) joined.push(text)
    const tables = await spread(client, cluster.shards)
    const problems = await badlyKept(client, cluster, database)
    if (problems.length > 0)
      throw new Error(
        `Workers keep tenants apart otherwise than the coordinator, so let nobody in: ${problems.join(', ')}`,
      )
    return { joined, tables }
  })
}

/** @returns whether the worker is new; one that is not gets passwords and settings of the logins anew */
async function join(client: pg.Client, cluster: Cluster, text: string): Promise<boolean> {
  const { host, port } = addressOf(text)
  // Of a database that every server has: the coordinator's may not be there yet.
  const adminUrl = at(cluster.adminUrl, { host, port }, 'postgres')
  await untilThere(adminUrl)
  const known = await client.query('select from pg_dist_node where nodename = $1 and nodeport = $2', [
    host,
    port,
  ])
  const isNew = known.rowCount === 0
  await ensureRoles(adminUrl, cluster.urls)
  await withDatabase(adminUrl, databaseOf(cluster.urls.ownerUrl), async (worker) => {
    if (isNew) await clearUnused(worker)
    await makeNode(worker, cluster)
  })
  if (isNew) await client.query('select citus_add_node($1, $2)', [host, port])
  return isNew
}

/** Servers that start together are there at different times. */
async function untilThere(adminUrl: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    try {
      return await withDatabase(adminUrl, 'postgres', () => Promise.resolve())
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (Date.now() > deadline || !NOT_YET.has(code)) throw error
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

async function clearUnused(client: pg.Client): Promise<void> {
  const there = await client.query("select from pg_catalog.pg_extension where extname = 'citus'")
  if (there.rowCount === 0) return
  const used = await client.query('select from pg_catalog.pg_dist_partition limit 1')
  if (used.rowCount === 0) await client.query('drop extension citus')
}

/** All tables in one transaction, each counted before and after. */
async function spread(client: pg.Client, shards: number | undefined): Promise<Distribution['tables']> {
  const { rows: restrictive } = await client.query<{ policy: string }>(RESTRICTIVE)
  if (restrictive.length > 0)
    throw new Error(
      `A cluster would widen what these policies narrow: ${restrictive.map((row) => row.policy).join(', ')}. Apply all migrations first.`,
    )
  await client.query('begin')
  try {
    await client.query('set local citus.enable_unsafe_triggers = on')
    await client.query('set local citus.enable_local_reference_table_foreign_keys = off')
    await client.query("set local citus.multi_shard_modify_mode = 'sequential'")
    if (shards !== undefined) await client.query(`set local citus.shard_count = ${Math.trunc(shards)}`)
    const { rows: tables } = await client.query<{ name: string }>(TENANT_TABLES)
    for (const { name } of tables) await client.query(`lock table ${name} in access exclusive mode`)
    const before = await countsOf(client, tables)
    const { rows: triggers } = await client.query<Trigger>(TRIGGERS)
    for (const { name, whole } of triggers) await client.query(`drop trigger ${name} on ${whole}`)
    for (const { name } of tables) await client.query('select app.distribute($1)', [name])
    // Children first: what is copied lies beside the pieces still.
    for (const { name } of tables.toReversed())
      await client.query('select truncate_local_data_after_distributing_table($1::regclass)', [name])
    for (const { definition } of triggers) await client.query(definition)
    const after = await countsOf(client, tables)
    const wrong = tables.filter(({ name }) => before.get(name) !== after.get(name))
    if (wrong.length > 0)
      throw new Error(
        `Rows before and after differ, so nothing was spread: ${wrong
          .map(({ name }) => `${name} ${before.get(name)} and ${after.get(name)}`)
          .join(', ')}`,
      )
    await client.query('commit')
    return tables.map(({ name }) => ({ table: name, rows: after.get(name) ?? 0 }))
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/**
 * @returns tables of which a piece has other policies, row security or grants than the whole
 * @throws Error where not every piece could be looked at
 */
async function badlyKept(client: pg.Client, cluster: Cluster, database: string): Promise<string[]> {
  type Table = { name: string; kept: string }
  const wholes = new Map((await client.query<Table>(WHOLES)).rows.map(({ name, kept }) => [name, kept]))
  const pieces: Table[] = []
  for (const worker of cluster.workers)
    await withDatabase(at(cluster.adminUrl, addressOf(worker)), database, async (node) => {
      // Else a worker shows the whole alone.
      await node.query('begin')
      await node.query('set local citus.override_table_visibility = off')
      pieces.push(...(await node.query<Table>(PIECES)).rows)
      await node.query('commit')
    })
  const { rows } = await client.query<{ pieces: number }>('select count(*)::int as pieces from pg_dist_shard')
  if (pieces.length !== rows[0]?.pieces)
    throw new Error(`${pieces.length} of ${rows[0]?.pieces} pieces are on the workers that were named.`)
  return [...new Set(pieces.filter(({ name, kept }) => wholes.get(name) !== kept).map(({ name }) => name))]
}

async function countsOf(
  client: pg.Client,
  tables: readonly { name: string }[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { name } of tables) {
    const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${name}`)
    counts.set(name, Number(rows[0]?.rows))
  }
  return counts
}

/** The extension, and how this node signs in at the others in the name of each login. */
async function makeNode(client: pg.Client, { adminUrl, urls }: Cluster): Promise<void> {
  await client.query('create extension if not exists citus')
  const logins = [adminUrl, ...Object.values(urls).filter((url) => url !== undefined)]
  for (const { username, password } of logins.map((url: string) => new URL(url))) {
    const values = [decodeURIComponent(username), `password=${quoted(decodeURIComponent(password))}`]
    await client.query('delete from pg_dist_authinfo where nodeid = 0 and rolename = $1', [values[0]])
    await client.query('insert into pg_dist_authinfo (nodeid, rolename, authinfo) values (0, $1, $2)', values)
  }
}

/** A value of a connection string in words. */
const quoted = (text: string): string => `'${text.replace(/['\\]/g, String.raw`\$&`)}'`

const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

function addressOf(text: string): Address {
  const [, host = '', port = '5432'] = /^([\w.-]+|\[[\da-f:]+\])(?::(\d{1,5}))?$/i.exec(text) ?? []
  if (host === '') throw new Error(`${text} is no address of a database server, as worker:5432`)
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

function at(url: string, { host, port }: Address, database = databaseOf(url)): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  changed.hostname = host.includes(':') ? `[${host}]` : host
  changed.port = String(port)
  return changed.href
}

async function withDatabase<T>(
  adminUrl: string,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  const client = new pg.Client({ connectionString: url.href, application_name: 'chronos-cluster' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
