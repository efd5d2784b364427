/**
 * The person's side of the double: the chat page and what it calls. Every writing call must carry a header that a
 * foreign web page cannot send without being allowed, so no site can write into a developer's books.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { safeFileName } from '../payload-content.ts'
import { cutText, idOf, textOf } from '../payload-fields.ts'
import type { JsonObject } from '../payload-fields.ts'
import { waIdOf } from '../payload-sender.ts'
import { answerJson, readBody, readJson } from './exchange.ts'
import { newWamid } from './people.ts'
import type { Person } from './people.ts'
import { messageBody } from './webhooks.ts'
import type { PersonMessage } from './webhooks.ts'
import { postStatus } from './world.ts'
import type { Notice, World } from './world.ts'

const PAGE: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
}

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"

/** A message on its way: known at once, delivered when the webhook has answered. */
export interface Received {
  readonly wamid: string
  /** HTTP status of the webhook's last answer, 0 for none. */
  readonly delivered: Promise<number>
}

/** A person writes: the message shows in the chat and goes, signed, to the webhook. */
export function receive(world: World, person: Person, message: PersonMessage, retries?: number): Received {
  const wamid = newWamid()
  person.lastWroteAt = world.now()
  const said = 'caption' in message ? (message.caption ?? '') : ''
  const text = message.type === 'text' ? message.text : message.type === 'button' ? message.title : said
  const line = {
    wamid,
    person: person.key,
    from: 'person' as const,
    text,
    buttons: [],
    quoted: 'quoted' in message ? (message.quoted ?? null) : null,
    fileName: 'mediaId' in message ? (message.fileName ?? message.mimeType) : null,
    at: new Date(world.now()).toISOString(),
    tick: 'pending' as 'pending' | 'sent' | 'failed',
    error: null as string | null,
  }
  world.directory.add(line)
  world.notify({ kind: 'changed' })
  const body = messageBody(world.business, person, wamid, world.now(), message)
  const delivered = world.deliver(body, retries).then((status) => {
    if (line.tick === 'pending') line.tick = status === 200 ? 'sent' : 'failed'
    line.error = status === 200 ? null : status === 0 ? 'no answer' : `HTTP ${status}`
    world.notify({ kind: 'changed' })
    return status
  })
  world.track(delivered)
  return { wamid, delivered }
}

function personFrom(world: World, body: JsonObject): Person | null {
  const waId = waIdOf(typeof body['phone'] === 'string' ? body['phone'].replace(/[^\d+]/g, '') : null)
  const known = world.directory.people.get(idOf(body['person']) ?? '')
  const name = textOf(body['name'], 60)
  if (known) return known
  return waId === null ? null : world.directory.personOf({ waId, name })
}

function messageFrom(world: World, body: JsonObject): PersonMessage | null {
  const text = textOf(body['text'], 4096)
  const quoted = idOf(body['quoted'])
  const quoting = quoted === null ? {} : { quoted }
  const buttonId = textOf(body['buttonId'], 256)
  if (buttonId !== null && text !== null) return { type: 'button', id: buttonId, title: text, ...quoting }
  const media = world.media.find(idOf(body['mediaId']) ?? '')
  if (!media) return text === null ? null : { type: 'text', text, ...quoting }
  const type = media.mimeType.startsWith('image/')
    ? 'image'
    : media.mimeType.startsWith('audio/')
      ? 'audio'
      : 'document'
  const { id: mediaId, mimeType } = media
  const sha256 = Buffer.from(media.sha256, 'hex').toString('base64')
  const fileName = safeFileName(body['fileName']) ?? 'file'
  return { type, mediaId, mimeType, sha256, fileName, ...(text === null ? {} : { caption: text }) }
}

async function readAll(world: World, person: Person): Promise<void> {
  const unread = world.directory.lines.filter(
    (line) =>
      line.person === person.key && line.from === 'business' && ['sent', 'delivered'].includes(line.tick),
  )
  for (const line of unread) await postStatus(world, person, line.wamid, 'read', null)
}

async function handlePost(world: World, request: IncomingMessage, response: ServerResponse, path: string) {
  if (request.headers['x-simulator'] !== '1')
    return answerJson(response, 403, { error: 'x-simulator missing' })
  if (path === '/simulator/media') {
    const bytes = await readBody(request)
    const mimeType = cutText(request.headers['content-type'] ?? 'application/octet-stream', 100)
    return answerJson(response, bytes ? 201 : 413, bytes ? { id: world.media.add(bytes, mimeType).id } : {})
  }
  const body = await readJson(request)
  const person = body && personFrom(world, body)
  if (!body || !person) return answerJson(response, 400, { error: 'who?' })
  if (path === '/simulator/people') {
    world.notify({ kind: 'changed' })
    return answerJson(response, 201, person)
  }
  if (path === '/simulator/read') {
    world.track(readAll(world, person))
    return answerJson(response, 202, {})
  }
  const message = path === '/simulator/messages' ? messageFrom(world, body) : null
  if (!message) return answerJson(response, 400, { error: 'what?' })
  answerJson(response, 202, { wamid: receive(world, person, message).wamid })
}

function stream(
  request: IncomingMessage,
  response: ServerResponse,
  listeners: Set<(notice: Notice) => void>,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
  const listener = (notice: Notice) => response.write(`data: ${JSON.stringify(notice)}\n\n`)
  listeners.add(listener)
  request.on('close', () => listeners.delete(listener))
}

/** @returns false when the path is not the chat page's. */
export async function handleSimulator(
  world: World,
  listeners: Set<(notice: Notice) => void>,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  const page = PAGE[path]
  if (request.method === 'GET' && page) {
    const bytes = readFileSync(new URL(page[0], import.meta.url))
    response.writeHead(200, {
      'content-type': page[1],
      'content-security-policy': CSP,
      'cache-control': 'no-cache',
    })
    response.end(bytes)
  } else if (request.method === 'GET' && path === '/simulator/state') {
    const { people, lines } = world.directory
    answerJson(response, 200, { business: world.business, people: [...people.values()], lines })
  } else if (request.method === 'GET' && path === '/simulator/events') stream(request, response, listeners)
  else if (request.method === 'POST' && path.startsWith('/simulator/'))
    await handlePost(world, request, response, path)
  else return false
  return true
}
