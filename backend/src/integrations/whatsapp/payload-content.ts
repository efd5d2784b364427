/**
 * What one inbound message says, for every type that Meta documents. Anything may be absent or of another type; a
 * part that cannot be read is null and never the word "undefined".
 */
import { degreesOf, idOf, integerOf, lineOf, objectOf, objectsOf, textOf } from './payload-fields.ts'
import type { JsonObject } from './payload-fields.ts'
import { waIdOf } from './payload-sender.ts'

/** Code points of an inbound text that are kept; WhatsApp itself allows more. */
export const MAX_TEXT = 4096

export interface Media {
  readonly id: string | null
  /** Lower case, without parameters: `audio/ogg`. */
  readonly mimeType: string | null
  /** As Meta gives it (base64 in webhooks, hex from the media endpoint). */
  readonly sha256: string | null
  /** Sanitised: one path segment, at most 120 characters. Documents only. */
  readonly fileName: string | null
  /** True for a voice note, false for an attached sound file. */
  readonly voice: boolean
}

export interface Place {
  readonly latitude: number
  readonly longitude: number
  readonly name: string | null
  readonly address: string | null
}

export interface PayloadError {
  readonly code: number | null
  readonly message: string | null
}

/** What was pressed: `id` is ours, so commands are routed by it; `title` is what the person saw. */
export interface Choice {
  readonly id: string
  readonly title: string | null
}

export interface Content {
  readonly text: string | null
  readonly choice: Choice | null
  readonly media: Media | null
  readonly place: Place | null
  /** Cards inside the message; never the sender. */
  readonly cards: readonly { readonly name: string | null; readonly phone: string | null }[]
  /** Message id that a reaction, edit or revocation is about. */
  readonly target: string | null
  /** Reaction: the emoji; null where a reaction was taken back. */
  readonly emoji: string | null
  /** System messages: what happened and the new number, which is never trusted for access by itself. */
  readonly system: { readonly event: string | null; readonly newWaId: string | null } | null
  readonly errors: readonly PayloadError[]
}

export const EMPTY_CONTENT: Content = {
  text: null,
  choice: null,
  media: null,
  place: null,
  cards: [],
  target: null,
  emoji: null,
  system: null,
  errors: [],
}

/** One harmless path segment: no directories, no leading dots, no characters that a file system or shell reads. */
export function safeFileName(value: unknown): string | null {
  const line = lineOf(value, 1000)
  if (line === null) return null
  const segment = line.split(/[/\\]/).at(-1) ?? ''
  const safe = segment.replace(/[<>:"|?*\p{Cc}]/gu, '_').replace(/^[.\s]+/, '')
  if (safe.length <= 120) return safe === '' ? null : safe
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(safe)?.[0] ?? ''
  return safe.slice(0, 120 - extension.length).replace(/[\uD800-\uDBFF]$/, '') + extension
}

function mediaOf(value: unknown): Media | null {
  const media = objectOf(value)
  if (!media) return null
  const mimeType = lineOf(media['mime_type'], 200)?.split(';')[0]?.trim().toLowerCase() ?? ''
  return {
    id: idOf(media['id']),
    mimeType: /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(mimeType) ? mimeType : null,
    sha256: idOf(media['sha256'], 128),
    fileName: safeFileName(media['filename']),
    voice: media['voice'] === true,
  }
}

function withMedia(value: unknown): Partial<Content> {
  return { media: mediaOf(value), text: textOf(objectOf(value)?.['caption'], MAX_TEXT) }
}

function placeOf(value: unknown): Place | null {
  const place = objectOf(value)
  const latitude = degreesOf(place?.['latitude'], 90)
  const longitude = degreesOf(place?.['longitude'], 180)
  if (!place || latitude === null || longitude === null) return null
  return { latitude, longitude, name: lineOf(place['name'], 200), address: lineOf(place['address'], 300) }
}

function cardsOf(value: unknown): Content['cards'] {
  return objectsOf(value)
    .slice(0, 50)
    .map((card) => {
      const phone = objectsOf(card['phones'])[0]
      return {
        name: lineOf(objectOf(card['name'])?.['formatted_name'], 120),
        phone: waIdOf(phone?.['wa_id']) ?? lineOf(phone?.['phone'], 40),
      }
    })
}

function choiceOf(value: unknown, titleKey = 'title', idKey = 'id'): Choice | null {
  const reply = objectOf(value)
  const id = lineOf(reply?.[idKey], 256)
  return reply && id !== null ? { id, title: lineOf(reply[titleKey], 200) } : null
}

function interactiveOf(value: unknown): Partial<Content> {
  const interactive = objectOf(value)
  if (!interactive) return {}
  const choice = choiceOf(interactive['button_reply']) ?? choiceOf(interactive['list_reply'])
  if (choice) return { choice, text: choice.title }
  return { text: textOf(objectOf(interactive['nfm_reply'])?.['body'], MAX_TEXT) }
}

function buttonOf(value: unknown): Partial<Content> {
  const choice = choiceOf(value, 'text', 'payload')
  return { choice, text: choice?.title ?? textOf(objectOf(value)?.['text'], MAX_TEXT) }
}

function orderText(value: unknown): string | null {
  const order = objectOf(value)
  const items = objectsOf(order?.['product_items']).slice(0, 30)
  const lines = items.map((item) => {
    const quantity = integerOf(item['quantity']) ?? 1
    return `${quantity} x ${lineOf(item['product_retailer_id'], 80) ?? '?'}`
  })
  return textOf([lineOf(order?.['text'], 500), ...lines].filter((line) => line !== null).join('\n'), MAX_TEXT)
}

function editOf(value: unknown): Partial<Content> {
  const edit = objectOf(value)
  const inner = objectOf(edit?.['message'])
  const captioned = [inner?.['image'], inner?.['video'], inner?.['document']].map(objectOf)
  const caption = captioned.find((part) => part !== null)?.['caption']
  return {
    target: idOf(edit?.['original_message_id']),
    text: textOf(objectOf(inner?.['text'])?.['body'] ?? caption, MAX_TEXT),
  }
}

export function errorsOf(value: unknown): PayloadError[] {
  return objectsOf(value)
    .slice(0, 20)
    .map((error) => ({
      code: integerOf(error['code']),
      message:
        lineOf(objectOf(error['error_data'])?.['details'], 300) ??
        lineOf(error['message'], 300) ??
        lineOf(error['title'], 300),
    }))
}

const READERS: Readonly<Record<string, (message: JsonObject) => Partial<Content>>> = {
  text: (message) => ({ text: textOf(objectOf(message['text'])?.['body'], MAX_TEXT) }),
  image: (message) => withMedia(message['image']),
  video: (message) => withMedia(message['video']),
  sticker: (message) => withMedia(message['sticker']),
  audio: (message) => withMedia(message['audio']),
  document: (message) => withMedia(message['document']),
  interactive: (message) => interactiveOf(message['interactive']),
  button: (message) => buttonOf(message['button']),
  location: (message) => ({ place: placeOf(message['location']) }),
  contacts: (message) => ({ cards: cardsOf(message['contacts']) }),
  order: (message) => ({ text: orderText(message['order']) }),
  edit: (message) => editOf(message['edit']),
  revoke: (message) => ({ target: idOf(objectOf(message['revoke'])?.['original_message_id']) }),
  reaction: (message) => {
    const reaction = objectOf(message['reaction'])
    return { target: idOf(reaction?.['message_id']), emoji: lineOf(reaction?.['emoji'], 20) }
  },
  system: (message) => {
    const system = objectOf(message['system'])
    return {
      text: textOf(system?.['body'], 1000),
      system: { event: lineOf(system?.['type'], 60), newWaId: waIdOf(system?.['wa_id']) },
    }
  },
}

/** The content of a message; a type that is unknown here has its errors alone. */
export function contentOf(type: string, message: JsonObject): Content {
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  return { ...EMPTY_CONTENT, errors: errorsOf(message['errors']), ...read?.(message) }
}
