-- Sign-in through the operator's own OpenID provider: which account there is which person here. The provider names an
-- account by issuer and subject, of which neither is ever given to somebody else; an e-mail may be.

create table control.provider_links (
  issuer text not null,
  subject text not null,
  identity_id uuid not null,
  connected_at timestamptz not null,
  last_used_at timestamptz,
  constraint provider_links_pkey primary key (issuer, subject),
  constraint provider_links_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
-- A person has one account of a provider: another one with the same e-mail is somebody else's.
create unique index provider_links_of_identity on control.provider_links (identity_id, issuer);
--;;
grant select, insert, update, delete on control.provider_links to chronos_control;
--;;
grant select on control.provider_links to chronos_backup;
--;;
create or replace function app.is_audit_event(p_action text) returns boolean
language sql immutable security invoker as $$
  select p_action = any (array['workspace.created', 'session.started', 'session.refused', 'session.ended',
    'session.reused', 'session.proved', 'access.refused', 'password.changed', 'email.verified', 'email.changed',
    'factor.added', 'factor.removed', 'factor.recovery_used', 'provider.connected', 'provider.disconnected',
    'token.created', 'token.revoked', 'export.requested', 'export.downloaded', 'audit.exported', 'support.allowed',
    'support.started', 'support.ended', 'operator.created', 'operator.suspended', 'operator.resumed',
    'operator.plan_changed', 'operator.limits_changed', 'privacy.exported', 'privacy.erased', 'privacy.consent',
    'retention.applied'])
$$;
