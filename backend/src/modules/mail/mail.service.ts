/** What other modules use of mails: asking for one, and the links that came by one. */
import type { ControlQueries } from '../../platform/control.ts'
import { issueLink, voidLinks, type LinkPurpose } from './link-tokens.ts'
import { LINKS, type MailKind } from './mail-queue.ts'
import { deleteWaitingMails } from './mail.queries.ts'

export { queueMail, type MailKind, type MailRequest } from './mail-queue.ts'
export { issueLink, readLink, redeemLink, voidLinks, type LinkPurpose, type LinkRow } from './link-tokens.ts'

/** Takes back links of a person, also those whose mail has not left yet. In the transaction of what makes them void. */
export async function cancelLinks(
  queries: ControlQueries,
  identityId: string,
  purposes: readonly LinkPurpose[],
): Promise<void> {
  const kinds = (Object.keys(LINKS) as MailKind[]).filter((kind) =>
    purposes.some((purpose) => LINKS[kind]?.purpose === purpose),
  )
  await deleteWaitingMails(queries, identityId, kinds)
  for (const purpose of purposes) await voidLinks(queries, purpose, { identityId })
}

/**
 * Where a link leads that is handed over in another way than by mail, and until when; those before it are void. A mail
 * that anybody asks for voids the mails before it alone: where none leaves, a stranger would void this one with it.
 */
export async function resetLinkFor(
  queries: ControlQueries,
  person: { id: string; email: string },
  now: Date,
): Promise<{ path: string; expiresAt: Date }> {
  const { purpose, hours, path } = LINKS.reset_password
  const expiresAt = new Date(now.getTime() + hours * 3_600_000)
  await voidLinks(queries, purpose, { identityId: person.id })
  const handed = { tenantId: null, subjectId: person.id }
  const secret = await issueLink(
    queries,
    { purpose, identityId: person.id, email: person.email, ...handed, expiresAt },
    now,
  )
  return { path: `${path}#token=${secret}`, expiresAt }
}
