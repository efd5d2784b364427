/**
 * The Graph API of the WhatsApp Cloud API. A send has three ends: accepted, refused, or unknown. Meta has no
 * idempotency key, so an unknown one is never repeated by itself: its status, which carries our correlation id,
 * tells later whether it went out.
 */
import { exchange, jsonOf } from './http.ts'
import type { Exchange } from './http.ts'
import { hashMatches, isMediaUrlAllowed, MAX_MEDIA_BYTES, sniffMime } from './media.ts'
import { sendBody } from './outbound.ts'
import type { OutboundMessage } from './outbound.ts'
import { idOf, integerOf, lineOf, objectOf, objectsOf } from './payload-fields.ts'
import { waIdOf } from './payload-sender.ts'
import { refusalAction } from './send-errors.ts'
import type { RefusalAction } from './send-errors.ts'

export const DEFAULT_GRAPH_URL = 'https://graph.facebook.com'
export const DEFAULT_GRAPH_VERSION = 'v25.0'
const MAX_ANSWER_BYTES = 256_000

export interface GraphConfig {
  /** Without trailing slash; the double's address in development. */
  readonly baseUrl: string
  /** As `v25.0`. */
  readonly version: string
  readonly phoneNumberId: string
  readonly token: string
  /** For one request, 10 seconds unless told. */
  readonly timeoutMs?: number
}

export interface Refusal {
  /** Meta's code; null where the answer had none. */
  readonly code: number | null
  readonly message: string
  readonly action: RefusalAction
}

export type SendResult =
  | { readonly outcome: 'sent'; readonly wamid: string; readonly waId: string | null }
  | ({ readonly outcome: 'refused' } & Refusal)
  | { readonly outcome: 'unknown'; readonly reason: string }

export type MediaResult =
  | { readonly outcome: 'ok'; readonly bytes: Uint8Array; readonly mimeType: string | null }
  | {
      readonly outcome: 'gone' | 'forbidden_host' | 'too_large' | 'corrupt' | 'failed'
      readonly reason: string
    }

export interface GraphClient {
  /** @throws RangeError when the message has no text or no recipient */
  send(message: OutboundMessage): Promise<SendResult>
  /** Marks a message (and all earlier ones) as read; with `typing` the person sees that an answer is coming. */
  markRead(wamid: string, options?: { typing?: boolean }): Promise<boolean>
  /** The bytes of a file that a person sent, at most `maxBytes`; `sha256` as the webhook gave it. */
  downloadMedia(
    mediaId: string,
    options?: { sha256?: string | null; maxBytes?: number },
  ): Promise<MediaResult>
}

function refusalOf({ status, bytes }: Exchange): Refusal {
  const error = objectOf(objectOf(jsonOf(bytes))?.['error'])
  const code = integerOf(error?.['code'])
  const details = lineOf(objectOf(error?.['error_data'])?.['details'], 300)
  const message = details ?? lineOf(error?.['message'], 300) ?? `HTTP ${status}`
  return { code, message, action: refusalAction(code, status) }
}

function sendResultOf(answer: Exchange): SendResult {
  const body = objectOf(jsonOf(answer.bytes))
  if (answer.status >= 200 && answer.status < 300) {
    const wamid = idOf(objectsOf(body?.['messages'])[0]?.['id'])
    if (wamid === null) return { outcome: 'unknown', reason: 'accepted without a message id' }
    return { outcome: 'sent', wamid, waId: waIdOf(objectsOf(body?.['contacts'])[0]?.['wa_id']) }
  }
  const refusal = refusalOf(answer)
  // A gateway's bare 5xx says nothing about what happened behind it.
  if (refusal.code === null && answer.status >= 500) return { outcome: 'unknown', reason: refusal.message }
  return { outcome: 'refused', ...refusal }
}

export function createGraphClient(config: GraphConfig): GraphClient {
  const root = `${config.baseUrl.replace(/\/+$/, '')}/${config.version}`
  const authorization = `Bearer ${config.token}`
  const limits = { timeoutMs: config.timeoutMs ?? 10_000, maxBytes: MAX_ANSWER_BYTES }

  function post(body: Record<string, unknown>) {
    const headers = { authorization, 'content-type': 'application/json' }
    const url = `${root}/${config.phoneNumberId}/messages`
    return exchange(url, { method: 'POST', headers, body: JSON.stringify(body) }, limits)
  }

  async function mediaAddress(mediaId: string): Promise<string | null> {
    const query = `phone_number_id=${encodeURIComponent(config.phoneNumberId)}`
    const url = `${root}/${encodeURIComponent(mediaId)}?${query}`
    const result = await exchange(url, { headers: { authorization } }, limits)
    if (result.outcome !== 'answered' || result.exchange.status !== 200) return null
    return idOf(objectOf(jsonOf(result.exchange.bytes))?.['url'], 4000)
  }

  async function fetchMedia(url: string, maxBytes: number, sha256: string | null): Promise<MediaResult> {
    if (!isMediaUrlAllowed(url, config.baseUrl))
      return { outcome: 'forbidden_host', reason: 'not a host of Meta' }
    const result = await exchange(url, { headers: { authorization } }, { timeoutMs: 60_000, maxBytes })
    if (result.outcome !== 'answered') {
      const tooLarge = result.reason.startsWith('answer larger')
      return { outcome: tooLarge ? 'too_large' : 'failed', reason: result.reason }
    }
    const { status, bytes } = result.exchange
    if (status === 404) return { outcome: 'gone', reason: 'the address has expired' }
    if (status !== 200) return { outcome: 'failed', reason: `HTTP ${status}` }
    if (sha256 !== null && !hashMatches(bytes, sha256)) return { outcome: 'corrupt', reason: 'hash differs' }
    return { outcome: 'ok', bytes, mimeType: sniffMime(bytes) }
  }

  return {
    async send(message) {
      const result = await post(sendBody(message))
      if (result.outcome === 'answered') return sendResultOf(result.exchange)
      if (result.outcome === 'lost') return { outcome: 'unknown', reason: result.reason }
      return { outcome: 'refused', code: null, message: result.reason, action: 'retry' }
    },

    async markRead(wamid, options = {}) {
      const typing = options.typing === true ? { typing_indicator: { type: 'text' } } : {}
      const result = await post({
        messaging_product: 'whatsapp',
        status: 'read',
        message_id: wamid,
        ...typing,
      })
      return result.outcome === 'answered' && result.exchange.status === 200
    },

    async downloadMedia(mediaId, options = {}) {
      const maxBytes = options.maxBytes ?? MAX_MEDIA_BYTES
      const sha256 = options.sha256 ?? null
      // The address lives five minutes: one that has expired is asked for once more.
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const url = await mediaAddress(mediaId)
        if (url === null) return { outcome: 'gone', reason: 'no address for this media id' }
        const result = await fetchMedia(url, maxBytes, sha256)
        if (result.outcome !== 'gone') return result
      }
      return { outcome: 'gone', reason: 'the address has expired twice' }
    },
  }
}
