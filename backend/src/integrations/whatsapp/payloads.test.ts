import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laterState, statesBefore } from './delivery-state.ts'
import { safeFileName } from './payload-content.ts'
import { senderKey } from './payload-sender.ts'
import { normaliseWebhook, parseWebhook } from './payloads.ts'
import type { InboundMessage, InboundStatus } from './payloads.ts'

const BSUID = 'BR.13491208655302741918'
const contact = { profile: { name: 'Ana Lima' }, wa_id: '5511987654321', user_id: BSUID }

function bodyOf(value: Record<string, unknown>) {
  const metadata = { display_phone_number: '15550783881', phone_number_id: '106540352242922' }
  const full = { messaging_product: 'whatsapp', metadata, ...value }
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value: full }] }],
  }
}

function messageFrom(message: Record<string, unknown>, contacts: unknown = [contact]): InboundMessage {
  const full = { from: '5511987654321', id: 'wamid.A1', timestamp: '1764000000', ...message }
  const [event] = normaliseWebhook(bodyOf({ contacts, messages: [full] }))
  if (event?.kind !== 'message') throw new Error('no message came out')
  return event
}

function statusFrom(status: Record<string, unknown>): InboundStatus | undefined {
  const [event] = normaliseWebhook(
    bodyOf({ statuses: [{ id: 'wamid.S1', timestamp: '1764000000', ...status }] }),
  )
  return event?.kind === 'status' ? event : undefined
}

describe('inbound messages', () => {
  it("reads a text with its sender and Meta's time", () => {
    const message = messageFrom({ type: 'text', text: { body: ' mercado 52,90 ' } })
    expect(message).toMatchObject({
      key: 'message:wamid.A1',
      phoneNumberId: '106540352242922',
      type: 'text',
      text: 'mercado 52,90',
      at: '2025-11-24T16:00:00.000Z',
      sender: { bsuid: BSUID, waId: '5511987654321', name: 'Ana Lima' },
    })
  })

  it('stores text in NFC without control and bidirectional characters, cut at 4,096 code points', () => {
    const text = (body: string) => messageFrom({ type: 'text', text: { body } }).text
    expect(text('pa\u0303o\u0000\u202E 5\u2066')).toBe('p\u00e3o 5')
    expect([...(text('🍞'.repeat(5000)) ?? '')]).toHaveLength(4096)
    expect(text('   ')).toBeNull()
  })

  it('keeps a picture without caption textless, and a caption as the text', () => {
    const image = { mime_type: 'image/jpeg', sha256: 'abc+8g=', id: '654' }
    expect(messageFrom({ type: 'image', image })).toMatchObject({ text: null, media: { id: '654' } })
    expect(messageFrom({ type: 'image', image: { ...image, caption: 'nota 30' } }).text).toBe('nota 30')
  })

  it('reads a voice note whose mime type has a parameter', () => {
    const audio = { mime_type: 'audio/ogg; codecs=opus', id: '1', sha256: 'x=', voice: true }
    expect(messageFrom({ type: 'audio', audio }).media).toMatchObject({ mimeType: 'audio/ogg', voice: true })
  })

  it('sanitises the file name of a document', () => {
    const document = {
      filename: '../../etc/pass\u202Ewd.pdf',
      id: '1',
      mime_type: 'application/pdf',
      caption: 'conta',
    }
    const message = messageFrom({ type: 'document', document })
    expect(message.media?.fileName).toBe('passwd.pdf')
    expect(message.text).toBe('conta')
  })

  it('routes buttons and lists by id and shows the title', () => {
    const button = { type: 'button_reply', button_reply: { id: 'tx:undo:1', title: 'Desfazer' } }
    const list = { type: 'list_reply', list_reply: { id: 'cat:2', title: 'Lazer', description: 'x' } }
    expect(messageFrom({ type: 'interactive', interactive: button })).toMatchObject({
      choice: { id: 'tx:undo:1', title: 'Desfazer' },
      text: 'Desfazer',
    })
    expect(messageFrom({ type: 'interactive', interactive: list }).choice?.id).toBe('cat:2')
    expect(messageFrom({ type: 'button', button: { payload: 'p', text: 'Sim' } }).choice).toEqual({
      id: 'p',
      title: 'Sim',
    })
  })

  it('survives an interactive message without its object and a flow whose JSON is an array', () => {
    const errors = [{ code: 131000, title: 'Unsupported webhook payload' }]
    expect(messageFrom({ type: 'interactive', errors })).toMatchObject({
      choice: null,
      errors: [{ code: 131000 }],
    })
    const flow = { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '[]' } }
    expect(messageFrom({ type: 'interactive', interactive: flow }).text).toBe('Sent')
  })

  it('reads a place without name, and refuses impossible coordinates', () => {
    expect(messageFrom({ type: 'location', location: { latitude: -23.5, longitude: -46.6 } }).place).toEqual({
      latitude: -23.5,
      longitude: -46.6,
      name: null,
      address: null,
    })
    expect(messageFrom({ type: 'location', location: { latitude: 123, longitude: 0 } }).place).toBeNull()
  })

  it('keeps shared cards as content, not as the sender', () => {
    const contacts = [
      { name: { formatted_name: 'Monica' }, phones: [{ phone: '+1 666', wa_id: '16665550100' }] },
      {},
    ]
    const message = messageFrom({ type: 'contacts', contacts })
    expect(message.cards).toEqual([
      { name: 'Monica', phone: '16665550100' },
      { name: null, phone: null },
    ])
    expect(message.sender.name).toBe('Ana Lima')
  })

  it('reads reactions and their removal, edits, revocations, orders and unsupported types', () => {
    const reaction = messageFrom({ type: 'reaction', reaction: { message_id: 'wamid.B', emoji: '👍' } })
    expect(reaction).toMatchObject({ target: 'wamid.B', emoji: '👍', text: null })
    expect(messageFrom({ type: 'reaction', reaction: { message_id: 'wamid.B' } }).emoji).toBeNull()
    const edit = { original_message_id: 'wamid.B', message: { type: 'text', text: { body: 'mercado 60' } } }
    expect(messageFrom({ type: 'edit', edit })).toMatchObject({ target: 'wamid.B', text: 'mercado 60' })
    expect(messageFrom({ type: 'revoke', revoke: { original_message_id: 'wamid.B' } }).target).toBe('wamid.B')
    const order = {
      text: 'para hoje',
      product_items: [{ product_retailer_id: 'SKU1', quantity: 2, item_price: 7.5 }],
    }
    expect(messageFrom({ type: 'order', order }).text).toBe('para hoje\n2 x SKU1')
    const unsupported = messageFrom({ type: 'unsupported', errors: [{ code: 131051, title: 'Unknown' }] })
    expect(unsupported).toMatchObject({ text: null, errors: [{ code: 131051, message: 'Unknown' }] })
    expect(messageFrom({ type: '<script>' }).type).toBe('unsupported')
  })

  it('reads a number change, which has no contacts, without merging the numbers', () => {
    const system = { type: 'user_changed_number', body: 'A changed', wa_id: '5511900000000' }
    const message = messageFrom({ type: 'system', system }, undefined)
    expect(message.sender.waId).toBe('5511987654321')
    expect(message.system).toEqual({ event: 'user_changed_number', newWaId: '5511900000000' })
  })

  it('notes what is quoted', () => {
    expect(messageFrom({ type: 'text', text: { body: 'ok' }, context: { id: 'wamid.Q==' } }).quoted).toBe(
      'wamid.Q==',
    )
  })
})

describe('senders', () => {
  it('lives without a phone, and recognises a BSUID in `from`', () => {
    const text = { type: 'text', text: { body: 'oi' } }
    const noPhone = messageFrom({ ...text, from: undefined, from_user_id: BSUID }, [{ user_id: BSUID }])
    expect(noPhone.sender).toEqual({ bsuid: BSUID, waId: null, name: null })
    expect(messageFrom({ ...text, from: BSUID }, []).sender).toEqual({ bsuid: BSUID, waId: null, name: null })
    expect(messageFrom({ ...text, from: 'garbage!' }, []).sender.waId).toBeNull()
  })

  it('takes the contact that fits where there are several', () => {
    const other = { profile: { name: 'Bia' }, wa_id: '5521900000000', user_id: 'BR.2' }
    const message = messageFrom({ type: 'text', text: { body: 'x' } }, [other, contact])
    expect(message.sender.name).toBe('Ana Lima')
    expect(messageFrom({ type: 'text', text: { body: 'x' } }, [other]).sender.name).toBeNull()
  })

  it('is keyed by the BSUID, else by the phone', () => {
    expect(senderKey({ bsuid: BSUID, waId: '5511', name: null })).toBe(BSUID)
    expect(senderKey({ bsuid: null, waId: '5511999999999', name: null })).toBe('5511999999999')
    expect(senderKey({ bsuid: null, waId: null, name: 'x' })).toBeNull()
  })
})

describe('statuses', () => {
  it('reads a failure with its reason and our own id', () => {
    const errors = [{ code: 130472, title: 't', error_data: { details: 'part of an experiment' }, href: 'x' }]
    expect(statusFrom({ status: 'failed', errors, biz_opaque_callback_data: 'our-id' })).toMatchObject({
      status: 'failed',
      correlationId: 'our-id',
      errors: [{ code: 130472, message: 'part of an experiment' }],
    })
  })

  it('takes played for read, and leaves out what it does not know', () => {
    expect(statusFrom({ status: 'played' })?.status).toBe('read')
    expect(statusFrom({ status: 'toString' })).toBeUndefined()
  })

  it('never lets a message go backwards, in any order of arrival', () => {
    expect(laterState('read', 'delivered')).toBe('read')
    expect(laterState('queued', 'read')).toBe('read')
    expect(laterState('failed', 'sent')).toBe('failed')
    expect(laterState('unknown', 'sent')).toBe('sent')
    expect(statesBefore('delivered')).toEqual(['queued', 'unknown', 'sent', 'failed'])
    fc.assert(
      fc.property(fc.shuffledSubarray(['sent', 'delivered', 'read'] as const, { minLength: 1 }), (order) => {
        const end = order.reduce<Parameters<typeof laterState>[0]>(laterState, 'queued')
        const best = (['read', 'delivered', 'sent'] as const).find((state) => order.includes(state))
        expect(end).toBe(best)
      }),
    )
  })
})

describe('batches', () => {
  it('walks every entry, change, message, status and error, and collapses duplicates', () => {
    const text = {
      from: '5511987654321',
      id: 'wamid.A',
      timestamp: '1764000000',
      type: 'text',
      text: { body: 'a' },
    }
    const value = {
      contacts: [contact],
      messages: [text, text],
      statuses: [{ id: 'wamid.S', status: 'sent' }],
    }
    const first = bodyOf({ ...value, errors: [{ code: 130429 }] })
    const second = bodyOf({ messages: [{ ...text, id: 'wamid.B' }] })
    const events = normaliseWebhook({
      ...first,
      entry: [...first.entry, ...second.entry, {}, null, { changes: [] }],
    })
    expect(events.map((event) => event.key.replace(/problem:.*/, 'problem'))).toEqual([
      'message:wamid.A',
      'status:wamid.S:sent',
      'problem',
      'message:wamid.B',
    ])
  })

  it('gives nothing without a phone number id or a message id', () => {
    expect(
      normaliseWebhook({ entry: [{ changes: [{ value: { messages: [{ id: 'wamid.A' }] } }] }] }),
    ).toEqual([])
    expect(normaliseWebhook(bodyOf({ messages: [{ type: 'text' }, null, 7] }))).toEqual([])
  })

  it('answers null to what is no JSON', () => {
    expect(parseWebhook(Buffer.from('{'))).toBeNull()
    expect(parseWebhook(Buffer.from('[]'))).toEqual([])
  })

  it('never throws, whatever stands in the body', () => {
    const anything = fc.jsonValue({ maxDepth: 4 })
    const types = ['text', 'image', 'audio', 'document', 'interactive', 'button', 'location', 'contacts']
    const more = ['reaction', 'order', 'system', 'edit', 'revoke', 'unsupported', '__proto__', 'constructor']
    const message = fc
      .tuple(fc.constantFrom(...types, ...more), anything, anything)
      .map(([type, part, from]) => ({
        id: 'wamid.A',
        type,
        [type]: part,
        from,
        context: part,
        errors: part,
        timestamp: from,
      }))
    fc.assert(
      fc.property(message, anything, (odd, contacts) => {
        const [event] = normaliseWebhook(bodyOf({ contacts, messages: [odd], statuses: contacts }))
        expect(event?.kind).toBe('message')
        expect(() => JSON.stringify(event)).not.toThrow()
      }),
    )
    fc.assert(fc.property(anything, (body) => Array.isArray(normaliseWebhook(body))))
  })
})

describe('file names', () => {
  it('are one harmless segment of at most 120 characters', () => {
    expect(safeFileName('C:\\docs\\nota fiscal.pdf')).toBe('nota fiscal.pdf')
    expect(safeFileName('...')).toBeNull()
    expect(safeFileName(7)).toBeNull()
    expect(safeFileName(`${'a'.repeat(300)}.pdf`)).toMatch(/^a{116}\.pdf$/)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const safe = safeFileName(name)
        expect(safe === null || (safe.length <= 120 && !/[/\\]|^\./.test(safe))).toBe(true)
      }),
    )
  })
})
