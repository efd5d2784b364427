/** An answer that is kept for a moment in this process, for what strangers may ask as often as they like. */
import type { Clock } from './clock.ts'

/**
 * Who asks while somebody waits for the answer waits for the same one. A failure is nobody's answer but of those.
 * @param ms how long an answer counts from when it came; 0: it is shared while it is waited for, and not kept
 */
export function keptAnswer<T>(clock: Clock, ms: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { answer: Promise<T>; came?: number } | undefined
  const now = (): number => clock.now().getTime()
  const counts = (came: number | undefined): boolean =>
    came === undefined || (now() >= came && now() - came < ms)
  return () => {
    if (kept !== undefined && counts(kept.came)) return kept.answer
    const asked: NonNullable<typeof kept> = { answer: ask() }
    kept = asked
    asked.answer.then(
      () => (asked.came = now()),
      () => (kept = kept === asked ? undefined : kept),
    )
    return asked.answer
  }
}
