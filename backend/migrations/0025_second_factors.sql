-- Second factors of a person: an authenticator app, passkeys, recovery codes; sign-ins that wait for one; and a count
-- of wrong codes, which slows guessing down.

create table control.totp_factors (
  identity_id uuid not null,
  secret text not null,
  last_step bigint,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  constraint totp_factors_pkey primary key (identity_id),
  constraint totp_factors_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create table control.recovery_codes (
  identity_id uuid not null,
  code_hash text not null,
  created_at timestamptz not null,
  used_at timestamptz,
  constraint recovery_codes_pkey primary key (identity_id, code_hash),
  constraint recovery_codes_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create table control.passkeys (
  id uuid not null,
  identity_id uuid not null,
  credential_id text not null,
  public_key text not null,
  counter bigint not null,
  transports jsonb not null,
  synced boolean not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  constraint passkeys_pkey primary key (id),
  constraint passkeys_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
-- A credential is one person's.
create unique index passkeys_credential on control.passkeys (credential_id);
--;;
create index passkeys_of_identity on control.passkeys (identity_id);
--;;
-- What a proof must answer: of a sign-in (named by its token, of which the hash stands here) or of a session. Each is
-- spent once and lives for minutes. `webauthn` is what an authenticator signs.
create table control.factor_challenges (
  id uuid not null,
  purpose text not null constraint factor_challenges_purpose
    check (purpose in ('second_factor', 'passkey_sign_in', 'passkey_registration', 'step_up')),
  token_hash text,
  session_id uuid,
  identity_id uuid,
  tenant_id uuid,
  method text,
  webauthn text,
  tries integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint factor_challenges_pkey primary key (id),
  constraint factor_challenges_named check ((token_hash is null) <> (session_id is null)),
  constraint factor_challenges_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create unique index factor_challenges_token on control.factor_challenges (token_hash) where token_hash is not null;
--;;
create index factor_challenges_of_session on control.factor_challenges (session_id, purpose) where session_id is not null;
--;;
create index factor_challenges_of_identity on control.factor_challenges (identity_id) where identity_id is not null;
--;;
create index factor_challenges_end on control.factor_challenges (expires_at);
--;;
-- Wrong proofs in a row, and when the next try is taken. A right one deletes the row.
create table control.factor_tries (
  identity_id uuid not null,
  wrong integer not null,
  free_at timestamptz not null,
  constraint factor_tries_pkey primary key (identity_id),
  constraint factor_tries_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
grant select, insert, update, delete on control.totp_factors, control.recovery_codes, control.passkeys,
  control.factor_challenges, control.factor_tries to chronos_control;
--;;
grant select on control.totp_factors, control.recovery_codes, control.passkeys, control.factor_challenges,
  control.factor_tries to chronos_backup;
