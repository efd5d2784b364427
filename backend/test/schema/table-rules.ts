/**
 * What must hold of every table, index, key and policy, each as a statement over PostgreSQL's catalogue that lists
 * what breaks it. `$1` is the list of control-plane tables.
 */
export interface Rule {
  /** Said of the object that the statement names. */
  problem: string
  /** Gives rows of one column, `object`. */
  sql: string
}

/** Objects of extensions are the extension's business. */
export const RELATIONS = `
  relations as (
    select c.*, n.nspname, n.nspname || '.' || c.relname as object
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  ),
  tenant_tables as (select * from relations where nspname = 'app' and relkind in ('r', 'p', 'f')),
  tenant_column as (
    select a.attrelid, a.attnum from pg_attribute a join tenant_tables t on t.oid = a.attrelid
    where a.attname = 'tenant_id' and a.atttypid = 'uuid'::regtype and a.attnotnull
  ),
  tenant_indexes as (
    select i.*, t.object || ' ' || x.relname as object
    from pg_index i join tenant_tables t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
  )`

const POLICY = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"
const NOTHING_HIDDEN = "(COALESCE(current_setting('app.hidden_accounts'::text, true), ''::text) = ''::text)"
const HIDDEN =
  "(COALESCE(NULLIF(current_setting('app.hidden_accounts'::text, true), ''::text), '{}'::text))::uuid[]"
const quoted = (text: string): string => text.replaceAll("'", "''")
const narrowed = (expression: string): string =>
  `(${expression} = '${quoted(POLICY)}' or starts_with(${expression}, '(${quoted(POLICY)} AND '))`

export const TABLE_RULES: readonly Rule[] = [
  {
    problem: 'a table of no class: it is neither in schema app nor in control-plane-tables.ts',
    sql: `select object from relations r where relkind in ('r', 'p', 'f') and nspname <> 'app' and object <> all ($1)
      and not exists (select from pg_inherits i join relations p on p.oid = i.inhparent
        where i.inhrelid = r.oid and p.object = any ($1))`,
  },
  {
    problem: 'is in control-plane-tables.ts, but not in the database',
    sql: `select listed as object from unnest($1::text[]) listed
      where not exists (select from relations r where r.object = listed and r.nspname <> 'app')`,
  },
  {
    problem: 'a materialized view, which no policy binds',
    sql: "select object from relations where relkind = 'm'",
  },
  {
    problem: 'a view without security_invoker, which reads as its owner',
    sql: `select object from relations where relkind = 'v'
      and not coalesce('security_invoker=true' = any (reloptions) or 'security_invoker=on' = any (reloptions), false)`,
  },
  { problem: 'a foreign table', sql: "select object from relations where relkind = 'f'" },
  {
    problem: 'a sequence among tenant tables: ids are UUIDs',
    sql: "select object from relations where relkind = 'S' and nspname = 'app'",
  },
  {
    problem: 'is not owned by chronos_owner',
    sql: "select object from relations where relkind <> 'i' and relowner <> 'chronos_owner'::regrole",
  },
  {
    problem: 'is not logged: a crash would empty it',
    sql: "select object from relations where relkind in ('r', 'p') and relpersistence <> 'p'",
  },
  {
    problem: 'has no column tenant_id uuid not null',
    sql: 'select object from tenant_tables where oid not in (select attrelid from tenant_column)',
  },
  {
    problem:
      'keeps statistics on tenant_id, by which a tenant that is new since the last ANALYZE looks empty',
    sql: `select object from tenant_tables t where exists (select from pg_attribute a
      where a.attrelid = t.oid and a.attname = 'tenant_id' and coalesce(a.attstattarget, -1) <> 0)`,
  },
  {
    problem: 'has no primary key that begins with tenant_id',
    sql: `select object from tenant_tables t where not exists (
      select from pg_index i join tenant_column c on c.attrelid = i.indrelid and c.attnum = i.indkey[0]
      where i.indrelid = t.oid and i.indisprimary)`,
  },
  {
    problem: 'an index that does not begin with tenant_id',
    sql: `select object from tenant_indexes i
      where not exists (select from tenant_column c where c.attrelid = i.indrelid and c.attnum = i.indkey[0])`,
  },
  {
    problem: 'an index over an expression: row level security keeps its function from it',
    sql: 'select object from tenant_indexes where indexprs is not null',
  },
  {
    problem:
      'an index over a type whose comparison is not leakproof (enum, numeric): row level security keeps it unused',
    sql: `select distinct i.object from tenant_indexes i
      cross join unnest(i.indclass::oid[]) as class (oid)
      join pg_opclass o on o.oid = class.oid
      join pg_amop m on m.amopfamily = o.opcfamily and m.amoplefttype = o.opcintype and m.amoprighttype = o.opcintype
      join pg_operator op on op.oid = m.amopopr
      join pg_proc p on p.oid = op.oprcode
      where not p.proleakproof`,
  },
  {
    problem: 'a foreign key that does not begin with tenant_id on both sides',
    sql: `select t.object || ' ' || k.conname as object from pg_constraint k join tenant_tables t on t.oid = k.conrelid
      where k.contype = 'f' and not exists (
        select from tenant_column one, tenant_column other
        where one.attrelid = k.conrelid and one.attnum = k.conkey[1]
          and other.attrelid = k.confrelid and other.attnum = k.confkey[1])`,
  },
  {
    problem: 'a foreign key between a tenant table and another schema',
    sql: `select o.object || ' ' || k.conname as object from pg_constraint k
      join relations o on o.oid = k.conrelid join relations r on r.oid = k.confrelid
      where k.contype = 'f' and (o.nspname = 'app') <> (r.nspname = 'app')`,
  },
  {
    problem: 'a foreign key that rewrites its column: a cluster refuses it',
    sql: `select t.object || ' ' || k.conname as object from pg_constraint k join tenant_tables t on t.oid = k.conrelid
      where k.contype = 'f' and (k.confdeltype in ('n', 'd') or k.confupdtype <> 'a')`,
  },
  {
    problem: 'a deferrable constraint, which row level security can blind',
    sql: `select t.object || ' ' || k.conname as object from pg_constraint k join tenant_tables t on t.oid = k.conrelid
      where k.condeferrable`,
  },
  {
    problem: 'a deferrable trigger',
    sql: `select t.object || ' ' || g.tgname as object from pg_trigger g join tenant_tables t on t.oid = g.tgrelid
      where g.tgdeferrable and not g.tgisinternal`,
  },
  {
    problem: 'a disabled trigger',
    sql: `select t.object || ' ' || g.tgname as object from pg_trigger g join tenant_tables t on t.oid = g.tgrelid
      where g.tgenabled <> 'O'`,
  },
  {
    problem: 'a rewrite rule',
    sql: `select t.object || ' ' || w.rulename as object from pg_rewrite w join tenant_tables t on t.oid = w.ev_class`,
  },
  {
    problem:
      'a column that calls a function by default, or is counted or computed: values come from the application',
    sql: `select t.object || '.' || a.attname as object from pg_attribute a join tenant_tables t on t.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped
        and (pg_get_expr(d.adbin, d.adrelid) ~ '[(]' or a.attidentity <> '' or a.attgenerated <> '')`,
  },
  {
    problem: 'a floating-point or money column',
    sql: `select t.object || '.' || a.attname as object from pg_attribute a join tenant_tables t on t.oid = a.attrelid
      where a.attnum > 0 and not a.attisdropped
        and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype)`,
  },
  {
    problem: 'row level security is not enabled and forced',
    sql: 'select object from tenant_tables where not (relrowsecurity and relforcerowsecurity)',
  },
  {
    problem: 'the application may do this, and no policy speaks of it',
    sql: `select t.object || ' ' || needed.privilege as object from tenant_tables t
      cross join (values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')) as needed (privilege, command)
      where has_table_privilege('chronos_app', t.oid, needed.privilege)
        and not exists (select from pg_policy p
          where p.polrelid = t.oid and p.polpermissive and p.polcmd in (needed.command::"char", '*'))`,
  },
  {
    problem: 'a part of a table that a login reaches past the policies of the whole',
    sql: `select t.object from tenant_tables t where t.relispartition and exists (
      select from aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) a
      where a.grantee <> t.relowner and a.grantee <> 'chronos_backup'::regrole)`,
  },
  {
    problem: 'a policy that is not of the one form',
    sql: `select object || ' ' || polname as object from (
        select t.object, p.*, pg_get_expr(p.polqual, p.polrelid) as seen, pg_get_expr(p.polwithcheck, p.polrelid) as written
        from pg_policy p join tenant_tables t on t.oid = p.polrelid where p.polpermissive
      ) p
      where polroles <> '{0}'
        or (polcmd <> 'a' and (seen is null or not ${narrowed('seen')}))
        or (polcmd in ('a', '*') and (written is null or not ${narrowed('written')}))
        or (polcmd = 'w' and written is not null and not ${narrowed('written')})`,
  },
  {
    problem:
      'a restrictive policy: a cluster makes the pieces of a table without that word, and it lets in what it should keep out',
    sql: `select t.object || ' ' || p.polname as object from pg_policy p join tenant_tables t on t.oid = p.polrelid
      where not p.polpermissive`,
  },
  {
    problem: 'a policy that asks another table: a cluster refuses it',
    sql: `select t.object || ' ' || p.polname as object from pg_policy p join tenant_tables t on t.oid = p.polrelid
      where concat(p.polqual, p.polwithcheck) like '%{SUBLINK %'`,
  },
  {
    problem:
      'rows of an account that could be hidden, without the policy that hides them (app.protect_account)',
    sql: `select t.object from tenant_tables t
      join pg_attribute a on a.attrelid = t.oid and not a.attisdropped
        and a.attname = case t.relname when 'accounts' then 'id' else 'account_id' end
      where not exists (select from pg_policy p where p.polrelid = t.oid and p.polcmd = '*'
        and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
        and pg_get_expr(p.polqual, p.polrelid) =
          '(${quoted(`${POLICY} AND (${NOTHING_HIDDEN} OR (`)}' || a.attname || '${quoted(` <> ALL (${HIDDEN}))))`)}')`,
  },
]
