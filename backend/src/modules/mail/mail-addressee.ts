/**
 * To whom a waiting mail really goes. Whoever asks for a mail names an address and is answered at once; here, where
 * nobody waits for the answer, it is found out whose the address is, and what its owner is told.
 */
import type { ControlPlane } from '../../platform/control.ts'
import type { MailKind } from './mail-queue.ts'
import { countSent, findAddressee, type AddresseeRow, type MailRow } from './mail.queries.ts'

/** Kinds that somebody can ask for again and again: no address gets more of one than this in an hour. */
const REPEATABLE: ReadonlySet<MailKind> = new Set([
  'verify_email',
  'reset_password',
  'finish_registration',
  'change_email',
])
const PER_HOUR = 5
const HOUR_MS = 3_600_000

/** @returns the mail as it is sent, or null where there is nobody to send it to */
export async function addressed(control: ControlPlane, row: MailRow, now: Date): Promise<MailRow | null> {
  if (!REPEATABLE.has(row.kind)) return row
  const since = new Date(now.getTime() - HOUR_MS)
  if ((await countSent(control, row.kind, row.recipient, since)) >= PER_HOUR) return null
  const owner = await findAddressee(control, row.recipient)
  switch (row.kind) {
    case 'verify_email':
      return owner?.id === row.identity_id && owner?.email_verified_at === null ? row : null
    case 'reset_password':
      return owner && (row.identity_id === null || row.identity_id === owner.id) ? toOwner(row, owner) : null
    case 'finish_registration':
      return owner ? toOwner({ ...row, kind: 'registration_attempted' }, owner) : row
    default:
      return owner ? toOwner({ ...row, kind: 'email_taken' }, owner) : row
  }
}

function toOwner(row: MailRow, owner: AddresseeRow): MailRow {
  return {
    ...row,
    identity_id: owner.id,
    locale: owner.locale,
    params: { ...row.params, name: owner.name },
  }
}
