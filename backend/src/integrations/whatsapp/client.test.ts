import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGraphClient } from './client.ts'
import { startGraphDouble } from './graph-double.ts'
import type { GraphDouble } from './graph-double.ts'
import { hashMatches, isMediaUrlAllowed } from './media.ts'
import { sendBody } from './outbound.ts'
import { parseWebhook } from './payloads.ts'
import type { InboundEvent } from './payloads.ts'
import { refusalAction } from './send-errors.ts'
import { verifySignature } from './signature.ts'

const secret = 'app-secret'
const phoneNumberId = '106540352242922'
const ana = { waId: '5511987654321', bsuid: null }
const received: InboundEvent[] = []
let answerStatus = 200
let double: GraphDouble
const webhook = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const raw = Buffer.concat(chunks)
    const signed = verifySignature(secret, raw, request.headers['x-hub-signature-256'])
    if (signed && answerStatus === 200) received.push(...(parseWebhook(raw) ?? []))
    response.writeHead(signed ? answerStatus : 401).end()
  })
})

function clientOf(
  overrides: { token?: string; phoneNumberId?: string; timeoutMs?: number; baseUrl?: string } = {},
) {
  return createGraphClient({
    baseUrl: double.url,
    version: 'v25.0',
    phoneNumberId,
    token: 'token',
    ...overrides,
  })
}

function statuses() {
  return received.flatMap((event) =>
    event.kind === 'status' ? [`${event.status} ${event.correlationId}`] : [],
  )
}

beforeEach(async () => {
  received.length = 0
  answerStatus = 200
  await new Promise<void>((resolve) => {
    webhook.listen(0, '127.0.0.1', resolve)
  })
  const address = webhook.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const webhookUrl = `http://127.0.0.1:${port}/webhooks/whatsapp`
  double = await startGraphDouble({ webhookUrl, appSecret: secret, phoneNumberId, token: 'token' })
})

afterEach(async () => {
  await double.close()
  webhook.closeAllConnections()
  await new Promise((resolve) => {
    webhook.close(resolve)
  })
})

describe('sending', () => {
  it('sends a text to a phone with its plus sign and gets its receipts under our id', async () => {
    const result = await clientOf().send({ recipient: ana, correlationId: 'our-1', text: 'Olá! 👋' })
    expect(result).toMatchObject({ outcome: 'sent', waId: '5511987654321' })
    expect(double.sends[0]?.body).toMatchObject({ to: '+5511987654321', text: { body: 'Olá! 👋' } })
    await double.idle()
    expect(statuses()).toEqual(['sent our-1', 'delivered our-1', 'read our-1'])
  })

  it('sends to a person without phone through `recipient`', async () => {
    const recipient = { waId: null, bsuid: 'BR.123' }
    expect(await clientOf().send({ recipient, correlationId: 'a', text: 'oi' })).toMatchObject({
      outcome: 'sent',
    })
    expect(double.sends[0]?.body).toMatchObject({ recipient: 'BR.123' })
    expect(double.sends[0]?.body).not.toHaveProperty('to')
    expect(() => sendBody({ recipient: { waId: null, bsuid: null }, correlationId: 'a', text: 'x' })).toThrow(
      RangeError,
    )
  })

  it('keeps every limit of Meta by cutting, in code points', async () => {
    const buttons = ['Desfazer este lançamento agora', 'b', 'c', 'd'].map((title) => ({
      id: title.repeat(90),
      title,
    }))
    const text = '💰'.repeat(5000)
    const client = clientOf()
    expect(await client.send({ recipient: ana, correlationId: 'a', text, buttons })).toMatchObject({
      outcome: 'sent',
    })
    expect(await client.send({ recipient: ana, correlationId: 'a', text })).toMatchObject({ outcome: 'sent' })
  })

  it('gives the code of a refusal and what to do', async () => {
    double.failNext({ code: 131047 }, { code: 131056 }, { code: 130429 }, { code: 131016 })
    const client = clientOf()
    const actions = []
    for (let index = 0; index < 4; index += 1) {
      const result = await client.send({ recipient: ana, correlationId: 'a', text: 'x' })
      actions.push(result.outcome === 'refused' ? result.action : result.outcome)
    }
    expect(actions).toEqual(['window_closed', 'hold_recipient', 'retry', 'retry'])
  })

  it('stops the channel on a wrong token, and drops for a wrong number id', async () => {
    const message = { recipient: ana, correlationId: 'a', text: 'x' }
    expect(await clientOf({ token: 'wrong' }).send(message)).toMatchObject({
      code: 190,
      action: 'stop_channel',
    })
    expect(await clientOf({ phoneNumberId: '1' }).send(message)).toMatchObject({ code: 100, action: 'drop' })
  })

  it('calls a time-out, a cut connection and a bare gateway error unknown, and the receipt still comes', async () => {
    double.failNext({ how: 'timeout' }, { how: 'reset' }, { how: 'gateway' })
    const client = clientOf({ timeoutMs: 200 })
    for (const id of ['t', 'r', 'g'])
      expect(await client.send({ recipient: ana, correlationId: id, text: 'x' })).toMatchObject({
        outcome: 'unknown',
      })
    await double.idle()
    expect(statuses().filter((status) => status.startsWith('read'))).toEqual(['read t', 'read r'])
  })

  it('knows that nothing left when nobody listens', async () => {
    const client = clientOf()
    await double.close()
    const result = await client.send({ recipient: ana, correlationId: 'a', text: 'x' })
    expect(result).toMatchObject({ outcome: 'refused', action: 'retry', code: null })
  })

  it('reports a failure that comes later as a status', async () => {
    double.failNext({ code: 131026, how: 'status' })
    await clientOf().send({ recipient: ana, correlationId: 'late', text: 'x' })
    await double.idle()
    expect(received).toMatchObject([{ status: 'failed', correlationId: 'late', errors: [{ code: 131026 }] }])
  })

  it('is refused after 24 hours of silence, to the second', async () => {
    let now = 1_764_000_000_000
    await double.close()
    const address = webhook.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const webhookUrl = `http://127.0.0.1:${port}/`
    double = await startGraphDouble({
      webhookUrl,
      appSecret: secret,
      phoneNumberId,
      token: 'token',
      now: () => now,
    })
    await double.receive(double.person({ waId: '5511987654321' }), { type: 'text', text: 'oi' }).delivered
    const message = { recipient: ana, correlationId: 'a', text: 'x' }
    now += 86_400_000
    expect(await clientOf().send(message)).toMatchObject({ outcome: 'sent' })
    now += 1000
    expect(await clientOf().send(message)).toMatchObject({ action: 'window_closed' })
  })

  it('marks read and shows that an answer is coming', async () => {
    expect(await clientOf().markRead('wamid.X', { typing: true })).toBe(true)
    expect(double.reads).toEqual([{ wamid: 'wamid.X', typing: true }])
  })
})

describe('error codes', () => {
  it('decides by the code, then by the HTTP status', () => {
    expect(refusalAction(190, 200)).toBe('stop_channel')
    expect(refusalAction(210, 400)).toBe('stop_channel')
    expect(refusalAction(131049, 400)).toBe('retry_tomorrow')
    expect(refusalAction(999999, 400)).toBe('drop')
    expect(refusalAction(null, 429)).toBe('retry')
    expect(refusalAction(null, 404)).toBe('drop')
  })
})

describe('media', () => {
  const pdf = Buffer.from('%PDF-1.7 a receipt')

  it('downloads bytes, checks the hash and says what they are', async () => {
    const media = double.addMedia(pdf, 'image/png')
    const sha256 = Buffer.from(media.sha256, 'hex').toString('base64')
    const result = await clientOf().downloadMedia(media.id, { sha256 })
    expect(result).toMatchObject({ outcome: 'ok', mimeType: 'application/pdf' })
    expect(result.outcome === 'ok' && Buffer.from(result.bytes).equals(pdf)).toBe(true)
    expect(await clientOf().downloadMedia(media.id, { sha256: media.sha256 })).toMatchObject({
      outcome: 'ok',
    })
  })

  it('refuses more bytes than allowed, another hash and an unknown id', async () => {
    const media = double.addMedia(pdf, 'application/pdf')
    const client = clientOf()
    expect(await client.downloadMedia(media.id, { maxBytes: 5 })).toMatchObject({ outcome: 'too_large' })
    expect(await client.downloadMedia(media.id, { sha256: '00'.repeat(32) })).toMatchObject({
      outcome: 'corrupt',
    })
    expect(await client.downloadMedia('404')).toMatchObject({ outcome: 'gone' })
  })

  it('sends the token to hosts of Meta alone', () => {
    const base = 'https://graph.facebook.com'
    expect(isMediaUrlAllowed('https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1', base)).toBe(
      true,
    )
    for (const url of [
      'http://lookaside.fbsbx.com/x',
      'https://fbsbx.com.evil.example/x',
      'https://evilfbsbx.com/x',
      'https://user:pw@lookaside.fbsbx.com/x',
      'https://lookaside.fbsbx.com:8443/x',
      'https://169.254.169.254/latest',
      'file:///etc/passwd',
      'nonsense',
    ])
      expect(isMediaUrlAllowed(url, base)).toBe(false)
    expect(hashMatches(pdf, '')).toBe(false)
  })
})

describe('the chat page of the double', () => {
  const headers = { 'content-type': 'application/json', 'x-simulator': '1' }

  it('turns what a person writes into one signed webhook', async () => {
    const body = JSON.stringify({ name: 'Ana', phone: '+55 11 98765-4321', text: 'mercado 52,90' })
    const response = await fetch(`${double.url}/simulator/messages`, { method: 'POST', headers, body })
    expect(response.status).toBe(202)
    await double.idle()
    const sender = { waId: '5511987654321', name: 'Ana' }
    expect(received).toMatchObject([{ kind: 'message', type: 'text', text: 'mercado 52,90', sender }])
  })

  it('shows both sides of the chat, and presses buttons', async () => {
    const buttons = [{ id: 'undo:1', title: 'Desfazer' }]
    await clientOf().send({ recipient: ana, correlationId: 'a', text: 'Feito', buttons })
    await double.idle()
    const state = (await (await fetch(`${double.url}/simulator/state`)).json()) as {
      lines: { wamid: string }[]
    }
    expect(state.lines).toMatchObject([{ from: 'business', text: 'Feito', tick: 'read', buttons }])
    received.length = 0
    const quoted = state.lines[0]?.wamid
    const body = JSON.stringify({ person: '5511987654321', text: 'Desfazer', buttonId: 'undo:1', quoted })
    await fetch(`${double.url}/simulator/messages`, { method: 'POST', headers, body })
    await double.idle()
    expect(received).toMatchObject([{ type: 'interactive', choice: { id: 'undo:1' }, quoted }])
  })

  it('repeats a delivery that was not answered with 200', async () => {
    answerStatus = 500
    const { delivered } = double.receive(double.person(ana.waId ? { waId: ana.waId } : {}), {
      type: 'text',
      text: 'oi',
    })
    setTimeout(() => (answerStatus = 200), 100)
    expect(await delivered).toBe(200)
    expect(received).toHaveLength(1)
  })

  it('takes no call from a foreign page, and is a page without inline scripts', async () => {
    const text = await fetch(`${double.url}/simulator/messages`, { method: 'POST', body: '{}' })
    expect(text.status).toBe(403)
    const page = await fetch(double.url)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(await page.text()).toContain('/page.js')
  })
})
