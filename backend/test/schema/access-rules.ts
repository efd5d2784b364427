/** What must hold of logins, grants and functions; statements as in table-rules.ts. */
import type { Rule } from './table-rules.ts'

const LOGINS = "('chronos_app', 'chronos_owner', 'chronos_control', 'chronos_backup', 'chronos_maintenance')"
const SERVING = "('chronos_app', 'chronos_control', 'chronos_backup')"
const EVERY_PRIVILEGE =
  "unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])"
const FUNCTIONS = `
  (select p.*, n.nspname, p.oid::regprocedure::text as object from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where n.nspname not in ('pg_catalog', 'information_schema')
     and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))`

export const ACCESS_RULES: readonly Rule[] = [
  {
    problem: 'a grant beyond what its class allows',
    sql: `select r.object || ' ' || a.privilege_type || ' to ' || coalesce(g.rolname, 'PUBLIC') as object
      from relations r
      cross join aclexplode(coalesce(r.relacl, acldefault('r', r.relowner))) a
      left join pg_roles g on g.oid = a.grantee
      where r.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.grantee <> r.relowner
        and (a.is_grantable or not coalesce(
          (g.rolname = 'chronos_backup' and a.privilege_type = 'SELECT')
          or (g.rolname = case when r.nspname = 'app' then 'chronos_app' else 'chronos_control' end
            and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')), false))`,
  },
  {
    problem: 'a grant on a single column',
    sql: `select r.object || '.' || a.attname as object from pg_attribute a join relations r on r.oid = a.attrelid
      where a.attacl is not null`,
  },
  {
    problem: 'the application login has a privilege outside the tenant tables',
    sql: `select distinct r.object from relations r cross join ${EVERY_PRIVILEGE} as privilege
      where r.relkind in ('r', 'p', 'v', 'm', 'f') and r.nspname <> 'app' and has_table_privilege('chronos_app', r.oid, privilege)`,
  },
  {
    problem: 'the control login has a privilege on a tenant table',
    sql: `select distinct r.object from relations r cross join ${EVERY_PRIVILEGE} as privilege
      where r.relkind in ('r', 'p', 'v', 'm', 'f') and r.nspname = 'app' and has_table_privilege('chronos_control', r.oid, privilege)`,
  },
  {
    problem:
      'the application login may execute this outside the tenant schema; control.enqueue alone is meant',
    sql: `select object from ${FUNCTIONS} f
      where nspname <> 'app'
        and object !~ '^control\\.enqueue\\(text,uuid,uuid,timestamp with time zone(,text)?\\)$'
        and has_schema_privilege('chronos_app', pronamespace, 'usage') and has_function_privilege('chronos_app', oid, 'execute')`,
  },
  {
    problem: 'a function that everybody may execute',
    sql: `select object from ${FUNCTIONS} f
      where nspname <> 'pgboss' and prorettype <> 'trigger'::regtype
        and exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0)`,
  },
  {
    problem: 'a security definer function without a pinned search_path',
    sql: `select object from ${FUNCTIONS} f where prosecdef
      and not exists (select from unnest(proconfig) setting where setting ~ '^search_path=' and setting !~ 'public|\\$user')`,
  },
  {
    // The setting that names the tenant entered is no table. Three of the audit log write what the application must not;
    // their owner is bound by the policies as everybody is, and they check the tenant that they are given. The fourth
    // makes and ends the months of the log and of messages, and gives back nothing but their names; the fifth has
    // statistics made, and says whether it did.
    problem: 'a security definer function that touches tenant tables',
    sql: `select object from ${FUNCTIONS} f where prosecdef
      and object not in ('app.seal_audit(uuid,integer)', 'app.retire_audit(uuid,timestamp with time zone)', 'app.forget_audit(uuid)',
        'control.keep_months(timestamp with time zone)', 'control.analyze_imported()')
      and (nspname = 'app' or replace(prosrc, '''app.tenant_id''', '') ~* '\\m"?app"?\\s*\\.')`,
  },
  {
    problem: 'is not owned by chronos_owner',
    sql: `select object from ${FUNCTIONS} f where proowner <> 'chronos_owner'::regrole`,
  },
  {
    problem: 'the login does not exist',
    sql: `select name as object from unnest(array[${LOGINS.slice(1, -1)}]) name where not exists (select from pg_roles where rolname = name)`,
  },
  {
    problem: 'the login is a superuser, or may make roles or databases, or replicate',
    sql: `select rolname as object from pg_roles where rolname in ${LOGINS}
      and (rolsuper or rolcreatedb or rolcreaterole or rolreplication)`,
  },
  {
    problem: 'row level security does not bind the login',
    sql: `select rolname as object from pg_roles where rolname in ${LOGINS} and rolbypassrls and rolname <> 'chronos_backup'`,
  },
  {
    // PostgreSQL 15 lets nobody vacuum a table but its owner and members of that role.
    problem: 'the login is a member of another role, or has members',
    sql: `select m.member::regrole || ' in ' || m.roleid::regrole as object from pg_auth_members m
      where (m.member in (select oid from pg_roles where rolname in ${LOGINS})
          or m.roleid in (select oid from pg_roles where rolname in ${LOGINS}))
        and not (m.member = 'chronos_maintenance'::regrole and m.roleid = 'chronos_owner'::regrole)`,
  },
  {
    problem: 'the setting is missing',
    sql: `select needed.login || ' ' || needed.setting as object
      from (values ('chronos_app', 'citus.propagate_set_commands=local'), ('chronos_backup', 'default_transaction_read_only=on'))
        as needed (login, setting)
      where not exists (select from pg_db_role_setting s
        where s.setrole = needed.login::regrole and s.setdatabase = 0 and needed.setting = any (s.setconfig))`,
  },
  {
    problem: 'a serving login owns it',
    sql: `select object from relations where relkind <> 'i' and relowner::regrole::text in ${SERVING}
      union all select 'schema ' || nspname from pg_namespace where nspowner::regrole::text in ${SERVING}`,
  },
  {
    problem: 'a serving login may create objects there',
    sql: `select login || ' in schema ' || nspname as object from pg_namespace, unnest(array[${SERVING.slice(1, -1)}]) login
      where nspname !~ '^pg_' and has_schema_privilege(login, oid, 'create')
      union all
      select login || ' in the database' from unnest(array[${SERVING.slice(1, -1)}]) login
      where has_database_privilege(login, current_database(), 'create')`,
  },
  {
    problem: 'the application login may enter the schema',
    sql: `select nspname as object from pg_namespace
      where nspname not in ('app', 'control', 'public', 'information_schema') and nspname !~ '^pg_'
        and has_schema_privilege('chronos_app', oid, 'usage')
        and not exists (select from pg_depend d
          where d.classid = 'pg_namespace'::regclass and d.objid = pg_namespace.oid and d.deptype = 'e')`,
  },
  {
    problem: 'privileges by default, which would reach tables that nobody has looked at',
    sql: `select coalesce(n.nspname, 'any schema') as object from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace`,
  },
]
