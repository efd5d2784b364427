/**
 * One HTTP exchange with Meta: bounded in time and in bytes, without redirects (they would carry the token to another
 * host), and exact about the one thing that matters for money: whether the request may have been received.
 */
export interface Exchange {
  readonly status: number
  readonly bytes: Uint8Array
  readonly contentType: string | null
}

export type ExchangeResult =
  | { readonly outcome: 'answered'; readonly exchange: Exchange }
  /** The request never left: name not resolved, connection or TLS refused. */
  | { readonly outcome: 'not_sent'; readonly reason: string }
  /** It may have been received: time-out, connection lost, answer too large. */
  | { readonly outcome: 'lost'; readonly reason: string }

const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_INVALID_URL',
])

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : []
  return [...own, ...inner, ...codesOf(error.cause)]
}

/** @returns at most `maxBytes` of a body, null when there is more. */
export async function readCapped(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  const announced = Number(response.headers.get('content-length') ?? '0')
  if (announced > maxBytes) {
    await response.body?.cancel()
    return null
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** @param timeoutMs for the whole exchange, body included */
export async function exchange(
  url: string,
  init: RequestInit,
  limits: { readonly timeoutMs: number; readonly maxBytes: number },
): Promise<ExchangeResult> {
  try {
    const signal = AbortSignal.timeout(limits.timeoutMs)
    const response = await fetch(url, { ...init, redirect: 'error', signal })
    const bytes = await readCapped(response, limits.maxBytes)
    if (!bytes) return { outcome: 'lost', reason: `answer larger than ${limits.maxBytes} bytes` }
    const contentType = response.headers.get('content-type')
    return { outcome: 'answered', exchange: { status: response.status, bytes, contentType } }
  } catch (error) {
    const codes = codesOf(error)
    const reason = codes[0] ?? (error instanceof Error ? error.name : 'network error')
    const neverLeft = codes.length > 0 && codes.every((code) => NEVER_LEFT.has(code))
    return { outcome: neverLeft ? 'not_sent' : 'lost', reason }
  }
}

/** The JSON of an answer, null where it is none. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
