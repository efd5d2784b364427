/** The words of every mail, in the three languages, as plain text and as HTML without pictures or trackers. */
import type { MailKind } from './mail-queue.ts'
import { EN } from './texts/en.ts'
import { ES } from './texts/es.ts'
import { PT } from './texts/pt.ts'

export interface MailText {
  subject: string
  greeting: string
  body: string
  button: string
  footer: string
}
export type MailTexts = Readonly<Record<MailKind, MailText>>

/** Pages that buttons without a link of their own lead to. */
const PAGES: Readonly<Partial<Record<MailKind, string>>> = {
  registration_attempted: '/sign-in',
  sessions_ended: '/sign-in',
  sessions_ended_here: '/sign-in',
  factor_added: '/settings/security',
  factor_removed: '/settings/security',
  provider_connected: '/settings/security',
  provider_disconnected: '/settings/security',
  recovery_code_used: '/settings/security',
  new_sign_in: '/settings/security',
  token_created: '/settings/tokens',
  export_ready: '/settings/data',
  workspace_export_ready: '/settings/exports',
}

const BY_LANGUAGE: Readonly<Record<string, MailTexts>> = { pt: PT, en: EN, es: ES }

/**
 * @param params words for the places in braces, and `publicUrl`
 * @param link the address of the button, with its secret; the web's own where the mail has no secret
 */
export function writeMail(
  kind: MailKind,
  locale: string,
  params: Readonly<Record<string, string>>,
  link?: string,
): { subject: string; text: string; html: string } {
  const texts = (BY_LANGUAGE[locale.slice(0, 2)] ?? EN)[kind]
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_all, name: string) => oneLine(params[name] ?? ''))
  const address = link ?? `${params['publicUrl'] ?? ''}${PAGES[kind] ?? '/'}`
  const [subject, greeting, body, button, footer] = [
    fill(texts.subject),
    fill(texts.greeting),
    fill(texts.body),
    fill(texts.button),
    fill(texts.footer),
  ]
  return {
    subject,
    text: `${greeting}\n\n${body}\n\n${button}: ${address}\n\n${footer}\n\nCHRONOS\n`,
    html: page([greeting, body].map(paragraph).join('') + buttonTo(address, button) + small(footer), locale),
  }
}

/** A name cannot bring lines of its own into a header or a text. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim()
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const paragraph = (text: string): string => `<p style="margin:0 0 16px">${escaped(text)}</p>`
const small = (text: string): string =>
  `<p style="margin:24px 0 0;color:#667;font-size:13px">${escaped(text)}</p>`
const buttonTo = (address: string, text: string): string =>
  `<p style="margin:24px 0"><a href="${escaped(address)}" style="background:#0b7a5c;color:#fff;padding:12px 20px;` +
  `border-radius:8px;text-decoration:none;display:inline-block">${escaped(text)}</a></p>` +
  `<p style="margin:0;color:#667;font-size:13px;word-break:break-all">${escaped(address)}</p>`

function page(content: string, locale: string): string {
  return (
    `<!doctype html><html lang="${escaped(locale)}"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">` +
    `<title>CHRONOS</title></head><body style="margin:0;background:#f4f5f2"><div style="max-width:520px;margin:0 auto;padding:32px 24px;` +
    `font:16px/1.5 system-ui,sans-serif;color:#1c2320;background:#fff"><p style="margin:0 0 24px;font-weight:700">CHRONOS</p>` +
    `${content}</div></body></html>`
  )
}
