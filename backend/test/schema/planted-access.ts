/** One breach of every rule of logins, grants and functions. */
import { tenantTable, type Planted } from './planted-tables.ts'

export const PLANTED_ACCESS: Readonly<Record<string, Planted>> = {
  'another owner': tenantTable(
    'p_owner',
    ['alter table app.p_owner owner to postgres'],
    ': is not owned by chronos_owner',
  ),
  'a table of the application': tenantTable(
    'p_owned',
    ['alter table app.p_owned owner to chronos_app'],
    ': is not owned by chronos_owner',
    ': a serving login owns it',
  ),
  'TRUNCATE, REFERENCES and TRIGGER': tenantTable(
    'p_grants',
    ['grant truncate, references, trigger on app.p_grants to chronos_app'],
    ...['TRUNCATE', 'REFERENCES', 'TRIGGER'].map(
      (privilege) => ` ${privilege} to chronos_app: a grant beyond`,
    ),
  ),
  'a grant to everybody': tenantTable(
    'p_public',
    ['grant select on app.p_public to public'],
    ' SELECT to PUBLIC: a grant beyond',
    ': the control login has a privilege',
  ),
  'a grant to pass on': tenantTable(
    'p_option',
    ['grant select on app.p_option to chronos_app with grant option'],
    ' SELECT to chronos_app: a grant beyond',
  ),
  'a grant on a column': tenantTable(
    'p_column',
    ['grant select (id) on app.p_column to chronos_control'],
    '.id: a grant on a single column',
  ),
  'a tenant table for the control login': tenantTable(
    'p_control',
    ['grant select on app.p_control to chronos_control'],
    ': the control login has a privilege',
    ' SELECT to chronos_control: a grant beyond',
  ),
  'a backup that writes': tenantTable(
    'p_backup',
    ['grant delete on app.p_backup to chronos_backup'],
    ' DELETE to chronos_backup: a grant beyond',
  ),
  'a control-plane table for the application': {
    statements: ['grant select on control.sessions to chronos_app'],
    found: [
      'control.sessions: the application login has a privilege',
      'control.sessions SELECT to chronos_app: a grant beyond',
    ],
  },
  'the queue for the application': {
    statements: ['grant usage on schema pgboss to chronos_app', 'grant insert on pgboss.job to chronos_app'],
    found: [
      'pgboss.job: the application login has a privilege',
      'pgboss: the application login may enter the schema',
      'pgboss.',
    ],
  },
  'a function that everybody may execute': {
    statements: [
      "create function app.open_door() returns int language sql as 'select 1'",
      'alter function app.open_door() owner to chronos_owner',
    ],
    found: ['app.open_door(): a function that everybody may execute'],
  },
  'a definer function with any search path': {
    statements: [
      "create function control.loose() returns int language sql security definer as 'select 1'",
      'alter function control.loose() owner to chronos_owner',
      'revoke execute on function control.loose() from public',
    ],
    found: ['control.loose(): a security definer function without a pinned search_path'],
  },
  'a definer function that reads tenants': {
    statements: [
      "create function control.peek() returns bigint language sql security definer set search_path = pg_catalog as 'select count(*) from app.tenants'",
      'alter function control.peek() owner to chronos_owner',
      'revoke execute on function control.peek() from public',
      'grant execute on function control.peek() to chronos_app',
    ],
    found: [
      'control.peek(): a security definer function that touches tenant tables',
      'control.peek(): the application login may execute',
    ],
  },
  'another function for the application': {
    statements: [
      "create function control.spare() returns int language sql as 'select 1'",
      'revoke execute on function control.spare() from public',
      'grant execute on function control.spare() to chronos_app',
    ],
    found: ['control.spare(): the application login may execute', 'control.spare(): is not owned by'],
  },
  'a powerful application login': {
    statements: ['alter role chronos_app bypassrls createrole'],
    found: ['chronos_app: row level security does not bind', 'chronos_app: the login is a superuser'],
  },
  'a powerful owner': {
    statements: ['alter role chronos_owner superuser'],
    found: ['chronos_owner: the login is a superuser'],
  },
  'a login inside another role': {
    statements: ['grant pg_monitor to chronos_control'],
    found: ['chronos_control in pg_monitor: the login is a member'],
  },
  'a login without its settings': {
    statements: [
      'alter role chronos_app reset "citus.propagate_set_commands"',
      'alter role chronos_backup reset default_transaction_read_only',
    ],
    found: [
      'chronos_app citus.propagate_set_commands=local: the setting is missing',
      'chronos_backup default_transaction_read_only=on: the setting is missing',
    ],
  },
  'a place to create objects in': {
    statements: [
      'grant create on schema app to chronos_app',
      'grant create on schema public to chronos_control',
    ],
    found: [
      'chronos_app in schema app: a serving login may create',
      'chronos_control in schema public: a serving login may create',
    ],
  },
  'privileges by default': {
    statements: [
      'alter default privileges for role chronos_owner in schema control grant select on tables to chronos_app',
    ],
    found: ['control: privileges by default'],
  },
}
