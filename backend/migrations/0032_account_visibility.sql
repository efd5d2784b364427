-- An account that is kept from a member does not exist for them: every row that is of an account is hidden by the
-- database itself, whichever statement asks. Most people see every account; for them the first comparison ends it.
-- Restrictive policies narrow what the tenant's policy lets in and can never widen it.

create function app.protect_account(p_table text, p_column text) returns void
language plpgsql security invoker as $$
begin
  execute format(
    'create policy account on %s as restrictive using (coalesce(current_setting(''app.hidden_accounts'', true), '''') = '''''
    ' or %I <> all (coalesce(nullif(current_setting(''app.hidden_accounts'', true), ''''), ''{}'')::uuid[]))',
    p_table, p_column);
end
$$;
--;;
revoke execute on function app.protect_account(text, text) from public;
--;;
select app.protect_account('app.accounts', 'id');
--;;
select app.protect_account('app.transactions', 'account_id');
--;;
select app.protect_account('app.transaction_lines', 'account_id');
--;;
select app.protect_account('app.account_totals', 'account_id');
--;;
select app.protect_account('app.account_days', 'account_id');
--;;
select app.protect_account('app.monthly_totals', 'account_id');
--;;
select app.protect_account('app.import_sources', 'account_id');
--;;
select app.protect_account('app.account_restrictions', 'account_id');
--;;
-- A file tells of whatever accounts it likes: to somebody who is kept from one, files of others do not exist.
create policy own on app.imports as restrictive using (
  coalesce(current_setting('app.hidden_accounts', true), '') = ''
  or created_by = nullif(current_setting('app.actor_id', true), '')::uuid);
--;;
create policy own on app.import_files as restrictive using (
  coalesce(current_setting('app.hidden_accounts', true), '') = ''
  or exists (select from app.imports i where i.tenant_id = import_files.tenant_id and i.id = import_files.import_id));
--;;
create policy own on app.import_chunks as restrictive using (
  coalesce(current_setting('app.hidden_accounts', true), '') = ''
  or exists (select from app.imports i where i.tenant_id = import_chunks.tenant_id and i.id = import_chunks.import_id));
