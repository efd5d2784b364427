import nodemailer from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaughtMail, MailCatcher } from './mail-catcher.ts'
import { startMailCatcher } from './mail-catcher.ts'

let catcher: MailCatcher
let url: string
beforeAll(async () => {
  catcher = await startMailCatcher({ host: '127.0.0.1', smtpPort: 0, uiPort: 0 })
  url = `http://127.0.0.1:${catcher.uiPort}`
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: catcher.smtpPort })
  await transport.sendMail({
    from: 'CHRONOS <no-reply@chronos.local>',
    to: 'ana@example.com',
    subject: 'Olá, açúcar ☕',
    text: 'texto',
    html: '<p>Oi <script>document.title = "run"</script><a href="https://example.com">aqui</a></p>',
    attachments: [{ filename: 'a.csv', content: 'x,y' }],
  })
})
afterAll(() => catcher.close())

const list = async () =>
  ((await (await fetch(`${url}/api/messages`)).json()) as { items: CaughtMail[] }).items

describe('mail catcher', () => {
  it('lists what was sent', async () => {
    expect(await list()).toMatchObject([
      {
        subject: 'Olá, açúcar ☕',
        to: ['ana@example.com'],
        text: 'texto',
        attachments: [{ filename: 'a.csv', contentType: 'text/csv', sizeBytes: 3 }],
      },
    ])
  })

  it('shows a mail where its scripts cannot run and nothing is loaded from outside', async () => {
    const [mail] = await list()
    const response = await fetch(`${url}/api/messages/${mail?.id}/html`)
    const policy = response.headers.get('content-security-policy')
    expect(policy).toMatch(/^sandbox allow-popups /)
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin/)
    expect(policy).toContain("default-src 'none'")
    expect(await response.text()).toContain('aqui')
  })

  it('answers 404 for what it does not have', async () => {
    expect((await fetch(`${url}/api/messages/00000000-0000-0000-0000-000000000000`)).status).toBe(404)
    expect((await fetch(`${url}/../env-file.ts`)).status).toBe(404)
  })

  it('forgets everything when asked', async () => {
    expect((await fetch(`${url}/api/messages`, { method: 'DELETE' })).status).toBe(204)
    expect(await list()).toEqual([])
  })
})
