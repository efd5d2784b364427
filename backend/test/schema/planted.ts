/** One breach of every rule, each of them made in a transaction that is rolled back; a rule that misses its own is no rule. */
export interface Planted {
  statements: readonly string[]
  /** The violations that must be named, one or more, as `object: beginning of the problem`. */
  found: readonly string[]
}

const POLICY = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"

/** A tenant table as it should be, but for what `spoil` does to it. */
function table(name: string, spoil: readonly string[], ...problems: string[]): Planted {
  return {
    statements: [
      `create table app.${name} (tenant_id uuid not null, id uuid not null, constraint ${name}_pkey primary key (tenant_id, id))`,
      `alter table app.${name} owner to chronos_owner`,
      `select app.protect('app.${name}')`,
      ...spoil,
    ],
    found: problems.map((problem) => (/^app\.|^\w+\./.test(problem) ? problem : `app.${name}${problem}`)),
  }
}

export const PLANTED: Readonly<Record<string, Planted>> = {
  'a table in schema public': {
    statements: ['create table public.stray (id int)', 'alter table public.stray owner to chronos_owner'],
    found: ['public.stray: a table of no class'],
  },
  'a table in a schema of its own': {
    statements: [
      'create schema extra authorization chronos_owner',
      'create table extra.stray (tenant_id uuid)',
      'alter table extra.stray owner to chronos_owner',
    ],
    found: ['extra.stray: a table of no class'],
  },
  'a control-plane table that nobody has listed': {
    statements: ['create table control.stray (id int)', 'alter table control.stray owner to chronos_owner'],
    found: ['control.stray: a table of no class'],
  },
  'a listed table that is gone': {
    statements: ['alter table control.whatsapp_link_codes rename to whatsapp_codes'],
    found: [
      'control.whatsapp_link_codes: is in control-plane-tables.ts',
      'control.whatsapp_codes: a table of no class',
    ],
  },
  'a materialized view': {
    statements: [
      'create materialized view app.planted_totals as select tenant_id from app.tenants',
      'alter materialized view app.planted_totals owner to chronos_owner',
    ],
    found: ['app.planted_totals: a materialized view'],
  },
  'a view that reads as its owner': {
    statements: [
      'create view app.planted_view as select tenant_id from app.tenants',
      'alter view app.planted_view owner to chronos_owner',
    ],
    found: ['app.planted_view: a view without security_invoker'],
  },
  'a view that says security_invoker=false': {
    statements: [
      'create view app.planted_false with (security_invoker = false) as select 1 as x',
      'alter view app.planted_false owner to chronos_owner',
    ],
    found: ['app.planted_false: a view without security_invoker'],
  },
  'a foreign table': {
    statements: [
      'create foreign data wrapper elsewhere',
      'create server elsewhere foreign data wrapper elsewhere',
      'create foreign table control.p_foreign (id uuid) server elsewhere',
      'alter foreign table control.p_foreign owner to chronos_owner',
    ],
    found: ['control.p_foreign: a foreign table', 'control.p_foreign: a table of no class'],
  },
  'a sequence': {
    statements: ['create sequence app.planted_seq'],
    found: ['app.planted_seq: a sequence', 'app.planted_seq: is not owned by'],
  },
  'an unlogged table': table('p_unlogged', ['alter table app.p_unlogged set unlogged'], ': is not logged'),
  'a table without tenant_id': {
    statements: [
      'create table app.p_bare (id uuid not null, constraint p_bare_pkey primary key (id))',
      'alter table app.p_bare owner to chronos_owner',
    ],
    found: [
      'app.p_bare: has no column tenant_id',
      'app.p_bare: has no primary key that begins with tenant_id',
      'app.p_bare p_bare_pkey: an index that does not begin with tenant_id',
      'app.p_bare: row level security is not',
    ],
  },
  'a tenant_id that may be null': table(
    'p_nullable',
    [
      'alter table app.p_nullable drop constraint p_nullable_pkey',
      'alter table app.p_nullable alter column tenant_id drop not null',
    ],
    ': has no column tenant_id',
    ': has no primary key',
  ),
  'a primary key that begins otherwise': table(
    'p_key',
    [
      'alter table app.p_key drop constraint p_key_pkey',
      'alter table app.p_key add constraint p_key_pkey primary key (id, tenant_id)',
    ],
    ': has no primary key that begins with tenant_id',
    ' p_key_pkey: an index that does not begin with tenant_id',
  ),
  'a unique index across tenants': table(
    'p_unique',
    ['create unique index p_unique_id on app.p_unique (id)'],
    ' p_unique_id: an index that does not begin',
  ),
  'an index without tenant_id': table(
    'p_index',
    ['create index p_index_id on app.p_index (id, tenant_id)'],
    ' p_index_id: an index that does not begin',
  ),
  'an index over an expression': table(
    'p_expression',
    [
      'alter table app.p_expression add column name text',
      'create index p_expression_lower on app.p_expression (tenant_id, lower(name))',
    ],
    ' p_expression_lower: an index over an expression',
  ),
  'an index over numeric': table(
    'p_numeric',
    [
      'alter table app.p_numeric add column amount numeric',
      'create index p_numeric_amount on app.p_numeric (tenant_id, amount)',
    ],
    ' p_numeric_amount: an index over a type whose comparison is not leakproof',
  ),
  'an index over an enum': table(
    'p_enum',
    [
      "create type app.p_kind as enum ('a', 'b')",
      'alter table app.p_enum add column kind app.p_kind',
      'create index p_enum_kind on app.p_enum (tenant_id, kind)',
    ],
    ' p_enum_kind: an index over a type whose comparison is not leakproof',
  ),
  'a foreign key without tenant_id': table(
    'p_reference',
    [
      'create unique index p_reference_id on app.p_reference (id)',
      'alter table app.p_reference add column other uuid',
      'alter table app.p_reference add constraint p_reference_other foreign key (other) references app.p_reference (id)',
    ],
    ' p_reference_other: a foreign key that does not begin with tenant_id',
    ' p_reference_id: an index that does not begin with tenant_id',
  ),
  'a foreign key that crosses tenants': table(
    'p_crossed',
    [
      'alter table app.p_crossed add constraint p_crossed_other foreign key (id, tenant_id) references app.p_crossed (tenant_id, id)',
    ],
    ' p_crossed_other: a foreign key that does not begin with tenant_id',
  ),
  'a foreign key to the control plane': table(
    'p_plane',
    [
      'alter table app.p_plane add constraint p_plane_person foreign key (id) references control.identities (id)',
    ],
    ' p_plane_person: a foreign key between a tenant table and another schema',
    ' p_plane_person: a foreign key that does not begin with tenant_id',
  ),
  'a foreign key that sets null': table(
    'p_sets_null',
    [
      'alter table app.p_sets_null add column other uuid',
      'alter table app.p_sets_null add constraint p_sets_null_other foreign key (tenant_id, other) references app.p_sets_null (tenant_id, id) on delete set null',
    ],
    ' p_sets_null_other: a foreign key that rewrites its column',
  ),
  'a deferrable constraint': table(
    'p_deferred',
    [
      'alter table app.p_deferred add constraint p_deferred_tenant foreign key (tenant_id) references app.tenants (tenant_id) deferrable initially deferred',
    ],
    ' p_deferred_tenant: a deferrable constraint',
  ),
  'a deferred trigger': table(
    'p_trigger',
    [
      'create constraint trigger late after insert on app.p_trigger deferrable initially deferred for each row execute function app.audit()',
    ],
    ' late: a deferrable trigger',
    ' late: a deferrable constraint',
  ),
  'a disabled trigger': {
    statements: ['alter table app.payees disable trigger audit_insert'],
    found: ['app.payees audit_insert: a disabled trigger'],
  },
  'a rewrite rule': table(
    'p_rule',
    ['create rule quiet as on delete to app.p_rule do instead nothing'],
    ' quiet: a rewrite rule',
  ),
  'a default that calls a function': table(
    'p_default',
    ['alter table app.p_default add column at timestamptz not null default now()'],
    '.at: a column that calls a function',
  ),
  'an identity column': table(
    'p_counted',
    ['alter table app.p_counted add column n bigint generated always as identity'],
    '.n: a column that calls a function',
    '_n_seq: a sequence among tenant tables',
  ),
  'an amount as a float': table(
    'p_float',
    ['alter table app.p_float add column amount double precision'],
    '.amount: a floating-point',
  ),
  'row level security that is not forced': table(
    'p_unforced',
    ['alter table app.p_unforced no force row level security'],
    ': row level security is not',
  ),
  'row level security that is off': table(
    'p_off',
    ['alter table app.p_off disable row level security'],
    ': row level security is not',
  ),
  'a table without a policy': table(
    'p_no_policy',
    ['drop policy tenant on app.p_no_policy'],
    ...['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
      (privilege) => ` ${privilege}: the application may do this`,
    ),
  ),
  'a policy in the form that a cluster refuses': table(
    'p_subselect',
    [
      'drop policy tenant on app.p_subselect',
      "create policy tenant on app.p_subselect using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))",
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a policy that fails without a setting': table(
    'p_no_nullif',
    [
      'drop policy tenant on app.p_no_nullif',
      "create policy tenant on app.p_no_nullif using (tenant_id = current_setting('app.tenant_id')::uuid)",
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a policy that lets more in': table(
    'p_or',
    [
      'drop policy tenant on app.p_or',
      `create policy tenant on app.p_or using (${POLICY} and true or id is null) with check (${POLICY})`,
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a policy that writes anything': table(
    'p_write',
    [
      'drop policy tenant on app.p_write',
      `create policy tenant on app.p_write using (${POLICY}) with check (true)`,
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a second policy beside the first': table(
    'p_second',
    ['create policy everybody on app.p_second for select using (true)'],
    ' everybody: a policy that is not of the one form',
  ),
  'a policy for one role': table(
    'p_role',
    [
      'drop policy tenant on app.p_role',
      `create policy tenant on app.p_role to chronos_app using (${POLICY}) with check (${POLICY})`,
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'another owner': table(
    'p_owner',
    ['alter table app.p_owner owner to postgres'],
    ': is not owned by chronos_owner',
  ),
  'a table of the application': table(
    'p_owned',
    ['alter table app.p_owned owner to chronos_app'],
    ': is not owned by chronos_owner',
    ': a serving login owns it',
  ),
  'TRUNCATE, REFERENCES and TRIGGER': table(
    'p_grants',
    ['grant truncate, references, trigger on app.p_grants to chronos_app'],
    ...['TRUNCATE', 'REFERENCES', 'TRIGGER'].map(
      (privilege) => ` ${privilege} to chronos_app: a grant beyond`,
    ),
  ),
  'a grant to everybody': table(
    'p_public',
    ['grant select on app.p_public to public'],
    ' SELECT to PUBLIC: a grant beyond',
    ': the control login has a privilege',
  ),
  'a grant to pass on': table(
    'p_option',
    ['grant select on app.p_option to chronos_app with grant option'],
    ' SELECT to chronos_app: a grant beyond',
  ),
  'a grant on a column': table(
    'p_column',
    ['grant select (id) on app.p_column to chronos_control'],
    '.id: a grant on a single column',
  ),
  'a tenant table for the control login': table(
    'p_control',
    ['grant select on app.p_control to chronos_control'],
    ': the control login has a privilege',
    ' SELECT to chronos_control: a grant beyond',
  ),
  'a backup that writes': table(
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
