/**
 * Lists and reports, for who has them already. Their ETag is made of the answer itself, so whatever an answer depends on
 * (who asks, what is kept from them, their role, the day) is in it: 304 is said where every byte would be the same, and
 * nowhere else. It is a weak one, since proxies compress. What it saves is the way to the browser; what the answer cost
 * is saved by platform/kept-reads.ts. Browsers keep none of it on their disk (security-headers.ts): the web holds it in
 * memory, and programs where they like.
 */
import { createHash } from 'node:crypto'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matches } from './downloads.ts'

/** Whether an endpoint answers with a list or a report, of a workspace. */
export function isList({ method, auth, response, responseKind = 'json' }: EndpointSpec): boolean {
  const { shape } = (response ?? {}) as { shape?: Record<string, unknown> }
  return method === 'GET' && auth === 'session' && responseKind === 'json' && shape?.['items'] !== undefined
}

/** For `onSend`: puts the ETag on an answer, and sends none of it to who has it. */
export async function unlessKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (reply.statusCode !== 200 || typeof payload !== 'string' || reply.hasHeader('etag')) return payload
  const digest = createHash('sha256').update(payload).digest('base64url').slice(0, 27)
  reply.header('etag', `W/"${digest}"`)
  if (!matches(request.headers['if-none-match'], `"${digest}"`)) return payload
  reply.code(304).removeHeader('content-type').removeHeader('content-length')
  return null
}
