/**
 * Every table that is no tenant's, with the reason why it has no `tenant_id` in its keys and no policy. A table of
 * the database that is neither in schema `app` nor here fails the build. The application login has no privilege on
 * any of them; docs/architecture.md prints this list.
 */
export interface ControlPlaneTable {
  table: string
  reason: string
}

export const CONTROL_PLANE_TABLES: readonly ControlPlaneTable[] = [
  {
    table: 'control.identities',
    reason: 'A person, who may belong to several tenants: e-mail and password hash.',
  },
  {
    table: 'control.memberships',
    reason: 'Which tenants a person belongs to, asked before a tenant is entered.',
  },
  { table: 'control.sessions', reason: 'Who is signed in where, asked before a tenant is entered.' },
  {
    table: 'control.link_tokens',
    reason: 'Hashes of links that go by mail, followed before anybody signs in.',
  },
  {
    table: 'control.mails',
    reason: 'Mails that wait, to persons and to invited ones who belong nowhere yet.',
  },
  {
    table: 'control.security_events',
    reason: "What happened to a person's sign-in, whatever workspace it was for.",
  },
  {
    table: 'control.totp_factors',
    reason: "A person's authenticator app, its secret encrypted; asked at sign-in.",
  },
  { table: 'control.recovery_codes', reason: "Hashes of a person's recovery codes." },
  { table: 'control.passkeys', reason: "Public keys of a person's passkeys, which say who signs in." },
  {
    table: 'control.provider_links',
    reason: "Which account of the operator's OpenID provider is which person; asked at sign-in.",
  },
  {
    table: 'control.factor_challenges',
    reason: 'Sign-ins that wait for a second factor, and what authenticators are to sign.',
  },
  { table: 'control.factor_tries', reason: 'Wrong codes in a row, which slow guessing down.' },
  { table: 'control.api_tokens', reason: 'Hashes of API tokens, asked before a tenant is entered.' },
  { table: 'control.plans', reason: 'What plans limit and open; data of the operators.' },
  {
    table: 'control.registered_tenants',
    reason: 'Which tenants there are: plan, state and counts of use, no money and no text of theirs.',
  },
  {
    table: 'control.data_keys',
    reason: 'The key of each person, sealed: what names them is encrypted under it, and erasing destroys it.',
  },
  { table: 'control.consents', reason: 'What a person agreed to, for all their workspaces.' },
  {
    table: 'control.personal_exports',
    reason: 'Files that a person asked for of all that is kept about them, whatever the workspace.',
  },
  { table: 'control.personal_export_chunks', reason: "Pieces of such files, under the person's key." },
  {
    table: 'control.pending_registrations',
    reason: 'What registering asked for, until its link is followed: nothing of it exists yet.',
  },
  {
    table: 'control.sign_in_refusals',
    reason: 'Refused sign-ins, of persons and of nobody alike, until a job has told the person.',
  },
  {
    table: 'control.known_devices',
    reason: 'Hashes of browsers that a person has signed in with, whatever workspace it was for.',
  },
  { table: 'control.operators', reason: 'Operators of the server, who are of no workspace.' },
  { table: 'control.operator_sessions', reason: 'Which operators are signed in.' },
  { table: 'control.operator_acts', reason: 'What operators did; added to, never changed.' },
  { table: 'control.support_sessions', reason: 'Looks of operators into workspaces that let them in.' },
  { table: 'control.billing_signatures', reason: 'Signatures of the billing system that were taken once.' },
  { table: 'control.inbound_events', reason: "Meta's webhook events until it is known whose they are." },
  { table: 'control.whatsapp_senders', reason: 'Whose a WhatsApp sender is: the routing of inbound events.' },
  {
    table: 'control.whatsapp_link_codes',
    reason: 'One-time codes, redeemed by a sender who is not known yet.',
  },
  { table: 'control.backup_runs', reason: 'What backups of the whole server came to.' },
  { table: 'control.maintenance_runs', reason: 'What the nightly maintenance of the whole server came to.' },
  { table: 'control.migrations', reason: 'Which migrations this database has seen.' },
  { table: 'pgboss.job', reason: 'Jobs of all tenants; a payload holds ids only.' },
  { table: 'pgboss.job_dependency', reason: "The queue library's: order of jobs (unused)." },
  { table: 'pgboss.queue', reason: "The queue library's: queues and their policies." },
  { table: 'pgboss.queue_stats', reason: "The queue library's: counts by queue (unused)." },
  { table: 'pgboss.schedule', reason: "The queue library's: recurring jobs, none of them a tenant's." },
  { table: 'pgboss.subscription', reason: "The queue library's: events that make jobs (unused)." },
  { table: 'pgboss.bam', reason: "The queue library's: its own asynchronous migrations." },
  { table: 'pgboss.instance', reason: "The queue library's: running workers." },
  { table: 'pgboss.version', reason: "The queue library's: version of its schema." },
  { table: 'pgboss.warning', reason: "The queue library's: warnings about itself." },
]
