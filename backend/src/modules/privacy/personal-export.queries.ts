/** The rows of personal exports, and what goes into them. */
import type { DataExport } from '@chronos/contracts/exports'
import type { Row } from '../../platform/archive.ts'
import type { ControlQueries } from '../../platform/control.ts'
import type { Tenant } from '../../platform/tenancy.ts'

export interface ExportRow {
  id: string
  identity_id: string
  status: DataExport['status']
  size_bytes: number | null
  created_at: string
  ready_at: string | null
  expires_at: string | null
}

const EXPORT = 'id::text, identity_id::text, status, size_bytes, created_at, ready_at, expires_at'

export function exportOf(row: ExportRow): DataExport {
  return {
    id: row.id,
    status: row.status,
    sizeBytes: row.size_bytes,
    requestedBy: null,
    createdAt: row.created_at,
    readyAt: row.ready_at,
    expiresAt: row.expires_at,
  }
}

/** @returns null while another one of the person is being made */
export async function insertExport(
  control: ControlQueries,
  id: string,
  identityId: string,
  now: Date,
): Promise<ExportRow | null> {
  const [row] = await control.query<ExportRow>(
    `insert into control.personal_exports (id, identity_id, status, created_at) values ($1, $2, 'waiting', $3)
     on conflict (identity_id) where status in ('waiting', 'running') do nothing returning ${EXPORT}`,
    id,
    identityId,
    now,
  )
  return row ?? null
}

/** Newest first; one more than the limit. */
export function listExports(
  control: ControlQueries,
  identityId: string,
  limit: number,
  after: readonly (string | null)[],
): Promise<ExportRow[]> {
  return control.query<ExportRow>(
    `select ${EXPORT} from control.personal_exports
     where identity_id = $1 and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::uuid))
     order by created_at desc, id desc limit $2`,
    identityId,
    limit,
    ...after,
  )
}

export async function findExport(control: ControlQueries, id: string): Promise<ExportRow | null> {
  const [row] = await control.query<ExportRow>(
    `select ${EXPORT} from control.personal_exports where id = $1`,
    id,
  )
  return row ?? null
}

/** Begins, or begins again after a process died: what there was of the file goes. @returns whether there is work */
export async function beginExport(control: ControlQueries, id: string): Promise<boolean> {
  const rows = await control.query(
    `update control.personal_exports set status = 'running' where id = $1 and status in ('waiting', 'running') returning id`,
    id,
  )
  await control.query('delete from control.personal_export_chunks where export_id = $1', id)
  return rows.length === 1
}

export async function endExport(
  control: ControlQueries,
  id: string,
  outcome: { status: 'ready'; sizeBytes: number; expiresAt: Date } | { status: 'failed' },
  now: Date,
): Promise<void> {
  const ready = outcome.status === 'ready' ? outcome : null
  await control.query(
    'update control.personal_exports set status = $2, size_bytes = $3, ready_at = $4, expires_at = $5 where id = $1',
    id,
    outcome.status,
    ready?.sizeBytes ?? null,
    ready ? now : null,
    ready?.expiresAt ?? null,
  )
}

export async function insertChunk(
  control: ControlQueries,
  id: string,
  seq: number,
  content: string,
): Promise<void> {
  await control.query(
    'insert into control.personal_export_chunks (export_id, seq, content) values ($1, $2, $3)',
    id,
    seq,
    content,
  )
}

export async function findChunk(control: ControlQueries, id: string, seq: number): Promise<string | null> {
  const [row] = await control.query<{ content: string }>(
    'select content from control.personal_export_chunks where export_id = $1 and seq = $2',
    id,
    seq,
  )
  return row?.content ?? null
}

/** Files past their days go; that they were there stays. */
export async function expireExports(control: ControlQueries, now: Date): Promise<void> {
  await control.query(
    `delete from control.personal_export_chunks c using control.personal_exports e where e.id = c.export_id and e.expires_at <= $1`,
    now,
  )
  await control.query(
    "update control.personal_exports set status = 'expired' where status = 'ready' and expires_at <= $1",
    now,
  )
}

export type { Row }

/** What the control plane keeps of a person, by the name of its list. No secret and no hash of one. */
export const PERSON_LISTS: Readonly<Record<string, string>> = {
  person: 'select email, name, locale, email_verified_at, created_at from control.identities where id = $1',
  consents: 'select kind, version, given, at from control.consents where identity_id = $1 order by at',
  workspaces: `select tenant_id::text, user_id::text, tenant_name, state, created_at, last_used_at from control.memberships
    where identity_id = $1 order by created_at`,
  sessions: `select created_at, expires_at, ended_at, end_reason, method, user_agent, ip from control.sessions
    where identity_id = $1 order by created_at`,
  security_events: `select at, event, tenant_id::text, ip, user_agent from control.security_events
    where identity_id = $1 order by at`,
  provider_links:
    'select issuer, subject, connected_at, last_used_at from control.provider_links where identity_id = $1 order by issuer',
  api_tokens: `select name, scopes, tenant_id::text, created_at, expires_at, last_used_at, last_used_ip, revoked_at
    from control.api_tokens where identity_id = $1 order by created_at`,
  mails:
    'select kind, recipient, created_at, sent_at from control.mails where identity_id = $1 order by created_at',
}

const PAGE = 1000

/** A list of a workspace: `$1` is the tenant, `$2` the member, `$3` the last id of the page before. */
export interface WorkspaceList {
  name: string
  /** Whether it is of the books, which who left may read no more. */
  books: boolean
  text: string
}

export const WORKSPACE_LISTS: readonly WorkspaceList[] = [
  {
    name: 'member',
    books: false,
    text: `select id::text, name, email, role, locale, status, created_at from app.users
      where tenant_id = $1 and id = $2 and id > $3`,
  },
  {
    name: 'whatsapp_chats',
    books: false,
    text: `select id::text, name, wa_id, bsuid, state, created_at from app.whatsapp_chats
      where tenant_id = $1 and user_id = $2 and id > $3 order by id limit ${PAGE}`,
  },
  {
    name: 'whatsapp_messages',
    books: false,
    text: `select m.id::text, m.direction, m.type, m.text, m.state, m.occurred_at from app.whatsapp_messages m
      join app.whatsapp_chats c on c.tenant_id = $1 and c.id = m.chat_id
      where m.tenant_id = $1 and c.user_id = $2 and m.id > $3 order by m.id limit ${PAGE}`,
  },
  {
    name: 'transactions',
    books: true,
    text: `select t.id::text, t.occurred_on, t.amount_minor, t.currency, t.description, t.notes, t.source, t.created_at
      from app.transactions t where t.tenant_id = $1 and t.created_by = $2 and t.id > $3 order by t.id limit ${PAGE}`,
  },
  {
    name: 'imports',
    books: true,
    text: `select id::text, file_name, format, status, size_bytes, created_at from app.imports
      where tenant_id = $1 and created_by = $2 and id > $3 order by id limit ${PAGE}`,
  },
  {
    name: 'audit_logs',
    books: true,
    text: `select id::text, at, action, entity, entity_id::text, ip from app.audit_logs
      where tenant_id = $1 and actor_id = $2 and id > $3 order by id limit ${PAGE}`,
  },
]

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** A list, page by page. */
export async function* pagesOf(tenant: Tenant, userId: string, list: WorkspaceList): AsyncGenerator<Row[]> {
  let after = BEFORE_ALL
  for (;;) {
    const rows = await tenant.read<Row>({ text: list.text, values: [tenant.id, userId, after] })
    if (rows.length > 0) yield rows
    const last = rows.at(-1)?.['id']
    if (rows.length < PAGE || typeof last !== 'string') return
    after = last
  }
}
