/**
 * What is worth waking somebody for, told by the product itself, so that also a server that nobody watches is heard. One
 * message for each kind of trouble and six hours, whichever process sees it, and ten an hour at most: an alarm that
 * rings all the time is switched off.
 */
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

export type AlarmKind = 'backup' | 'wal-archive' | 'queue' | 'audit-chain' | 'webhook-signatures'

export interface Alarms {
  /** Whether anybody hears. */
  isConfigured: boolean
  /** Never throws; what cannot be said is logged and said again when it is next seen. */
  raise(kind: AlarmKind, sentence: string): Promise<void>
  /** The trouble is over: said where it had been told. */
  clear(kind: AlarmKind, sentence: string): Promise<void>
}

export interface AlarmDeps {
  store: Store
  clock: Clock
  log: Log
  /** Where the server is, so that one channel may hear several. */
  publicUrl: string
  /** Null: nobody hears. @returns why it was not said, or null */
  send: ((text: string) => Promise<string | null>) | null
}

const AGAIN_SECONDS = 6 * 3600
const PER_HOUR = 10

const RUNBOOKS: Record<AlarmKind, string> = {
  backup: 'docs/runbooks/backup-stale.md',
  'wal-archive': 'docs/runbooks/wal-archive.md',
  queue: 'docs/runbooks/queue-stuck.md',
  'audit-chain': 'docs/runbooks/audit-chain-broken.md',
  'webhook-signatures': 'docs/runbooks/webhook-signatures.md',
}

export function createAlarms({ store, clock, log, publicUrl, send }: AlarmDeps): Alarms {
  /** Until when each kind has been told: of this process, since a store may forget. */
  const toldUntil = new Map<AlarmKind, number>()

  async function isTold(kind: AlarmKind): Promise<boolean> {
    if ((toldUntil.get(kind) ?? 0) > clock.now().getTime()) return true
    return (await store.get(`alarm:${kind}`)) === 'told'
  }

  async function say(text: string): Promise<boolean> {
    if (send === null) return false
    const budget = await store.consume('alarms', { limit: PER_HOUR, windowSeconds: 3600 })
    if (!budget.allowed) {
      log.warn({ text }, 'alarm not sent: too many this hour')
      return false
    }
    const failure = await send(text)
    if (failure !== null) log.error({ reason: failure }, 'alarm not sent')
    return failure === null
  }

  return {
    isConfigured: send !== null,
    async raise(kind, sentence) {
      if (await isTold(kind)) return
      log.error({ alarm: kind }, sentence)
      // Two processes see it in the same minute: one of them says it.
      const turn = await store.consume(`alarm-turn:${kind}`, { limit: 1, windowSeconds: 55 })
      if (!turn.allowed) return
      if (!(await say(`:rotating_light: ${publicUrl}: ${sentence}. What to do: ${RUNBOOKS[kind]}`))) return
      toldUntil.set(kind, clock.now().getTime() + AGAIN_SECONDS * 1000)
      await store.set(`alarm:${kind}`, 'told', AGAIN_SECONDS)
    },
    async clear(kind, sentence) {
      if (!(await isTold(kind))) return
      toldUntil.delete(kind)
      await store.delete(`alarm:${kind}`)
      log.info({ alarm: kind }, sentence)
      const turn = await store.consume(`alarm-over:${kind}`, { limit: 1, windowSeconds: 55 })
      if (turn.allowed) await say(`:white_check_mark: ${publicUrl}: ${sentence}.`)
    },
  }
}
