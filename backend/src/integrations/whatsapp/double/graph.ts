/** Meta's side of the double: `/{version}/{phone-number-id}/messages`, `/media`, and media by id. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bsuidOf, waIdOf } from '../payload-sender.ts'
import { idOf, objectOf, objectsOf } from '../payload-fields.ts'
import type { JsonObject } from '../payload-fields.ts'
import { checkSend, graphError } from './checks.ts'
import { answerError, answerJson, readBody, readJson } from './exchange.ts'
import { filePartOf } from './media-store.ts'
import type { StoredMedia } from './media-store.ts'
import { newWamid } from './people.ts'
import type { Person } from './people.ts'
import { postReceipts, postStatus } from './world.ts'
import type { World } from './world.ts'

const WINDOW_MS = 24 * 60 * 60 * 1000

function addressee(world: World, body: JsonObject): Person | null {
  const phone = waIdOf(body['to'])
  if (phone !== null) return world.directory.personOf({ waId: phone })
  const bsuid = bsuidOf(body['recipient'])
  return bsuid === null ? null : world.directory.personOf({ bsuid })
}

function showInChat(world: World, person: Person, wamid: string, body: JsonObject): void {
  const interactive = objectOf(body['interactive'])
  const replies = objectsOf(objectOf(interactive?.['action'])?.['buttons']).map((button) =>
    objectOf(button['reply']),
  )
  world.directory.add({
    wamid,
    person: person.key,
    from: 'business',
    text: String(objectOf(body['text'])?.['body'] ?? objectOf(interactive?.['body'])?.['text'] ?? ''),
    buttons: replies.map((reply) => ({ id: String(reply?.['id']), title: String(reply?.['title']) })),
    quoted: idOf(objectOf(body['context'])?.['message_id']),
    fileName: null,
    at: new Date(world.now()).toISOString(),
    tick: 'pending',
    error: null,
  })
  world.notify({ kind: 'changed' })
}

function markRead(world: World, body: JsonObject, response: ServerResponse): void {
  const wamid = idOf(body['message_id']) ?? ''
  const typing = objectOf(body['typing_indicator']) !== null
  world.reads.push({ wamid, typing })
  const line = world.directory.lineOf(wamid)
  if (line) {
    line.tick = 'read'
    world.notify(typing ? { kind: 'typing', person: line.person } : { kind: 'changed' })
  }
  answerJson(response, 200, { success: true })
}

function accept(world: World, person: Person | null, body: JsonObject, response: ServerResponse): void {
  const failure = world.failures.shift()
  const error = failure ? graphError(failure.code ?? 131000, failure.details) : null
  const how = failure?.how ?? 'answer'
  if (failure && (how === 'answer' || how === 'gateway')) {
    world.sends.push({ body, wamid: null })
    if (error && how === 'answer') return answerError(response, error)
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    return
  }
  const wamid = newWamid()
  const opaque = idOf(body['biz_opaque_callback_data'])
  world.sends.push({ body, wamid })
  if (person) {
    showInChat(world, person, wamid, body)
    const failed = failure && how === 'status'
    world.track(
      failed
        ? postStatus(world, person, wamid, 'failed', opaque, error)
        : postReceipts(world, person, wamid, opaque),
    )
  }
  if (how === 'timeout' && failure) return
  if (how === 'reset' && failure) {
    response.destroy()
    return
  }
  const input = String(body['to'] ?? body['recipient'])
  const contact =
    person?.waId && body['to'] ? { input, wa_id: person.waId } : { input, user_id: person?.bsuid ?? input }
  answerJson(response, 200, {
    messaging_product: 'whatsapp',
    contacts: [contact],
    messages: [{ id: wamid, message_status: 'accepted' }],
  })
}

async function handleMessages(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readJson(request)
  if (!body) return answerError(response, graphError(100, 'The body is no JSON object.'))
  if (body['status'] === 'read') return markRead(world, body, response)
  const wrong = checkSend(body)
  // A BSUID in `to` is accepted and never arrives: the trap is Meta's, and tests should fall into it.
  const person = wrong ? null : addressee(world, body)
  const lastWroteAt = person?.lastWroteAt ?? null
  const closed = lastWroteAt !== null && world.now() - lastWroteAt > WINDOW_MS
  const refused =
    wrong ?? (closed ? graphError(131047, 'More than 24 hours have passed since the last reply.') : null)
  if (!refused) return accept(world, person, body, response)
  world.sends.push({ body, wamid: null })
  answerError(response, refused)
}

function handleMedia(
  request: IncomingMessage,
  response: ServerResponse,
  media: StoredMedia,
  world: World,
): void {
  if (request.method === 'DELETE') {
    world.media.remove(media.id)
    return answerJson(response, 200, { success: true })
  }
  const { id, mimeType, sha256, bytes } = media
  // The address repeats the host that was asked, so that it is right behind any port mapping.
  const url = `http://${request.headers.host ?? '127.0.0.1'}/media-content/${id}`
  const file_size = String(bytes.length)
  answerJson(response, 200, {
    messaging_product: 'whatsapp',
    url,
    mime_type: mimeType,
    sha256,
    file_size,
    id,
  })
}

async function handleUpload(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request)
  const file = body && filePartOf(body, request.headers['content-type'] ?? '')
  if (!file) return answerError(response, graphError(131053, 'Media upload error'))
  answerJson(response, 200, { id: world.media.add(file.bytes, file.mimeType).id })
}

/** @returns false when the path is none of Meta's. */
export async function handleGraph(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) {
  const [version = '', object = '', edge, ...rest] = path.split('/').slice(1)
  const content = version === 'media-content'
  if (!content && (!/^v\d{2}\.0$/.test(version) || object === '' || rest.length > 0)) return false
  if (request.headers.authorization !== `Bearer ${world.token}`) {
    answerError(response, graphError(190))
    return true
  }
  const media = world.media.find(object)
  const ours = object === world.business.phoneNumberId && request.method === 'POST'
  if (content && media) response.writeHead(200, { 'content-type': media.mimeType }).end(media.bytes)
  else if (content) response.writeHead(404).end()
  else if (ours && edge === 'messages') await handleMessages(world, request, response)
  else if (ours && edge === 'media') await handleUpload(world, request, response)
  else if (media && edge === undefined) handleMedia(request, response, media, world)
  else
    answerError(response, graphError(100, `Unsupported request. Object with ID '${object}' does not exist.`))
  return true
}
