/** What Meta would refuse about a send, in Meta's shape of an error. */
import { cutText, idOf, objectOf, objectsOf } from '../payload-fields.ts'
import type { JsonObject } from '../payload-fields.ts'

export interface GraphError {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly details: string
}

const HTTP_STATUS: Readonly<Record<number, number>> = {
  0: 401,
  2: 503,
  3: 500,
  190: 401,
  368: 403,
  130497: 403,
  131000: 500,
  131005: 403,
  131016: 500,
  131031: 403,
  132001: 404,
  133004: 503,
}

const MESSAGES: Readonly<Record<number, string>> = {
  100: 'Invalid parameter',
  190: 'Invalid OAuth access token - Cannot parse access token',
  130429: 'Rate limit hit',
  130472: "User's number is part of an experiment",
  131000: 'Something went wrong',
  131008: 'Required parameter is missing',
  131009: 'Parameter value is not valid',
  131016: 'Service unavailable',
  131026: 'Message undeliverable',
  131047: 'Re-engagement message',
  131056: '(Business Account, Consumer Account) pair rate limit hit',
}

export function graphError(code: number, details?: string): GraphError {
  const message = `(#${code}) ${MESSAGES[code] ?? 'Error'}`
  return { status: HTTP_STATUS[code] ?? 400, code, message, details: details ?? message }
}

/** The JSON of a refusal. */
export function errorBody(error: GraphError): JsonObject {
  const { code, message, details } = error
  const error_data = { messaging_product: 'whatsapp', details }
  return { error: { message, type: 'OAuthException', code, error_data, fbtrace_id: 'AdoubleOfMeta' } }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? [...value].length : 0
}

function tooLong(name: string, max: number): GraphError {
  return graphError(100, `Param ${name} must be at most ${max} characters long.`)
}

function checkText(text: JsonObject | null): GraphError | null {
  const length = lengthOf(text?.['body'])
  if (length === 0) return graphError(131008, "The parameter text['body'] is required.")
  return length > 4096 ? tooLong("text['body']", 4096) : null
}

function checkButtons(interactive: JsonObject | null): GraphError | null {
  if (interactive?.['type'] !== 'button') return graphError(131009, 'Unsupported interactive type')
  const length = lengthOf(objectOf(interactive['body'])?.['text'])
  if (length === 0) return graphError(131008, "The parameter interactive['body'] is required.")
  if (length > 1024) return tooLong("interactive['body']['text']", 1024)
  const replies = objectsOf(objectOf(interactive['action'])?.['buttons']).map((button) =>
    objectOf(button['reply']),
  )
  if (replies.length < 1 || replies.length > 3)
    return graphError(131009, 'Invalid buttons count. Min: 1, Max: 3')
  for (const reply of replies) {
    const title = lengthOf(reply?.['title'])
    const id = lengthOf(reply?.['id'])
    if (title < 1 || title > 20) return graphError(131009, 'Button title length invalid. Min: 1, Max: 20')
    if (id < 1 || id > 256) return graphError(131009, 'Button id length invalid. Min: 1, Max: 256')
  }
  const unique = (key: string) => new Set(replies.map((reply) => reply?.[key])).size === replies.length
  return unique('id') && unique('title') ? null : graphError(131009, 'Duplicated buttons')
}

/** @returns what is wrong with the JSON of a send, null when Meta would accept it. */
export function checkSend(body: JsonObject): GraphError | null {
  if (body['messaging_product'] !== 'whatsapp')
    return graphError(100, 'The parameter messaging_product is required.')
  if (idOf(body['to']) === null && idOf(body['recipient']) === null)
    return graphError(100, 'The parameter to is required.')
  if (lengthOf(body['biz_opaque_callback_data']) > 512) return tooLong('biz_opaque_callback_data', 512)
  if (body['type'] === 'text') return checkText(objectOf(body['text']))
  if (body['type'] === 'interactive') return checkButtons(objectOf(body['interactive']))
  if (body['type'] === 'reaction') return null
  return graphError(131009, `Unsupported type ${cutText(String(body['type']), 40)}`)
}
