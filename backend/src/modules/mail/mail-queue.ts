/**
 * Mails of the product. A caller queues a kind and whom it is for; the job makes the text and, where the mail has a
 * link, the link's secret. So no secret stands in the queue or the table, and who asks for a mail to an address that
 * nobody has waits exactly as long as everybody else.
 */
import type { ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'
import { QUEUES } from '../../platform/queues.ts'
import { currentTraceparent } from '../../platform/tracing.ts'
import type { LinkPurpose } from './link-tokens.ts'

/** What a mail says. Kinds with a link name its purpose in LINKS. */
export type MailKind =
  | 'verify_email'
  | 'finish_registration'
  | 'registration_attempted'
  | 'reset_password'
  | 'password_changed'
  | 'address_proved'
  | 'change_email'
  | 'email_change_requested'
  | 'email_changed'
  | 'email_taken'
  | 'factor_added'
  | 'factor_removed'
  | 'provider_connected'
  | 'provider_disconnected'
  | 'recovery_code_used'
  | 'new_sign_in'
  | 'sessions_ended'
  | 'sessions_ended_here'
  | 'invitation'
  | 'workspace_deletion'
  | 'export_ready'
  | 'workspace_export_ready'
  | 'workspace_kept'
  | 'token_created'
  | 'workspace_ready'
  | 'workspace_added'

interface LinkKind {
  purpose: LinkPurpose
  hours: number
  path: string
}

/** How long each link holds, and where in the web it leads. */
export const LINKS: Readonly<Partial<Record<MailKind, LinkKind>>> & { readonly reset_password: LinkKind } = {
  verify_email: { purpose: 'verify_email', hours: 72, path: '/verify-email' },
  finish_registration: { purpose: 'finish_registration', hours: 24, path: '/finish-registration' },
  reset_password: { purpose: 'reset_password', hours: 1, path: '/reset-password' },
  change_email: { purpose: 'change_email', hours: 24, path: '/confirm-email' },
  // Made by an operator for somebody who has no password yet.
  workspace_ready: { purpose: 'reset_password', hours: 168, path: '/reset-password' },
  invitation: { purpose: 'invitation', hours: 72, path: '/invitation' },
}

export interface MailRequest {
  kind: MailKind
  to: string
  locale: string
  identityId?: string | null
  tenantId?: string | null
  /** What it is about, as the invitation. */
  subjectId?: string | null
  /** Words of the text, as a workspace's name. Never a secret. */
  params?: Record<string, string>
}

/** Queues a mail in the caller's transaction. */
export async function queueMail(queries: ControlQueries, mail: MailRequest, now: Date): Promise<void> {
  const id = newId()
  await queries.query(
    `insert into control.mails (id, kind, recipient, locale, identity_id, tenant_id, subject_id, params, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    id,
    mail.kind,
    mail.to,
    mail.locale,
    mail.identityId ?? null,
    mail.tenantId ?? null,
    mail.subjectId ?? null,
    JSON.stringify(mail.params ?? {}),
    now,
  )
  await queries.query(
    'select control.enqueue($1, null, $2, null, $3)',
    QUEUES.mails.name,
    id,
    currentTraceparent(),
  )
}
