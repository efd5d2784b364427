-- A job can carry the trace of what asked for it (W3C traceparent), so that what a worker does later is seen beside the
-- request. It is made by the server, identifies nobody, and anything else than one is left out. The function with four
-- arguments stays, for the release before and for whoever traces nothing.

create function control.enqueue(p_queue text, p_tenant uuid, p_subject uuid, p_start_after timestamptz, p_trace text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  job uuid := gen_random_uuid();
begin
  if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
    raise exception 'a job is of the tenant that is entered' using errcode = '42501';
  end if;
  insert into pgboss.job (id, name, data, start_after, keep_until, retry_limit, retry_delay, retry_backoff,
    expire_seconds, deletion_seconds, policy)
  select job, q.name,
    jsonb_build_object('tenantId', p_tenant, 'subjectId', p_subject)
      || case when p_trace ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'
        then jsonb_build_object('trace', p_trace) else '{}'::jsonb end,
    coalesce(p_start_after, now()), now() + q.retention_seconds * interval '1 second', q.retry_limit, q.retry_delay,
    q.retry_backoff, q.expire_seconds, q.deletion_seconds, q.policy
  from pgboss.queue q where q.name = p_queue;
  if not found then
    raise exception 'no queue %', p_queue;
  end if;
  return job;
end
$$;
--;;
revoke execute on function control.enqueue(text, uuid, uuid, timestamptz, text) from public;
--;;
grant execute on function control.enqueue(text, uuid, uuid, timestamptz, text) to chronos_app, chronos_control;
