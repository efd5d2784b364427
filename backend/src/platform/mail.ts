/** Mail by SMTP. Sent from jobs: a failure is thrown, and the job tries again. */
import { createTransport } from 'nodemailer'
import type { Log } from './log.ts'

export interface Mail {
  /** One address. */
  to: string
  subject: string
  text: string
  html?: string | undefined
}

export interface Mailer {
  /**
   * Hands a mail to the SMTP server.
   * @param id names the mail: its Message-ID, the same at each attempt, so that mailboxes see one mail sent twice
   * @throws Error when the server refuses it or does not answer
   */
  send(mail: Mail, id?: string): Promise<void>
  close(): Promise<void>
}

export interface MailerOptions {
  /** Undefined: no mail is sent, the log says so. */
  host: string | undefined
  port: number
  user?: string | undefined
  password?: string | undefined
  /** As `CHRONOS <no-reply@example.com>`. */
  from: string
  log: Log
  timeoutMs?: number
}

const SMTPS_PORT = 465

export function createMailer(options: MailerOptions): Mailer {
  const { host, port, user, password, from, log, timeoutMs = 10_000 } = options
  if (host === undefined) return createSilentMailer(log)
  const transport = createTransport({
    host,
    port,
    secure: port === SMTPS_PORT,
    // A password never travels in the clear.
    requireTLS: user !== undefined && port !== SMTPS_PORT,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs * 3,
    // Contents are texts, whoever wrote them: never a path or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost'
  return {
    async send(mail, id) {
      await transport.sendMail({
        from,
        // As an object it is one address, whatever commas stand in it.
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        ...(mail.html === undefined ? {} : { html: mail.html }),
        ...(id === undefined ? {} : { messageId: `<${id}@${domain}>` }),
        // Keeps out-of-office robots from answering.
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      log.debug({ subject: mail.subject }, 'Mail sent')
    },
    async close() {
      transport.close()
    },
  }
}

/** Texts hold links that sign somebody in, so the log gets none of them. */
function createSilentMailer(log: Log): Mailer {
  return {
    async send(mail) {
      log.warn({ subject: mail.subject }, 'Mail is not configured (EMAIL_HOST): not sent')
    },
    close: () => Promise.resolve(),
  }
}
