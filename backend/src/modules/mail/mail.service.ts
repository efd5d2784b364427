/** What other modules use of mails: asking for one, and the links that came by one. */
export { queueMail, type MailKind, type MailRequest } from './mail-queue.ts'
export { issueLink, readLink, redeemLink, voidLinks, type LinkPurpose, type LinkRow } from './link-tokens.ts'
