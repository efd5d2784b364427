/** Waiting mails, and the persons that their addresses belong to when they are sent. */
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import type { MailKind } from './mail-queue.ts'

export interface MailRow {
  id: string
  kind: MailKind
  recipient: string
  locale: string
  identity_id: string | null
  tenant_id: string | null
  subject_id: string | null
  params: Record<string, string>
}

export interface AddresseeRow {
  id: string
  email: string
  name: string
  locale: string
  email_verified_at: string | null
}

const MAIL = 'id, kind, recipient, locale, identity_id, tenant_id, subject_id, params'

export async function findWaitingMail(control: ControlPlane, id: string): Promise<MailRow | null> {
  const [row] = await control.query<MailRow>(
    `select ${MAIL} from control.mails where id = $1 and sent_at is null`,
    id,
  )
  return row ?? null
}

/** Holds the mail, so that whoever takes it back waits, and then finds the link that was made for it. */
export async function lockWaitingMail(queries: ControlQueries, id: string): Promise<boolean> {
  const rows = await queries.query(
    'select 1 from control.mails where id = $1 and sent_at is null for update',
    id,
  )
  return rows.length === 1
}

export async function markSent(control: ControlPlane, id: string, now: Date): Promise<void> {
  await control.query('update control.mails set sent_at = $2 where id = $1', id, now)
}

/** How many mails of a kind went to an address since an instant. */
export async function countSent(
  control: ControlPlane,
  kind: MailKind,
  recipient: string,
  since: Date,
): Promise<number> {
  const [row] = await control.query<{ n: number }>(
    `select count(*)::int as n from control.mails
     where recipient = $1 and created_at > $2 and kind = $3 and sent_at is not null`,
    recipient,
    since,
    kind,
  )
  return row?.n ?? 0
}

export async function findAddressee(control: ControlPlane, email: string): Promise<AddresseeRow | null> {
  const [row] = await control.query<AddresseeRow>(
    'select id, email, name, locale, email_verified_at from control.identities where email = $1',
    email,
  )
  return row ?? null
}

/** Takes back mails that were not sent yet. */
export async function deleteWaitingMails(
  queries: ControlQueries,
  identityId: string,
  kinds: readonly MailKind[],
): Promise<void> {
  await queries.query(
    'delete from control.mails where identity_id = $1 and kind = any($2) and sent_at is null',
    identityId,
    [...kinds],
  )
}
