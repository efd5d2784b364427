/** Sends the mails that wait. A job that runs twice makes a new link and sends it under the same Message-ID. */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import type { Mailer } from '../../platform/mail.ts'
import { countSend } from '../../platform/measures.ts'
import { issueLink } from './link-tokens.ts'
import { addressed } from './mail-addressee.ts'
import { LINKS, type MailKind } from './mail-queue.ts'
import { findWaitingMail, lockWaitingMail, markSent, type MailRow } from './mail.queries.ts'
import { writeMail } from './mail-texts.ts'

export interface MailJobDeps {
  control: ControlPlane
  clock: Clock
  mailer: Mailer
  /** Links begin with it, whatever host a request named. */
  publicUrl: string
}

export function mailJobs(deps: MailJobDeps): JobHandler[] {
  return [
    {
      queue: 'mails',
      concurrency: 2,
      handle: async ({ subjectId }) => {
        if (subjectId !== null) await sendMail(deps, subjectId)
      },
    },
  ]
}

async function sendMail(deps: MailJobDeps, id: string): Promise<void> {
  const { control, clock, mailer, publicUrl } = deps
  const waiting = await findWaitingMail(control, id)
  const mail = waiting && (await addressed(control, waiting, clock.now()))
  if (mail) {
    const link = LINKS[mail.kind]
    const secret = link && (await secretFor(deps, mail, link))
    // Taken back while this was on its way.
    if (secret === null) return
    const address = link && `${publicUrl}${link.path}#token=${secret}`
    const text = writeMail(mail.kind, mail.locale, { ...mail.params, publicUrl }, address)
    await mailer.send({ to: mail.recipient, ...text }, mail.id).catch((error: unknown) => {
      countSend('mail', 'later')
      throw error
    })
    countSend('mail', 'sent')
  }
  if (waiting) await markSent(control, id, clock.now())
}

function secretFor(
  { control, clock }: MailJobDeps,
  mail: MailRow,
  link: NonNullable<(typeof LINKS)[MailKind]>,
): Promise<string | null> {
  const now = clock.now()
  return control.transaction(async (queries) => {
    if (!(await lockWaitingMail(queries, mail.id))) return null
    return issueLink(
      queries,
      {
        purpose: link.purpose,
        identityId: mail.identity_id,
        tenantId: mail.tenant_id,
        subjectId: mail.subject_id,
        email: mail.recipient,
        expiresAt: new Date(now.getTime() + link.hours * 3_600_000),
      },
      now,
    )
  })
}
