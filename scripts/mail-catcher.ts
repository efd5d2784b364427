// The mail catcher of `make dev`: an SMTP server that delivers nothing, and a page that shows what it took.
// Messages live in memory, the newest 500 of them.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { simpleParser } from 'mailparser'
import type { AddressObject } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { readEnvironment } from './env-file.ts'
import { readPorts } from './settings.ts'

const KEPT_MESSAGES = 500
const MAX_MESSAGE_BYTES = 25 * 1024 * 1024
const PAGE_FOLDER = new URL('./mail-catcher/', import.meta.url)

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'"
// A mail may not run scripts or load anything from outside; its links open in a new tab.
const MAIL_POLICY =
  'sandbox allow-popups allow-popups-to-escape-sandbox; ' +
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

export interface CaughtMail {
  id: string
  /** When it was taken, ISO 8601. */
  receivedAt: string
  from: string
  to: string[]
  subject: string
  text: string
  /** '' when the mail has no HTML part; images inside the mail are data: URLs. */
  html: string
  attachments: { filename: string; contentType: string; sizeBytes: number }[]
  raw: string
}

export interface MailCatcher {
  smtpPort: number
  uiPort: number
  messages: CaughtMail[]
  close(): Promise<void>
}

/** Listens on both ports of `host`; 0 takes any free one. */
export async function startMailCatcher(options: {
  host: string
  smtpPort: number
  uiPort: number
}): Promise<MailCatcher> {
  const messages: CaughtMail[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: MAX_MESSAGE_BYTES,
    onAuth: (_auth, _session, callback) => callback(null, { user: 'anyone' }),
    onData(stream, session, callback) {
      const receivers = session.envelope.rcptTo.map((address) => address.address)
      receive(stream, receivers).then(
        (mail) => {
          messages.unshift(mail)
          messages.length = Math.min(messages.length, KEPT_MESSAGES)
          console.log(`mail for ${mail.to.join(', ')}: ${mail.subject}`)
          callback()
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
  smtp.on('error', (error: Error) => console.error(error.message))
  const ui = createServer((request, response) => {
    answer(messages, request, response).catch((error: unknown) => {
      console.error(error)
      send(response, 500, 'text/plain', 'The mail catcher failed; its log says why.\n')
    })
  })
  await listen(smtp.server as Server, options.smtpPort, options.host)
  await listen(ui, options.uiPort, options.host)
  return {
    smtpPort: portOf(smtp.server as Server),
    uiPort: portOf(ui),
    messages,
    async close() {
      ui.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => ui.close(() => resolve())),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ])
    },
  }
}

async function receive(stream: Readable, receivers: string[]): Promise<CaughtMail> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const raw = Buffer.concat(chunks)
  const mail = await simpleParser(raw)
  const named = [mail.to ?? []]
    .flat()
    .flatMap((list: AddressObject) => list.value.map((one) => one.address ?? ''))
  return {
    id: crypto.randomUUID(),
    receivedAt: new Date().toISOString(),
    from: mail.from?.text ?? '',
    to: receivers.length > 0 ? receivers : named,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    attachments: mail.attachments.map((attachment) => ({
      filename: attachment.filename ?? 'unnamed',
      contentType: attachment.contentType,
      sizeBytes: attachment.size,
    })),
    raw: raw.toString('utf8'),
  }
}

async function answer(
  messages: CaughtMail[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const [, id, view] = /^\/api\/messages\/([0-9a-f-]+)(?:\/(html|raw))?$/.exec(pathname) ?? []
  if (pathname === '/api/messages' && request.method === 'DELETE') {
    messages.length = 0
    response.writeHead(204).end()
  } else if (pathname === '/api/messages') {
    const items = messages.map(({ html: _html, raw: _raw, ...rest }) => rest)
    send(response, 200, 'application/json', JSON.stringify({ items }))
  } else if (id) {
    const mail = messages.find((one) => one.id === id)
    if (!mail) send(response, 404, 'text/plain', 'There is no such message.\n')
    else if (view === 'html') sendMail(response, mail)
    else if (view === 'raw') send(response, 200, 'text/plain; charset=utf-8', mail.raw)
    else send(response, 200, 'application/json', JSON.stringify(mail))
  } else {
    await sendPage(response, pathname)
  }
}

function sendMail(response: ServerResponse, mail: CaughtMail): void {
  response.setHeader('content-security-policy', MAIL_POLICY)
  send(response, 200, 'text/html; charset=utf-8', `<!doctype html><base target="_blank">${mail.html}`)
}

const PAGE_FILES: Record<string, [string, string]> = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css'],
  '/page.js': ['page.js', 'text/javascript'],
}

async function sendPage(response: ServerResponse, pathname: string): Promise<void> {
  const file = PAGE_FILES[pathname]
  if (!file) return send(response, 404, 'text/plain', 'Not found.\n')
  response.setHeader('content-security-policy', PAGE_POLICY)
  send(response, 200, file[1], await readFile(new URL(file[0], PAGE_FOLDER), 'utf8'))
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  response.end(body)
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const env = readEnvironment()
  const ports = readPorts(env)
  const catcher = await startMailCatcher({
    host: env['BIND'] ?? '127.0.0.1',
    smtpPort: ports.smtp,
    uiPort: ports.mailUi,
  })
  console.log(`takes mail on port ${catcher.smtpPort}, shows it on http://localhost:${catcher.uiPort}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void catcher.close().then(() => process.exit(0)))
  }
}
