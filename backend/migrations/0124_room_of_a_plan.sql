-- A plan limits the workspace, whoever asks: accounts that are kept from a member, what is booked on them and files of
-- others use it up as well. So their count looks past what is hidden from the actor, within the tenant alone, as the
-- application itself: what this transaction wrote is counted, also on a cluster. Nothing but the count leaves it, and the
-- actor's view is the same afterwards; an error in between ends the transaction, and the setting with it.
create function app.count_used(p_tenant uuid, p_limit text, p_from uuid) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
  hidden text := coalesce(current_setting('app.hidden_accounts', true), '');
  used bigint;
begin
  execute 'set local app.hidden_accounts = ''''';
  if p_limit = 'members' then
    select count(*) into used from app.users u where u.tenant_id = p_tenant and u.status = 'active';
  elsif p_limit = 'accounts' then
    select count(*) into used from app.accounts a where a.tenant_id = p_tenant;
  elsif p_limit = 'transactionsPerMonth' then
    select count(*) into used from app.transactions t where t.tenant_id = p_tenant and t.id >= p_from;
  elsif p_limit = 'storageBytes' then
    select coalesce(sum(i.size_bytes), 0) into used from app.imports i where i.tenant_id = p_tenant;
  elsif p_limit = 'whatsappMessagesPerMonth' then
    select count(*) into used from app.whatsapp_messages m
    where m.tenant_id = p_tenant and m.id >= p_from and m.direction = 'inbound';
  else
    raise exception 'unknown limit of a plan: %', p_limit;
  end if;
  execute format('set local app.hidden_accounts = %L', hidden);
  return used;
end
$$;
--;;
revoke execute on function app.count_used(uuid, text, uuid) from public;
--;;
grant execute on function app.count_used(uuid, text, uuid) to chronos_app;
