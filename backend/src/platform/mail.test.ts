import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import pino from 'pino'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { createMailer, type Mailer, type MailerOptions } from './mail.ts'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Mailbox {
  port: number
  mails: ParsedMail[]
  recipients: string[]
}

/** A real SMTP server on a free port. */
async function mailbox(options: SMTPServerOptions = {}): Promise<Mailbox> {
  const box: Mailbox = { port: 0, mails: [], recipients: [] }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, session, done) {
      box.recipients.push(...session.envelope.rcptTo.map((recipient) => recipient.address))
      box.mails.push(await simpleParser(stream))
      done()
    },
    ...options,
  })
  server.on('error', () => undefined)
  const listening: Server = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  box.port = (listening.address() as AddressInfo).port
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return box
}

function mailer(port: number, options: Partial<MailerOptions> = {}): Mailer {
  const made = createMailer({
    host: '127.0.0.1',
    port,
    from: 'CHRONOS <no-reply@chronos.example>',
    log: pino({ level: 'silent' }),
    timeoutMs: 500,
    ...options,
  })
  closing.unshift(() => made.close())
  return made
}

const mail = { to: 'ana@example.com', subject: 'Confirmação de conta', text: 'Olá', html: '<p>Olá</p>' }

describe('a mailer', () => {
  it('sends text and HTML, marked as written by a machine', async () => {
    const box = await mailbox()
    await mailer(box.port).send(mail, '0195a000-0000-7000-8000-000000000001')
    const [sent] = box.mails
    expect(sent?.subject).toBe('Confirmação de conta')
    expect(sent?.text?.trim()).toBe('Olá')
    expect(sent?.html).toContain('<p>Olá</p>')
    expect(sent?.from?.text).toBe('"CHRONOS" <no-reply@chronos.example>')
    expect(sent?.messageId).toBe('<0195a000-0000-7000-8000-000000000001@chronos.example>')
    expect(sent?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(box.recipients).toEqual(['ana@example.com'])
  })

  it('lets nobody add recipients or headers', async () => {
    const box = await mailbox()
    const sender = mailer(box.port)
    await sender.send({ ...mail, subject: 'Hi\r\nBcc: eve@example.com\r\n\r\nbody' })
    await sender.send({ ...mail, to: 'ana@example.com, eve@example.com' }).catch(() => undefined)
    expect(box.recipients).not.toContain('eve@example.com')
    expect(box.mails[0]?.bcc).toBeUndefined()
  })

  it('throws when the server refuses', async () => {
    const box = await mailbox({
      onRcptTo: (_address, _session, done) => done(new Error('no such mailbox')),
    })
    await expect(mailer(box.port).send(mail)).rejects.toThrow('no such mailbox')
  })

  it('throws when nobody answers', async () => {
    await expect(mailer(1).send(mail)).rejects.toThrow()
  })

  it('sends no password over a connection that is not encrypted', async () => {
    const asked: string[] = []
    const box = await mailbox({
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => {
        asked.push(auth.password ?? '')
        done(null, { user: 'chronos' })
      },
    })
    await expect(mailer(box.port, { user: 'chronos', password: 'secret' }).send(mail)).rejects.toThrow()
    expect(asked).toEqual([])
  })

  it('without a host sends nothing and logs no text', async () => {
    const lines: string[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
    await mailer(0, { host: undefined, log }).send({
      ...mail,
      text: 'https://example.com/reset/secret-token',
    })
    expect(lines.join()).toContain('not sent')
    expect(lines.join()).not.toMatch(/secret-token|ana@example.com/)
  })
})
