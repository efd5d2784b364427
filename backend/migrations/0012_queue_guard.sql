-- A job is of the tenant that the transaction has entered, or of none where none is entered (the control login, for
-- events that nobody owns yet): a definer's function checks the tenant that it is given.

create or replace function control.enqueue(p_queue text, p_tenant uuid, p_subject uuid, p_start_after timestamptz) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  job uuid := gen_random_uuid();
begin
  if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
    raise exception 'a job is of the tenant that is entered' using errcode = '42501';
  end if;
  insert into pgboss.job (id, name, data, start_after, keep_until, retry_limit, retry_delay, retry_backoff,
    expire_seconds, deletion_seconds, policy)
  select job, q.name, jsonb_build_object('tenantId', p_tenant, 'subjectId', p_subject),
    coalesce(p_start_after, now()), now() + q.retention_seconds * interval '1 second', q.retry_limit, q.retry_delay,
    q.retry_backoff, q.expire_seconds, q.deletion_seconds, q.policy
  from pgboss.queue q where q.name = p_queue;
  if not found then
    raise exception 'no queue %', p_queue;
  end if;
  return job;
end
$$;
