-- Messages of one workspace take turns with those of all others: whoever floods waits behind itself. An event gets the
-- time of its turn when it comes: now, or a second after the last of its lane that still waits. Workers take what is due
-- first, and what is due later as soon as nothing else waits. A lane is the workspace that the sender is linked to;
-- strangers share one.

-- Null where a process of the release before wrote the row: it takes its turn in the order of its job.
alter table control.inbound_events add column lane uuid, add column turn_at timestamptz;
--;;
create index inbound_events_turns on control.inbound_events (lane, turn_at) where processed_at is null;
--;;
-- A sender's events are handled in their order: the oldest is looked for before each. With a long queue, by time alone,
-- that would go over the whole of it.
drop index control.inbound_events_waiting;
--;;
create index inbound_events_waiting on control.inbound_events (sender_key, received_at, id) where processed_at is null;
--;;
-- As control.enqueue, for the control login alone: a job of no tenant, taken in the order of turns and not of arrival.
-- The queue takes the highest priority first, an integer: seconds from 2026 on, the later the lower, until 2094.
create function control.enqueue_in_turn(p_queue text, p_subject uuid, p_turn_at timestamptz) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  job uuid := gen_random_uuid();
begin
  insert into pgboss.job (id, name, data, priority, keep_until, retry_limit, retry_delay, retry_backoff,
    expire_seconds, deletion_seconds, policy)
  select job, q.name, jsonb_build_object('tenantId', null, 'subjectId', p_subject),
    extract(epoch from timestamptz '2026-01-01 00:00:00Z' - p_turn_at)::integer,
    now() + q.retention_seconds * interval '1 second', q.retry_limit, q.retry_delay, q.retry_backoff,
    q.expire_seconds, q.deletion_seconds, q.policy
  from pgboss.queue q where q.name = p_queue;
  if not found then
    raise exception 'no queue %', p_queue;
  end if;
  return job;
end
$$;
--;;
revoke execute on function control.enqueue_in_turn(text, uuid, timestamptz) from public;
--;;
grant execute on function control.enqueue_in_turn(text, uuid, timestamptz) to chronos_control;
