-- Sign-in and sessions: when a session was last used, refusals that wait to be told to their person, registrations that
-- wait for their link, and browsers that a person has signed in with.

alter table control.identities alter column password_hash drop not null;
--;;
alter table control.sessions add column last_seen_at timestamptz;
--;;
update control.sessions set last_seen_at = rotated_at;
--;;
alter table control.sessions alter column last_seen_at set not null;
--;;
create index mails_of_recipient on control.mails (recipient, created_at);
--;;
-- What registering asked for, where the server verifies first. No password: it is chosen with the link.
create table control.pending_registrations (
  id uuid not null,
  email text not null,
  name text not null,
  locale text not null,
  workspace_name text not null,
  setup jsonb not null,
  created_at timestamptz not null,
  constraint pending_registrations_pkey primary key (id)
);
--;;
create index pending_registrations_email on control.pending_registrations (email);
--;;
-- A refused sign-in, written alike whether or not there is such a person, so that the time of the answer tells nothing;
-- the job tells the person, and the row goes.
create table control.sign_in_refusals (
  id uuid not null,
  identity_id uuid,
  at timestamptz not null,
  ip text,
  user_agent text,
  request_id uuid,
  constraint sign_in_refusals_pkey primary key (id)
);
--;;
-- Browsers and programs that a person has signed in with, as keyed hashes: a sign-in from another one is told by mail,
-- and guessing elsewhere does not keep a known one out.
create table control.known_devices (
  identity_id uuid not null,
  device_hash text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  constraint known_devices_pkey primary key (identity_id, device_hash),
  constraint known_devices_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
grant select, insert, update, delete on control.pending_registrations, control.sign_in_refusals, control.known_devices
  to chronos_control;
--;;
grant select on control.pending_registrations, control.sign_in_refusals, control.known_devices to chronos_backup;
