-- Operators may end the sessions of one person; the audit logs of that person's workspaces tell of it.

create or replace function app.is_audit_event(p_action text) returns boolean
language sql immutable security invoker as $$
  select p_action = any (array['workspace.created', 'session.started', 'session.refused', 'session.ended',
    'session.reused', 'session.proved', 'access.refused', 'password.changed', 'email.verified', 'email.changed',
    'factor.added', 'factor.removed', 'factor.recovery_used', 'provider.connected', 'provider.disconnected',
    'token.created', 'token.revoked', 'export.requested', 'export.downloaded', 'audit.exported', 'support.allowed',
    'support.started', 'support.ended', 'operator.sessions_ended', 'operator.created', 'operator.suspended',
    'operator.resumed', 'operator.plan_changed', 'operator.limits_changed', 'privacy.exported', 'privacy.erased',
    'privacy.consent', 'retention.applied'])
$$;
