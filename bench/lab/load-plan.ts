/** What the load client is told to do, and what it tells back. */

export interface LoadPlan {
  port: number
  connections: number
  /** Module that makes the requests, and what it is given; see `LoadSource`. */
  source: string
  options: unknown
  seconds: number
  /** Requests a second, whether or not the ones before are answered; absent: as many as the connections carry. */
  rate?: number
}

export interface LoadResult {
  /** Answers with a status of 2xx. */
  ok: number
  /** Everything else, with one of them as an example. */
  failed: number
  firstFailure: string | null
  /** From the first request to the last answer. */
  seconds: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Mean size of an answer's body. */
  bodyBytes: number
}

/** Makes the bytes of one request after another. */
export type LoadSource = () => Buffer

/** The default export of a source module. */
export type LoadSourceMaker = (options: never) => LoadSource
