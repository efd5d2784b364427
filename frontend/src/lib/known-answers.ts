/**
 * Lists and reports that this page has had, by their address, with the ETag that each came with: asked for again, the
 * server says 304 where it would answer the same, and sends nothing. In memory alone: answers are money of a person,
 * which no disk of a shared computer keeps.
 */
const MOST = 60

const known = new Map<string, { etag: string; body: unknown }>()

/** The ETag to send along. */
export function knownEtag(url: string): string | null {
  return known.get(url)?.etag ?? null
}

/** What a 304 stands for; undefined where it was forgotten meanwhile. */
export function knownAnswer(url: string, etag: string): unknown {
  const answer = known.get(url)
  return answer?.etag === etag ? answer.body : undefined
}

/** Remembers an answer; what came first goes once there are many. */
export function keepAnswer(url: string, etag: string, body: unknown): void {
  known.delete(url)
  known.set(url, { etag, body })
  const [first] = known.keys()
  if (known.size > MOST && first !== undefined) known.delete(first)
}

/** For the end of a session. */
export function forgetAnswers(): void {
  known.clear()
}
