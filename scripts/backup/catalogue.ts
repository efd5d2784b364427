// What is read of a database to hold a restored one to it: rows of every table, and the rules that keep tenants
// apart. Read as a login with BYPASSRLS: as the application every table is empty.
import type pg from 'pg'

const SCHEMAS = "('app', 'control', 'pgboss')"

/** @throws Error where row level security would hide rows from this login */
export async function refuseBoundLogin(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ free: boolean; login: string }>(
    'select rolsuper or rolbypassrls as free, rolname::text as login from pg_roles where rolname = current_user',
  )
  if (rows[0]?.free !== true) {
    throw new Error(
      `${rows[0]?.login ?? 'The login'} is bound by row level security: its backup would be empty. Use DATABASE_BACKUP_URL.`,
    )
  }
}

/** Rows by table, partitions counted with their parent. */
export async function countRows(client: pg.Client): Promise<Record<string, number>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') and not c.relispartition order by n.nspname, c.relname`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const { rows } = await client.query<{ count: string }>(`select count(*) as count from ${name}`)
    counts[name] = Number(rows[0]?.count)
  }
  return counts
}

/** Parentheses of constraints are left out: a restore parses `a and b and c` anew, and PostgreSQL prints that flatter. */
const RULES = `
  select line from (
    select 'table ' || c.oid::regclass || ' ' || pg_get_userbyid(c.relowner) || ' ' || c.relrowsecurity || ' '
      || c.relforcerowsecurity as line, c.relnamespace as schema
    from pg_class c where c.relkind in ('r', 'p', 'v')
    union all
    select 'grant ' || c.oid::regclass || ' ' || a.grantee::regrole || ' ' || a.privilege_type, c.relnamespace
    from pg_class c cross join aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
    -- From 17 on an owner's right to VACUUM is a grant of its own.
    where c.relkind in ('r', 'p', 'v') and not (a.privilege_type = 'MAINTAIN' and a.grantee = c.relowner)
    union all
    select 'policy ' || c.oid::regclass || ' ' || p.polname || ' ' || p.polcmd::text || ' ' || p.polpermissive || ' '
      || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''), c.relnamespace
    from pg_policy p join pg_class c on c.oid = p.polrelid
    union all
    select 'trigger ' || pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text, c.relnamespace
    from pg_trigger g join pg_class c on c.oid = g.tgrelid where not g.tgisinternal
    union all
    select 'constraint ' || k.conrelid::regclass || ' ' || k.conname || ' ' || translate(pg_get_constraintdef(k.oid), '()', ''), c.relnamespace
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    -- Those to the parts of a parted table are numbered as they were made.
    -- From 18 on, what may not be null is a constraint of its own.
    where (k.conparentid = 0 or c.relispartition) and k.contype <> 'n'
    union all
    select 'function ' || p.oid::regprocedure || ' ' || p.prosecdef || ' ' || pg_get_userbyid(p.proowner) || ' ' || md5(p.prosrc), p.pronamespace
    from pg_proc p
  ) as facts join pg_namespace n on n.oid = facts.schema where n.nspname in ${SCHEMAS} order by line collate "C"`

/** Everything that protects the rows, a line each; the same after a restore, or something is missing. */
export async function listRules(client: pg.Client): Promise<string[]> {
  return (await client.query<{ line: string }>(RULES)).rows.map(({ line }) => line)
}

/** Roles with grants that are not ours, such as the one of `make db-studio`. */
export async function listOtherRoles(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct r.rolname::text as name from (
       select unnest(c.relacl) as acl from pg_class c union all select unnest(n.nspacl) from pg_namespace n
       union all select unnest(p.proacl) from pg_proc p
     ) a cross join aclexplode(array[a.acl]) e join pg_roles r on r.oid = e.grantee
     where r.rolname not like 'pg\\_%' and not r.rolsuper
       and r.rolname not in ('chronos_app', 'chronos_owner', 'chronos_control', 'chronos_backup') order by 1`,
  )
  return rows.map(({ name }) => name)
}

export async function listMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from control.migrations order by name')
  return rows.map(({ name }) => name)
}

const TOTALS = `
  with lines as (select * from app.transaction_lines where not is_void and ($1::uuid is null or tenant_id = $1)),
  wrong as (
    select 'balance of account ' || coalesce(t.account_id, l.account_id) as what
    from (select tenant_id, account_id, sum(amount_minor) as net, count(*) as lines from lines group by 1, 2) l
    full join (select * from app.account_totals where $1::uuid is null or tenant_id = $1) t using (tenant_id, account_id)
    where coalesce(t.net_minor, 0) <> coalesce(l.net, 0) or coalesce(t.lines, 0) <> coalesce(l.lines, 0)
    union all
    select 'day ' || coalesce(t.day, l.day) || ' of account ' || coalesce(t.account_id, l.account_id)
    from (select tenant_id, account_id, occurred_on as day, sum(amount_minor) as net, count(*) as lines from lines group by 1, 2, 3) l
    full join (select * from app.account_days where $1::uuid is null or tenant_id = $1) t using (tenant_id, account_id, day)
    where coalesce(t.net_minor, 0) <> coalesce(l.net, 0) or coalesce(t.lines, 0) <> coalesce(l.lines, 0)
    union all
    select 'month ' || coalesce(t.month, l.month) || ' of account ' || coalesce(t.account_id, l.account_id)
    from (
      select tenant_id, account_id, date_trunc('month', occurred_on::timestamp)::date as month,
        coalesce(category_id, '00000000-0000-0000-0000-000000000000') as category_id,
        sum(greatest(amount_minor, 0)) as income, sum(greatest(-amount_minor, 0)) as expense
      from lines where not is_transfer group by 1, 2, 3, 4
    ) l
    full join (select * from app.monthly_totals where $1::uuid is null or tenant_id = $1) t using (tenant_id, account_id, month, category_id)
    where coalesce(t.income_minor, 0) <> coalesce(l.income, 0) or coalesce(t.expense_minor, 0) <> coalesce(l.expense, 0)
  )
  select what from wrong order by what limit 20`

const MESSAGE_KEYS = 'app.whatsapp_message_keys'
const KEYS = `
  with wanted as (
    select tenant_id, 'wamid' as kind, wamid as value, id from app.whatsapp_messages where wamid is not null
    union all
    select tenant_id, 'reply', in_reply_to::text, id from app.whatsapp_messages where in_reply_to is not null
  )
  select 'key of message ' || coalesce(w.id, k.message_id) as what
  from (select * from wanted where $1::uuid is null or tenant_id = $1) w
  full join (select * from ${MESSAGE_KEYS} where $1::uuid is null or tenant_id = $1) k using (tenant_id, kind, value)
  where w.id is distinct from k.message_id
  order by what limit 20`

/**
 * What the database derives, and is not what it is derived from: totals of their lines, and keys of messages; empty when
 * all is well. A database of before migration 0130 has no such keys.
 * @param tenantId of one workspace; of all where there is none
 */
export async function wrongTotals(client: pg.Client, tenantId: string | null = null): Promise<string[]> {
  const wrong = await client.query<{ what: string }>(TOTALS, [tenantId])
  const keys = await client.query('select 1 where to_regclass($1) is not null', [MESSAGE_KEYS])
  if (keys.rowCount !== 0) wrong.rows.push(...(await client.query<{ what: string }>(KEYS, [tenantId])).rows)
  return wrong.rows.map(({ what }) => what)
}
