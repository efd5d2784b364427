-- What narrows a tenant's policy stands in that policy, and not in a restrictive one beside it: a cluster makes the pieces
-- of a table without the word `restrictive` (Citus, up to 14.2 at least), and there a policy that should narrow would let
-- in. An account that is kept from a member does not exist for them, as before; nor does a file of somebody else's.

create or replace function app.protect_account(p_table text, p_column text) returns void
language plpgsql security invoker as $$
declare
  condition text := format(
    'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid'
    ' and (coalesce(current_setting(''app.hidden_accounts'', true), '''') = '''''
    ' or %I <> all (coalesce(nullif(current_setting(''app.hidden_accounts'', true), ''''), ''{}'')::uuid[]))', p_column);
begin
  execute format('alter policy tenant on %s using (%s) with check (%s)', p_table, condition, condition);
end
$$;
--;;
-- The same for rows that are hidden from everybody but one, where anything is hidden from who asks.
create function app.protect_own(p_table text, p_column text) returns void
language plpgsql security invoker as $$
declare
  condition text := format(
    'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid'
    ' and (coalesce(current_setting(''app.hidden_accounts'', true), '''') = '''''
    ' or %I = nullif(current_setting(''app.actor_id'', true), '''')::uuid)', p_column);
begin
  execute format('alter policy tenant on %s using (%s) with check (%s)', p_table, condition, condition);
end
$$;
--;;
revoke execute on function app.protect_own(text, text) from public;
--;;
select app.protect_account('app.accounts', 'id');
--;;
drop policy account on app.accounts;
--;;
select app.protect_account('app.transactions', 'account_id');
--;;
drop policy account on app.transactions;
--;;
select app.protect_account('app.transaction_lines', 'account_id');
--;;
drop policy account on app.transaction_lines;
--;;
select app.protect_account('app.account_totals', 'account_id');
--;;
drop policy account on app.account_totals;
--;;
select app.protect_account('app.account_days', 'account_id');
--;;
drop policy account on app.account_days;
--;;
select app.protect_account('app.monthly_totals', 'account_id');
--;;
drop policy account on app.monthly_totals;
--;;
select app.protect_account('app.import_sources', 'account_id');
--;;
drop policy account on app.import_sources;
--;;
select app.protect_account('app.account_restrictions', 'account_id');
--;;
drop policy account on app.account_restrictions;
--;;
select app.protect_own('app.imports', 'created_by');
--;;
drop policy own on app.imports;
--;;
select app.protect_own('app.import_files', 'owner_id');
--;;
drop policy own on app.import_files;
--;;
select app.protect_own('app.import_chunks', 'owner_id');
--;;
drop policy own on app.import_chunks;
