-- Accounts, categories, payees, tags, and transactions with their lines. Amounts are bigint minor units; a line
-- repeats account, currency and date of its transaction, so that the rollup trigger reads one table.

create table app.accounts (
  tenant_id uuid not null,
  id uuid not null,
  name text not null constraint accounts_name check (length(name) between 1 and 120),
  type text not null constraint accounts_type
    check (type in ('checking', 'savings', 'credit_card', 'cash', 'investment', 'loan', 'asset')),
  currency text not null constraint accounts_currency check (currency ~ '^[A-Z]{3}$'),
  number text,
  number_key text,
  opening_balance_minor bigint not null default 0
    constraint accounts_opening_balance check (opening_balance_minor between -10000000000000 and 10000000000000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint accounts_pkey primary key (tenant_id, id),
  constraint accounts_tenant foreign key (tenant_id) references app.tenants (tenant_id)
);
--;;
select app.distribute('app.accounts');
--;;
-- What a transaction's (account, currency) refers to: amounts of two currencies never meet in one account.
create unique index accounts_in_currency on app.accounts (tenant_id, id, currency);
--;;
create unique index accounts_number on app.accounts (tenant_id, number_key, currency) where number_key is not null;
--;;
select app.protect('app.accounts');
--;;
select app.audited('app.accounts', 'id', 'number_key');
--;;
create table app.categories (
  tenant_id uuid not null,
  id uuid not null,
  parent_id uuid,
  key text,
  name text not null constraint categories_name check (length(name) between 1 and 80),
  kind text not null constraint categories_kind check (kind in ('expense', 'income')),
  icon text,
  color text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint categories_pkey primary key (tenant_id, id),
  constraint categories_tenant foreign key (tenant_id) references app.tenants (tenant_id),
  constraint categories_parent foreign key (tenant_id, parent_id) references app.categories (tenant_id, id)
);
--;;
select app.distribute('app.categories');
--;;
create unique index categories_key on app.categories (tenant_id, key) where key is not null;
--;;
create index categories_children on app.categories (tenant_id, parent_id);
--;;
select app.protect('app.categories');
--;;
select app.audited('app.categories', 'id', '');
--;;
create table app.payees (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  name_key text not null,
  created_at timestamptz not null,
  constraint payees_pkey primary key (tenant_id, id)
);
--;;
select app.distribute('app.payees');
--;;
create unique index payees_name on app.payees (tenant_id, name_key);
--;;
select app.protect('app.payees');
--;;
select app.audited('app.payees', 'id', 'name_key');
--;;
create table app.tags (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  name_key text not null,
  created_at timestamptz not null,
  constraint tags_pkey primary key (tenant_id, id)
);
--;;
select app.distribute('app.tags');
--;;
create unique index tags_name on app.tags (tenant_id, name_key);
--;;
select app.protect('app.tags');
--;;
select app.audited('app.tags', 'id', 'name_key');
--;;
create table app.transactions (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  currency text not null,
  occurred_on date not null,
  amount_minor bigint not null
    constraint transactions_amount check (amount_minor between -10000000000000 and 10000000000000),
  description text not null,
  payee_id uuid,
  notes text,
  source text not null constraint transactions_source check (source in ('manual', 'import', 'whatsapp')),
  transfer_id uuid,
  import_id uuid,
  import_key uuid,
  whatsapp_message_id uuid,
  created_by uuid,
  search_text text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  version integer not null default 1,
  constraint transactions_pkey primary key (tenant_id, id),
  constraint transactions_account foreign key (tenant_id, account_id, currency)
    references app.accounts (tenant_id, id, currency),
  constraint transactions_payee foreign key (tenant_id, payee_id) references app.payees (tenant_id, id)
);
--;;
select app.distribute('app.transactions');
--;;
create index transactions_newest on app.transactions (tenant_id, occurred_on desc, id desc) where deleted_at is null;
--;;
create index transactions_of_account on app.transactions (tenant_id, account_id, occurred_on desc, id desc)
  where deleted_at is null;
--;;
create unique index transactions_import_key on app.transactions (tenant_id, account_id, import_key)
  where import_key is not null;
--;;
create index transactions_of_import on app.transactions (tenant_id, import_id, id) where import_id is not null;
--;;
create index transactions_transfer on app.transactions (tenant_id, transfer_id) where transfer_id is not null;
--;;
create index transactions_of_message on app.transactions (tenant_id, whatsapp_message_id)
  where whatsapp_message_id is not null;
--;;
create index transactions_of_payee on app.transactions (tenant_id, payee_id) where payee_id is not null;
--;;
select app.protect('app.transactions');
--;;
select app.audited('app.transactions', 'id', 'search_text');
--;;
create table app.transaction_lines (
  tenant_id uuid not null,
  transaction_id uuid not null,
  position smallint not null,
  account_id uuid not null,
  currency text not null,
  occurred_on date not null,
  amount_minor bigint not null
    constraint transaction_lines_amount check (amount_minor between -10000000000000 and 10000000000000),
  category_id uuid,
  memo text,
  is_transfer boolean not null default false,
  is_void boolean not null default false,
  constraint transaction_lines_pkey primary key (tenant_id, transaction_id, position),
  constraint transaction_lines_transaction foreign key (tenant_id, transaction_id)
    references app.transactions (tenant_id, id) on delete cascade,
  constraint transaction_lines_category foreign key (tenant_id, category_id) references app.categories (tenant_id, id)
);
--;;
select app.distribute('app.transaction_lines');
--;;
create index transaction_lines_of_category on app.transaction_lines (tenant_id, category_id, occurred_on desc, transaction_id desc);
--;;
select app.protect('app.transaction_lines');
--;;
select app.audited('app.transaction_lines', 'transaction_id', 'account_id,currency,occurred_on,transaction_id');
--;;
create table app.transaction_tags (
  tenant_id uuid not null,
  transaction_id uuid not null,
  tag_id uuid not null,
  constraint transaction_tags_pkey primary key (tenant_id, transaction_id, tag_id),
  constraint transaction_tags_transaction foreign key (tenant_id, transaction_id)
    references app.transactions (tenant_id, id) on delete cascade,
  constraint transaction_tags_tag foreign key (tenant_id, tag_id) references app.tags (tenant_id, id)
);
--;;
select app.distribute('app.transaction_tags');
--;;
create index transaction_tags_of_tag on app.transaction_tags (tenant_id, tag_id);
--;;
select app.protect('app.transaction_tags');
--;;
select app.audited('app.transaction_tags', 'transaction_id', 'transaction_id');
