/** Sends the mails that wait. A job that runs twice makes a new link and sends it under the same Message-ID. */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import type { Mailer } from '../../platform/mail.ts'
import { issueLink } from './link-tokens.ts'
import { LINKS, type MailKind } from './mail-queue.ts'
import { writeMail } from './mail-texts.ts'

export interface MailJobDeps {
  control: ControlPlane
  clock: Clock
  mailer: Mailer
  /** Links begin with it, whatever host a request named. */
  publicUrl: string
}

interface MailRow {
  id: string
  kind: MailKind
  recipient: string
  locale: string
  identity_id: string | null
  tenant_id: string | null
  subject_id: string | null
  params: Record<string, string>
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
  const [row] = await control.query<MailRow>(
    `select id, kind, recipient, locale, identity_id, tenant_id, subject_id, params from control.mails
     where id = $1 and sent_at is null`,
    id,
  )
  if (!row) return
  const link = LINKS[row.kind]
  const address = link && `${publicUrl}${link.path}#token=${await secretFor(deps, row, link)}`
  await mailer.send(
    { to: row.recipient, ...writeMail(row.kind, row.locale, { ...row.params, publicUrl }, address) },
    row.id,
  )
  await control.query('update control.mails set sent_at = $2 where id = $1', id, clock.now())
}

function secretFor(
  { control, clock }: MailJobDeps,
  row: MailRow,
  link: NonNullable<(typeof LINKS)[MailKind]>,
): Promise<string> {
  const now = clock.now()
  return control.transaction((queries) =>
    issueLink(
      queries,
      {
        purpose: link.purpose,
        identityId: row.identity_id,
        tenantId: row.tenant_id,
        subjectId: row.subject_id,
        email: row.recipient,
        expiresAt: new Date(now.getTime() + link.hours * 3_600_000),
      },
      now,
    ),
  )
}
