create table app.budgets (
  tenant_id uuid not null,
  id uuid not null,
  category_id uuid not null,
  currency text not null constraint budgets_currency check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null constraint budgets_amount check (amount_minor between 1 and 10000000000000),
  start_month date not null constraint budgets_start check (extract(day from start_month) = 1),
  end_month date constraint budgets_end check (extract(day from end_month) = 1),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint budgets_pkey primary key (tenant_id, id),
  constraint budgets_category foreign key (tenant_id, category_id) references app.categories (tenant_id, id),
  constraint budgets_months check (end_month is null or end_month >= start_month)
);
--;;
select app.distribute('app.budgets');
--;;
create unique index budgets_of_category on app.budgets (tenant_id, category_id, currency, start_month);
--;;
select app.protect('app.budgets');
--;;
select app.audited('app.budgets', 'id', '');
--;;
-- An uploaded statement, from preview to undo. `accounts`, `targets`, `errors`, `mapping` and `sample` are as the API
-- shows them.
create table app.imports (
  tenant_id uuid not null,
  id uuid not null,
  status text not null constraint imports_status
    check (status in ('ready', 'needs_mapping', 'applying', 'applied', 'undoing', 'undone', 'failed')),
  format text not null,
  file_name text,
  size_bytes bigint not null,
  fallback_account_id uuid,
  accounts jsonb not null,
  targets jsonb not null,
  errors jsonb not null,
  mapping jsonb,
  sample jsonb,
  message text,
  row_count integer not null,
  new_count integer not null,
  duplicate_count integer not null,
  refused_count integer not null,
  chunk_count integer not null,
  chunks_done integer not null,
  created_count integer not null,
  skipped_count integer not null,
  created_by uuid,
  created_at timestamptz not null,
  applied_at timestamptz,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint imports_pkey primary key (tenant_id, id),
  constraint imports_fallback foreign key (tenant_id, fallback_account_id) references app.accounts (tenant_id, id)
);
--;;
select app.distribute('app.imports');
--;;
create index imports_newest on app.imports (tenant_id, created_at desc, id desc);
--;;
select app.protect('app.imports');
--;;
select app.audited('app.imports', 'id', 'accounts,targets,errors,mapping,sample');
--;;
-- The file as it came, in pieces, so that a CSV can be read again with another mapping; gone once it is applied.
create table app.import_files (
  tenant_id uuid not null,
  import_id uuid not null,
  seq integer not null,
  content bytea not null,
  constraint import_files_pkey primary key (tenant_id, import_id, seq),
  constraint import_files_import foreign key (tenant_id, import_id) references app.imports (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.import_files');
--;;
select app.protect('app.import_files');
--;;
-- Parsed rows, many to a piece: what the preview shows and what is applied, one transaction a piece.
create table app.import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  seq integer not null,
  first_row integer not null,
  row_count integer not null,
  rows jsonb not null,
  constraint import_chunks_pkey primary key (tenant_id, import_id, seq),
  constraint import_chunks_import foreign key (tenant_id, import_id) references app.imports (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.import_chunks');
--;;
select app.protect('app.import_chunks');
--;;
-- Where the rows of a statement's account went last time.
create table app.import_sources (
  tenant_id uuid not null,
  source_key text not null,
  account_id uuid not null,
  updated_at timestamptz not null,
  constraint import_sources_pkey primary key (tenant_id, source_key),
  constraint import_sources_account foreign key (tenant_id, account_id) references app.accounts (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.import_sources');
--;;
select app.protect('app.import_sources');
--;;
-- Answers of commands sent with an Idempotency-Key, written in the command's own transaction.
create table app.idempotency_keys (
  tenant_id uuid not null,
  user_id uuid not null,
  key text not null,
  request_hash text not null,
  status smallint not null,
  response jsonb not null,
  created_at timestamptz not null,
  constraint idempotency_keys_pkey primary key (tenant_id, user_id, key)
);
--;;
select app.distribute('app.idempotency_keys');
--;;
select app.protect('app.idempotency_keys');
