/** The plain HTTP underneath the double: bodies read with a cap, answers in JSON. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { objectOf } from '../payload-fields.ts'
import type { JsonObject } from '../payload-fields.ts'
import { errorBody } from './checks.ts'
import type { GraphError } from './checks.ts'

const MAX_BODY_BYTES = 25_000_000

export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export async function readJson(request: IncomingMessage): Promise<JsonObject | null> {
  const bytes = await readBody(request)
  if (!bytes) return null
  try {
    return objectOf(JSON.parse(bytes.toString('utf8')))
  } catch {
    return null
  }
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify(body))
}

export function answerError(response: ServerResponse, error: GraphError): void {
  answerJson(response, error.status, errorBody(error))
}
