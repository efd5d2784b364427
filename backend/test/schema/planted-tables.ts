/**
 * One breach of every rule of tables, to be made in a transaction that is rolled back: a rule that misses its own is
 * no rule.
 */
export interface Planted {
  statements: readonly string[]
  /** The violations that must be named, one or more, as `object: beginning of the problem`. */
  found: readonly string[]
}

const POLICY = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"

/** A tenant table as it should be, but for what `spoil` does to it. */
export function tenantTable(name: string, spoil: readonly string[], ...problems: string[]): Planted {
  return {
    statements: [
      `create table app.${name} (tenant_id uuid not null, id uuid not null, constraint ${name}_pkey primary key (tenant_id, id))`,
      `alter table app.${name} owner to chronos_owner`,
      `select app.distribute('app.${name}')`,
      `select app.protect('app.${name}')`,
      ...spoil,
    ],
    found: problems.map((problem) => (/^app\.|^\w+\./.test(problem) ? problem : `app.${name}${problem}`)),
  }
}

export const PLANTED_TABLES: Readonly<Record<string, Planted>> = {
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
  'an unlogged table': tenantTable(
    'p_unlogged',
    ['alter table app.p_unlogged set unlogged'],
    ': is not logged',
  ),
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
  'statistics on tenant_id': tenantTable(
    'p_statistics',
    ['alter table app.p_statistics alter column tenant_id set statistics -1'],
    ': keeps statistics on tenant_id',
  ),
  'a tenant_id that may be null': tenantTable(
    'p_nullable',
    [
      'alter table app.p_nullable drop constraint p_nullable_pkey',
      'alter table app.p_nullable alter column tenant_id drop not null',
    ],
    ': has no column tenant_id',
    ': has no primary key',
  ),
  'a primary key that begins otherwise': tenantTable(
    'p_key',
    [
      'alter table app.p_key drop constraint p_key_pkey',
      'alter table app.p_key add constraint p_key_pkey primary key (id, tenant_id)',
    ],
    ': has no primary key that begins with tenant_id',
    ' p_key_pkey: an index that does not begin with tenant_id',
  ),
  'a unique index across tenants': tenantTable(
    'p_unique',
    ['create unique index p_unique_id on app.p_unique (id)'],
    ' p_unique_id: an index that does not begin',
  ),
  'an index without tenant_id': tenantTable(
    'p_index',
    ['create index p_index_id on app.p_index (id, tenant_id)'],
    ' p_index_id: an index that does not begin',
  ),
  'an index over an expression': tenantTable(
    'p_expression',
    [
      'alter table app.p_expression add column name text',
      'create index p_expression_lower on app.p_expression (tenant_id, lower(name))',
    ],
    ' p_expression_lower: an index over an expression',
  ),
  'an index over numeric': tenantTable(
    'p_numeric',
    [
      'alter table app.p_numeric add column amount numeric',
      'create index p_numeric_amount on app.p_numeric (tenant_id, amount)',
    ],
    ' p_numeric_amount: an index over a type whose comparison is not leakproof',
  ),
  'an index over an enum': tenantTable(
    'p_enum',
    [
      "create type app.p_kind as enum ('a', 'b')",
      'alter table app.p_enum add column kind app.p_kind',
      'create index p_enum_kind on app.p_enum (tenant_id, kind)',
    ],
    ' p_enum_kind: an index over a type whose comparison is not leakproof',
  ),
  'a foreign key without tenant_id': tenantTable(
    'p_reference',
    [
      'create unique index p_reference_id on app.p_reference (id)',
      'alter table app.p_reference add column other uuid',
      'alter table app.p_reference add constraint p_reference_other foreign key (other) references app.p_reference (id)',
    ],
    ' p_reference_other: a foreign key that does not begin with tenant_id',
    ' p_reference_id: an index that does not begin with tenant_id',
  ),
  'a foreign key that crosses tenants': tenantTable(
    'p_crossed',
    [
      'alter table app.p_crossed add constraint p_crossed_other foreign key (id, tenant_id) references app.p_crossed (tenant_id, id)',
    ],
    ' p_crossed_other: a foreign key that does not begin with tenant_id',
  ),
  'a foreign key to the control plane': tenantTable(
    'p_plane',
    [
      'alter table app.p_plane add constraint p_plane_person foreign key (id) references control.identities (id)',
    ],
    ' p_plane_person: a foreign key between a tenant table and another schema',
    ' p_plane_person: a foreign key that does not begin with tenant_id',
  ),
  'a foreign key that sets null': tenantTable(
    'p_sets_null',
    [
      'alter table app.p_sets_null add column other uuid',
      'alter table app.p_sets_null add constraint p_sets_null_other foreign key (tenant_id, other) references app.p_sets_null (tenant_id, id) on delete set null',
    ],
    ' p_sets_null_other: a foreign key that rewrites its column',
  ),
  'a deferrable constraint': tenantTable(
    'p_deferred',
    [
      'alter table app.p_deferred add constraint p_deferred_tenant foreign key (tenant_id) references app.tenants (tenant_id) deferrable initially deferred',
    ],
    ' p_deferred_tenant: a deferrable constraint',
  ),
  'a deferred trigger': tenantTable(
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
  'a rewrite rule': tenantTable(
    'p_rule',
    ['create rule quiet as on delete to app.p_rule do instead nothing'],
    ' quiet: a rewrite rule',
  ),
  'a default that calls a function': tenantTable(
    'p_default',
    ['alter table app.p_default add column at timestamptz not null default now()'],
    '.at: a column that calls a function',
  ),
  'an identity column': tenantTable(
    'p_counted',
    ['alter table app.p_counted add column n bigint generated always as identity'],
    '.n: a column that calls a function',
    '_n_seq: a sequence among tenant tables',
  ),
  'an amount as a float': tenantTable(
    'p_float',
    ['alter table app.p_float add column amount double precision'],
    '.amount: a floating-point',
  ),
  'row level security that is not forced': tenantTable(
    'p_unforced',
    ['alter table app.p_unforced no force row level security'],
    ': row level security is not',
  ),
  'row level security that is off': tenantTable(
    'p_off',
    ['alter table app.p_off disable row level security'],
    ': row level security is not',
  ),
  'a table without a policy': tenantTable(
    'p_no_policy',
    ['drop policy tenant on app.p_no_policy'],
    ...['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
      (privilege) => ` ${privilege}: the application may do this`,
    ),
  ),
  'a policy in the form that a cluster refuses': tenantTable(
    'p_subselect',
    [
      'drop policy tenant on app.p_subselect',
      "create policy tenant on app.p_subselect using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))",
    ],
    ' tenant: a policy that is not of the one form',
    ' tenant: a policy that asks another table',
  ),
  'a policy that fails without a setting': tenantTable(
    'p_no_nullif',
    [
      'drop policy tenant on app.p_no_nullif',
      "create policy tenant on app.p_no_nullif using (tenant_id = current_setting('app.tenant_id')::uuid)",
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a policy that lets more in': tenantTable(
    'p_or',
    [
      'drop policy tenant on app.p_or',
      `create policy tenant on app.p_or using (${POLICY} and true or id is null) with check (${POLICY})`,
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a policy that writes anything': tenantTable(
    'p_write',
    [
      'drop policy tenant on app.p_write',
      `create policy tenant on app.p_write using (${POLICY}) with check (true)`,
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a second policy beside the first': tenantTable(
    'p_second',
    ['create policy everybody on app.p_second for select using (true)'],
    ' everybody: a policy that is not of the one form',
  ),
  'a restrictive policy': tenantTable(
    'p_restrictive',
    ['create policy narrow on app.p_restrictive as restrictive using (id is not null)'],
    ' narrow: a restrictive policy',
  ),
  'rows of an account that nothing hides': tenantTable(
    'p_account',
    ['alter table app.p_account add column account_id uuid'],
    ': rows of an account that could be hidden',
  ),
  'a policy for one role': tenantTable(
    'p_role',
    [
      'drop policy tenant on app.p_role',
      `create policy tenant on app.p_role to chronos_app using (${POLICY}) with check (${POLICY})`,
    ],
    ' tenant: a policy that is not of the one form',
  ),
  'a part that the application reaches': {
    statements: ['grant select on app.audit_logs_other to chronos_app'],
    found: [
      'app.audit_logs_other: a part of a table that a login reaches',
      'app.audit_logs_other SELECT: the application may do this',
    ],
  },
}
