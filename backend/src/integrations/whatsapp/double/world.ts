/** What all parts of the double share. */
import type { JsonObject } from '../payload-fields.ts'
import type { MediaStore } from './media-store.ts'
import type { Directory, Person, Tick } from './people.ts'
import { statusBody } from './webhooks.ts'
import type { Business } from './webhooks.ts'
import type { GraphError } from './checks.ts'

/** A send that reached the double, accepted or not. */
export interface RecordedSend {
  readonly body: JsonObject
  /** Null where it was refused. */
  readonly wamid: string | null
}

/** How the next send goes wrong. */
export interface Failure {
  /** One of Meta's error codes; 131000 unless told. */
  readonly code?: number
  readonly details?: string
  /**
   * `answer`: refused at once. `status`: accepted, then a `failed` status. `timeout`: accepted and delivered, but
   * never answered. `reset`: the same, the connection is cut. `gateway`: a bare 502. The default is `answer`.
   */
  readonly how?: 'answer' | 'status' | 'timeout' | 'reset' | 'gateway'
}

export type Notice = { readonly kind: 'changed' } | { readonly kind: 'typing'; readonly person: string }

export interface World {
  readonly business: Business
  readonly token: string
  readonly directory: Directory
  readonly media: MediaStore
  readonly sends: RecordedSend[]
  readonly reads: { readonly wamid: string; readonly typing: boolean }[]
  readonly failures: Failure[]
  readonly now: () => number
  /** How far a message of the business comes by itself. */
  readonly statuses: 'none' | 'sent' | 'delivered' | 'read'
  readonly statusDelayMs: number
  /** Posts to the webhook; resolves to the last HTTP status, 0 for no answer. */
  deliver(body: unknown, retries?: number): Promise<number>
  /** Ends early, without throwing, when the double closes. */
  pause(ms: number): Promise<void>
  /** Lets `close` and `idle` wait for it. */
  track(work: Promise<unknown>): void
  notify(notice: Notice): void
}

const STEPS = ['sent', 'delivered', 'read'] as const

/** Posts one status of a message of the business, and shows it in the chat. */
export async function postStatus(
  world: World,
  person: Person,
  wamid: string,
  status: Exclude<Tick, 'pending'>,
  opaque: string | null,
  error: GraphError | null = null,
): Promise<void> {
  const line = world.directory.lineOf(wamid)
  if (line) {
    line.tick = status
    line.error = error?.details ?? null
    world.notify({ kind: 'changed' })
  }
  await world.deliver(statusBody(world.business, person, { wamid, status, opaque, error, now: world.now() }))
}

/** The receipts of an accepted message, one after the other. */
export async function postReceipts(
  world: World,
  person: Person,
  wamid: string,
  opaque: string | null,
): Promise<void> {
  const count = world.statuses === 'none' ? 0 : STEPS.indexOf(world.statuses) + 1
  for (const status of STEPS.slice(0, count)) {
    await world.pause(world.statusDelayMs)
    await postStatus(world, person, wamid, status, opaque)
  }
}
