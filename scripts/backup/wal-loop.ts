// What the service does all day where the server archives its WAL: every five seconds it encrypts what is new there, and
// sends it to the bucket, where there is one. Whatever is away is asked again; nothing is forgotten meanwhile, since what
// is there and what is not is looked up anew.
import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { sendArchived } from './archive.ts'
import { listWal } from './points-in-bucket.ts'
import type { Bucket } from './s3-call.ts'
import { sealWal } from './wal.ts'

export interface WalLoop {
  /** Where the server archives its WAL. */
  wal: string
  key: BackupKey
  /** Of any login of the server. */
  url: string
  bucket: Bucket | undefined
  /** Keeps the instant at which the bucket was last known to have all of it. */
  stateFile: string
  everyMs: number
  /** After a pass that failed. */
  retryMs: number
  say: (line: string) => void
  warn: (line: string) => void
}

/** Says what is wrong when it begins and when it is over: passes are seconds apart. */
class Trouble {
  #known: string | undefined
  readonly #loop: WalLoop
  readonly #over: string

  constructor(loop: WalLoop, over: string) {
    this.#loop = loop
    this.#over = over
  }

  get isThere(): boolean {
    return this.#known !== undefined
  }

  /** @param kind another one is said anew */
  tell(problem: string | undefined, kind = problem): void {
    if (kind === this.#known) return
    if (problem === undefined) this.#loop.say(this.#over)
    else this.#loop.warn(problem)
    this.#known = kind
  }
}

/** @param signal ends it, after the pass that it is in */
export async function keepWal(loop: WalLoop, signal: AbortSignal): Promise<void> {
  const sealing = new Trouble(loop, 'Archived WAL is encrypted again.')
  const sending = new Trouble(loop, 'Archived WAL reaches the bucket again.')
  let there: Set<string> | undefined
  let knownAt = 0
  const { bucket } = loop
  const send = async (to: Bucket): Promise<void> => {
    try {
      there ??= await listWal(to)
      knownAt = await sendArchived({ ...loop, bucket: to }, there, knownAt)
      if (knownAt > 0) writeFileSync(loop.stateFile, new Date(knownAt).toISOString())
      sending.tell(undefined)
    } catch (error) {
      // Whatever is true of the bucket now.
      there = undefined
      sending.tell(`Archived WAL does not reach the bucket: ${(error as Error).message}`, 'away')
    }
  }
  const seal = async (): Promise<void> => {
    const { problems } = await sealWal(loop.wal, loop.key).catch((error: unknown) => ({
      problems: [(error as Error).message],
    }))
    sealing.tell(problems.length === 0 ? undefined : `Archived WAL stays unencrypted: ${problems.join('; ')}`)
  }
  while (!signal.aborted) {
    await seal()
    if (bucket) await send(bucket)
    const isFailing = sealing.isThere || sending.isThere
    await wait(isFailing ? loop.retryMs : loop.everyMs, undefined, { signal }).catch(() => undefined)
  }
}
